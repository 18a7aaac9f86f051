/** Accepted regular expressions: automaton, reference and the native matcher agree; refusals have codes and take no time. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePathRegex, pathMatches, runProgram } from '../../compiler/paths/index.js';
import { pattern } from './patterns.js';

/** Pattern, then paths near its edge. */
const CORPUS: readonly (readonly [string, ...string[]])[] = [
  [
    '^/files/[a-z0-9-]+(/content)?$',
    '/files/a',
    '/files/',
    '/files/a/content',
    '/files/a/content/',
    '/files/A',
  ],
  ['^/(?:a|b|)$', '/', '/a', '/b', '/c', '/ab'],
  ['^/(a)(?<n>b)?$', '/a', '/ab', '/b'],
  ['^/.$', '/x', '/', '/xy', '/\n', '/\r'],
  ['^/[^/]+$', '/a', '/a/b', '/%2F', '/'],
  ['^/\\d+\\D\\w\\W\\s\\S$', '/1a_. x', '/1aa. x', '/12a_. x'],
  ['^/[\\d\\w]+[^\\d\\w]$', '/1a.', '/1aa', '/.'],
  ['^/\\p{Lu}\\P{Lu}\\p{ASCII}$', '/Aa1', '/aa1', '/AA1'],
  ['^/\\x41\\u0042\\u{43}\\cA?\\t?$', '/ABC', '/ABD', '/ABC\u0001', '/ABC\t'],
  ['^/a{2}b{1,}c{0,2}d{3,4}$', '/aabddd', '/aabbccdddd', '/abddd', '/aabcccddd', '/aabddddd'],
  ['^/a*?b+?c??$', '/b', '/aabbc', '/c'],
  ['^/[a\\-z]$', '/a', '/-', '/b'],
  ['^/[.]$', '/.', '/a'],
  ['^/[\\]^$]$', '/]', '/^', '/$', '/a'],
  ['^/\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\\\\\^\\$$', '/.*+?()[]{}|/\\^$'],
  ['^/[]$', '/', '/a'],
  ['^/[^]$', '/a', '/\n', '/'],
  ['^/(?:)$', '/'],
  ['^$', '', '/'],
  ['^/a\\\\$', '/a\\', '/a'],
  ['^/[\u00e9a]$', '/a', '/b'],
  [
    '^/(?:a?){10}a{10}$',
    `/${'a'.repeat(10)}`,
    `/${'a'.repeat(20)}`,
    `/${'a'.repeat(21)}`,
    `/${'a'.repeat(9)}`,
  ],
  ['^/(?:ab?){0,3}$', '/', '/a', '/abab', '/aaaa', '/b'],
  ['^/(?:a|ab)(?:c|bcd)(?:d*)$', '/abcd', '/abcdd', '/acd', '/abd'],
  ['^/(?:[0-9a-f]{8}-){2}[0-9a-f]{4}$', '/0123abcd-4567ef01-89ab', '/0123abcd-4567ef01-89a'],
  ['^(?:/[a-z]+)*/?$', '/', '', '/a/b', '/a//b', '/a/'],
];

function native(source: string): RegExp {
  return new RegExp(source, 'u');
}

describe('accepted', () => {
  it.each(CORPUS)('%s', (source, ...paths) => {
    const compiled = compilePathRegex(source);
    if (!compiled.ok) throw new Error(compiled.message);
    for (const path of paths) {
      const expected = native(source).test(path);
      expect([path, runProgram(compiled.program, path)]).toEqual([path, expected]);
      expect([path, pathMatches(pattern(source), path)]).toEqual([path, expected]);
    }
  });

  const atom = fc.constantFrom('a', 'b', '/', '[ab]', '[^a]', '.', '\\w', '%', '[^]', '[]');
  const suffix = fc.constantFrom('', '', '*', '+', '?', '{2}', '{0,2}', '{1,3}', '{2,}', '*?');
  const { regex } = fc.letrec<{ regex: string; piece: string }>((tie) => ({
    piece: fc.oneof(
      // Deeper patterns mostly meet the bound on work, or keep the native matcher, which backtracks, busy.
      { maxDepth: 1, withCrossShrink: true },
      atom,
      fc
        .array(tie('regex'), { minLength: 1, maxLength: 3 })
        .map((parts) => `(?:${parts.join('|')})`),
    ),
    regex: fc
      .array(fc.tuple(tie('piece'), suffix), { maxLength: 3 })
      .map((pieces) => pieces.map(([piece, times]) => piece + times).join('')),
  }));
  const path = fc.array(fc.constantFrom('a', 'b', '/', '%', 'c'), { maxLength: 7 });

  it('automaton, reference and native matcher agree on random patterns', () => {
    let matched = 0;
    fc.assert(
      fc.property(regex, fc.array(path, { minLength: 8, maxLength: 8 }), (body, texts) => {
        const compiled = compilePathRegex(`^${body}$`);
        fc.pre(compiled.ok);
        for (const characters of texts) {
          const text = characters.join('');
          const expected = native(`^(?:${body})$`).test(text);
          if (expected) matched++;
          expect(runProgram(compiled.program, text)).toBe(expected);
          expect(
            pathMatches({ kind: 'regex', source: body, program: compiled.program }, text),
          ).toBe(expected);
        }
      }),
      { numRuns: 800 },
    );
    expect(matched).toBeGreaterThan(300);
  });

  it('the automaton is minimal: no two states are alike', () => {
    fc.assert(
      fc.property(regex, (body) => {
        const compiled = compilePathRegex(`^${body}$`);
        fc.pre(compiled.ok);
        const { stateCount, classCount, transitions, accept } = compiled.program;
        let block: number[] = [...accept];
        for (let count = 0; count !== new Set(block).size; ) {
          count = new Set(block).size;
          const blocks = new Map<string, number>();
          block = block.map((own, s) => {
            const row = transitions.subarray(s * classCount, (s + 1) * classCount);
            const key = [own, ...[...row].map((target) => block[target])].join();
            if (!blocks.has(key)) blocks.set(key, blocks.size);
            return blocks.get(key)!;
          });
        }
        // An empty language has a start that is like the dead state; both are kept.
        const live = accept.includes(1) ? stateCount : 1;
        expect(new Set(block).size).toBe(live);
      }),
      { numRuns: 300 },
    );
  });

  it('other spellings of one language give the same automaton', () => {
    const program = (source: string) => {
      const compiled = compilePathRegex(source);
      return compiled.ok ? compiled.program : null;
    };
    expect(program('^/(?:a|b)+$')).toEqual(program('^/[ab][ab]*$'));
    expect(program('^/(?:a?){3}$')).toEqual(program('^/a{0,3}$'));
    expect(program('^/a$')).not.toEqual(program('^/b$'));
  });
});

describe('refused', () => {
  it.each([
    ['^/a', 'unanchored', undefined],
    ['^/a\\$', 'unanchored', undefined],
    ['^/a\\\\\\$', 'unanchored', undefined],
    ['^', 'unanchored', undefined],
    ['^/a|/b$', 'alternation', 3],
    ['^/a|$', 'alternation', 3],
    ['^/a$|^/b$', 'alternation', 4],
    ['^/a^b$', 'anchor', 3],
    ['^/a$b$', 'anchor', 3],
    ['^^/a$', 'anchor', 1],
    ['^(?:$)$', 'anchor', 4],
    ['^/a\\b$', 'word-boundary', 3],
    ['^/a\\B$', 'word-boundary', 3],
    ['^(?=/a).*$', 'look-around', 1],
    ['^(?!/a).*$', 'look-around', 1],
    ['^.*(?<=a)$', 'look-around', 3],
    ['^.*(?<!a)$', 'look-around', 3],
    ['^(a)\\1$', 'back-reference', 4],
    ['^(?<x>a)\\k<x>$', 'back-reference', 8],
    ['^(?i:a)$', 'unsupported', 3],
    ['^(?-s:.)$', 'unsupported', 3],
    ['^/a{$', 'syntax', undefined],
    ['^/]$', 'syntax', 2],
    ['^/a{2}{3}$', 'syntax', undefined],
    ['^/(a$', 'syntax', undefined],
    ['^/a)$', 'syntax', undefined],
    ['^/[b-a]$', 'syntax', undefined],
    ['^/\\a$', 'syntax', undefined],
    ['^/\\1$', 'syntax', undefined],
    ['^/\\012$', 'syntax', undefined],
    ['^+/a$', 'syntax', undefined],
    ['^/[a--b]$', 'syntax', undefined],
    ['^/[\\q{a}]$', 'syntax', undefined],
    ['^/\\p{Nope}$', 'syntax', undefined],
  ] as [string, string, number | undefined][])('%s: %s', (source, code, offset) => {
    const refused = compilePathRegex(source);
    expect(refused).toMatchObject({ ok: false, code: `regex/${code}` });
    if (offset !== undefined) expect(refused).toMatchObject({ offset });
  });

  it.each([
    '^(?:a{1000}){1000}$',
    '^((a{1,100}){1,100}){1,100}$',
    '^(a|b)*a(a|b){20}$',
    '^(?:.*a){30}.{30}$',
    '^a{9999}$',
    '^a{0,4294967295}$',
    '^(?:a{0,60}){0,60}$',
    `^${'a?'.repeat(1500)}$`,
    `^${'('.repeat(2000)}a${')'.repeat(2000)}$`,
    `^${'(?:'.repeat(99)}a${')+'.repeat(99)}b{5000}$`,
    `^(?:${Array.from({ length: 12 }, (_, i) => `.*${String.fromCharCode(97 + i)}.*x`).join('|')}){3}.{12}$`,
  ])('%.40s: too large, soon', (source) => {
    const started = performance.now();
    expect(compilePathRegex(source)).toMatchObject({ ok: false, code: 'regex/too-large' });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('patterns that a backtracking matcher dies of', () => {
  const long = 'a'.repeat(4000);
  it.each([
    ['^(a+)+$', `${long}!`, false],
    ['^(a*)*b$', long, false],
    ['^(a|a)*$', `${long}!`, false],
    ['^(a|aa)+$', `${long}!`, false],
    ['^(.*)*x$', long, false],
    ['^(?:a?){30}a{30}$', 'a'.repeat(30), true],
    ['^([a-z]+/?)+$', `${long}%`, false],
    ['^(.*a){10}$', long, true],
    [`^${'('.repeat(90)}a*${')*'.repeat(90)}$`, `${long}b`, false],
  ])('%.40s', (source, path, expected) => {
    const compiled = compilePathRegex(source);
    if (!compiled.ok) throw new Error(compiled.message);
    const started = performance.now();
    expect(runProgram(compiled.program, path)).toBe(expected);
    expect(performance.now() - started).toBeLessThan(1000);
    // The reference is polynomial: slow, not hopeless.
    const short = path.slice(-40);
    expect(pathMatches(pattern(source), short)).toBe(runProgram(compiled.program, short));
  });
});
