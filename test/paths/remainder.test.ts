/** Questions about sets of path patterns: exact, with a shortest witness; and the language that they are asked in. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commonRemainder,
  isCanonicalPath,
  pathMatches,
  remainderOf,
} from '../../compiler/paths/index.js';
import type { PathPattern } from '../../compiler/policy/index.js';
import { canonicalPathText } from '../../compiler/request/index.js';
import { patterns } from './patterns.js';

describe('the canonical language', () => {
  it.each([
    '/',
    '/a',
    '//',
    '/a//b/',
    '/.a',
    '/...',
    '/..a',
    '/a.',
    '/%2F',
    '/%00',
    '/%FF',
    '/|[]',
  ])('%s is a member', (path) => expect(isCanonicalPath(path)).toBe(true));

  it.each([
    '',
    'a',
    '/.',
    '/..',
    '/a/../b',
    '/./',
    '/%2f',
    '/%41',
    '/%2E',
    '/%',
    '/%2',
    '/a b',
    '/^',
    '/a?',
    '/#',
    '/\\',
    '/"',
    '/{',
    '/\u007f',
    '/\u00e9',
    '/%2D',
    '/%7E',
    '/%5F',
  ])('%j is none', (path) => expect(isCanonicalPath(path)).toBe(false));

  it('a text is a member where canonicalisation leaves it unchanged, and nowhere else', () => {
    const unit = fc.oneof(
      fc.constantFrom('/', '.', '%', ...'0123456789ABCDEFabcdef', '/..', '/.', '%2'),
      fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
    );
    const text = fc.array(unit, { maxLength: 8 }).map((units) => `/${units.join('')}`);
    let members = 0;
    fc.assert(
      fc.property(text, (path) => {
        const canonical = canonicalPathText(path);
        const unchanged = canonical.ok && canonical.value === path;
        if (unchanged) members++;
        expect(isCanonicalPath(path)).toBe(unchanged);
      }),
      { numRuns: 10_000 },
    );
    expect(members).toBeGreaterThan(500);
  });

  it('every single character and every escape is judged as canonicalisation judges it', () => {
    for (let code = 0; code < 128; code++) {
      const path = `/x${String.fromCharCode(code)}y`;
      const canonical = canonicalPathText(path);
      expect([code, isCanonicalPath(path)]).toEqual([
        code,
        canonical.ok && canonical.value === path,
      ]);
    }
    for (let byte = 0; byte < 256; byte++) {
      const path = `/%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      const canonical = canonicalPathText(path);
      expect([path, isCanonicalPath(path)]).toEqual([
        path,
        canonical.ok && canonical.value === path,
      ]);
    }
  });
});

describe('remainderOf', () => {
  it.each([
    [['*'], [], '/'],
    [['/*'], ['/'], '/a'],
    [['/v1/*'], [], '/v1/'],
    [['/v1/*'], ['/v1/', '/v1/a'], '/v1/b'],
    [['/v1/*'], ['/v1/a/*', '/v1/'], '/v1/a'],
    [['/v1/*'], ['/v1'], '/v1/'],
    [['/v1'], ['/v1/*'], '/v1'],
    [['/a', '/b'], ['/a'], '/b'],
    [['/bb', '/a'], [], '/a'],
    [['/a%2Fb', '/long/path'], [], '/long/path'],
    [['/a;b/*'], [], '/a;b/'],
    [['^/[a-z]+$'], ['^/[a-y]+$'], '/z'],
    [['^/.*;.*$'], [], '/;'],
    [['*'], ['^[^;]*$'], '/;'],
    [['*'], ['^/[^/]*$'], '/a/'],
    [['^/.*$'], ['/a/*', '^/[^/]*$'], '/b/'],
    [['/x/*'], ['^/x/[^/]*$'], '/x/a/'],
    [['^/(?:x|yyy)$'], ['/x'], '/yyy'],
    [['^.*a.{9}$'], ['^.*b.{9}$'], '/aaaaaaaaaa'],
  ])('%j without %j: %s', (keep, without, path) => {
    expect(remainderOf(patterns(...keep), patterns(...without))).toEqual({
      kind: 'nonempty',
      path,
    });
  });

  it.each([
    [[], []],
    [['*'], ['*']],
    [['/v1/*'], ['/*']],
    [['/v1/a/*'], ['/v1/*']],
    [
      ['/v1/a', '/v1/b'],
      ['/v1/a', '/v1/b'],
    ],
    [['*'], ['/x/*', '^/(.*)$']],
    [['*'], ['^/[^/]*$', '^/[^/]*/.*$']],
    [['^/[a-z]+$'], ['^/[a-m].*$', '^/[n-z].*$']],
    [['/a/*'], ['^/a/.*$']],
    [['/a'], ['^/[ab]$']],
    // Patterns that no canonical path matches: a space, a dot segment, a small-letter escape, an escaped letter.
    [['^/a b$'], []],
    [['^/\\.\\./a$'], []],
    [['^/%2f$'], []],
    [['^/%41$'], []],
    [['^/?$'], ['/']],
    [['^[^/].*$'], []],
  ])('%j without %j: nothing', (keep, without) => {
    expect(remainderOf(patterns(...keep), patterns(...without))).toEqual({ kind: 'empty' });
  });

  it('says so where the bound on work is reached', () => {
    const without = ['a', 'b', 'c', 'd'].map((c) => `^(?:.*${c}.{9})$`);
    const started = performance.now();
    const rest = remainderOf(patterns('*'), patterns(...without, '^.{0,40}$'));
    expect(rest).toEqual({ kind: 'undecided' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('is near-linear for literals', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `/p${i}/*`);
    const keep = patterns(...many);
    const started = performance.now();
    expect(remainderOf(keep, keep).kind).toBe('empty');
    expect(remainderOf(keep, keep.slice(1))).toEqual({ kind: 'nonempty', path: '/p0/' });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('commonRemainder', () => {
  it.each([
    [[['/v1/*'], ['/v1/a/*', '/v2']], [], '/v1/a/'],
    [[['/v1/*'], ['^.*x$'], ['^/v[0-9]/.*y.*$']], ['/v1/yx'], '/v1/yxx'],
    [
      [
        ['/a', '/b'],
        ['/b', '/c'],
      ],
      [],
      '/b',
    ],
  ])('%j without %j: %s', (sets, without, path) => {
    const rest = commonRemainder(
      sets.map((set) => patterns(...set)),
      patterns(...without),
    );
    expect(rest).toMatchObject({ kind: 'nonempty' });
    expect(rest.kind === 'nonempty' && rest.path.length).toBe(path.length);
  });

  it('disjoint sets share nothing', () => {
    expect(commonRemainder([patterns('/a/*'), patterns('/b/*', '/a')], []).kind).toBe('empty');
    expect(commonRemainder([patterns('/a/*'), patterns('^/b.*$')], []).kind).toBe('empty');
  });
});

describe('against every short path', () => {
  const alphabet = ['/', 'a', 'b', '.', ';', '%2F'];
  let tails = [''];
  const shortPaths = ['/'];
  for (let units = 1; units <= 4; units++) {
    tails = tails.flatMap((tail) => alphabet.map((unit) => tail + unit));
    shortPaths.push(...tails.map((tail) => `/${tail}`));
  }
  const universe = shortPaths.filter(isCanonicalPath);
  const texts = [
    '*',
    '/',
    '/a',
    '/b',
    '/a/',
    '/a/*',
    '/b/*',
    '/a/a/*',
    '/a/b',
    '//*',
    '/a//',
    '^/[ab]*$',
    '^/a.*$',
    '^.*b$',
    '^/[^/]*$',
    '^/.*/.*$',
    '^/.+$',
    '^.*%2F.*$',
  ];
  const set = fc.subarray(texts.slice(1), { maxLength: 5 });

  const matches = (all: readonly PathPattern[], path: string): boolean =>
    all.some((one) => pathMatches(one, path));

  it('empty means none, a witness is a member and no longer than needed', () => {
    let empty = 0;
    fc.assert(
      fc.property(fc.subarray(texts, { maxLength: 4 }), set, set, (keep, also, without) => {
        const [k, w] = [patterns(...keep), patterns(...without)];
        const sets = also.length === 0 ? [k] : [k, patterns(...also)];
        const rest = commonRemainder(sets, w);
        const members = universe.filter((p) => sets.every((s) => matches(s, p)) && !matches(w, p));
        if (rest.kind === 'empty') empty++;
        expect(rest.kind).not.toBe('undecided');
        if (rest.kind !== 'nonempty') {
          expect(members).toEqual([]);
          return;
        }
        const { path } = rest;
        expect(
          isCanonicalPath(path) && sets.every((s) => matches(s, path)) && !matches(w, path),
        ).toBe(true);
        const harmless = members.filter((p) => !/%2F|%5C|\/\/|;/.test(p));
        if (harmless.length > 0) expect(path).not.toMatch(/%2F|%5C|\/\/|;/);
        const rivals = /%2F|%5C|\/\/|;/.test(path) ? members : harmless;
        const shortest = Math.min(...rivals.map((p) => p.length));
        expect(path.length).toBeLessThanOrEqual(shortest);
      }),
      { numRuns: 600 },
    );
    expect(empty).toBeGreaterThan(20);
  });
});
