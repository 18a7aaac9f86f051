/** The canonical layout: what it looks like, and that it says the same as before. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDocument } from '../../compiler/format/index.js';
import { lowerManifest } from '../../compiler/lower/index.js';
import { parseManifest } from '../../compiler/pipeline.js';
import { evaluate } from '../../compiler/policy/index.js';
import { type Document, type JsonValue, readDocument } from '../../compiler/read/index.js';
import { canonicalUrl } from '../../compiler/request/index.js';
import { policyIdOf } from '../../compiler/verify/index.js';
import { HOSTS, METHODS, manifest, PATHS } from '../differential/arbitrary.js';
import { styled, Tape } from './styles.js';

function read(text: string): Document {
  const document = readDocument(text, 'p.yaml');
  if (!document.ok) throw new Error(`${document.diagnostics[0]?.message}\n${text}`);
  return document.value;
}

function format(text: string, dropSignature = false): string {
  const formatted = formatDocument(read(text), { dropSignature });
  if (!formatted.ok) throw new Error(`${formatted.diagnostics[0]?.code}\n${text}`);
  return formatted.value;
}

describe('layout', () => {
  it.each<[string, string, string]>([
    [
      'indentation',
      'a:\n      b: 1\n      c:\n       - x\n       - y\n',
      'a:\n  b: 1\n  c:\n    - x\n    - y\n',
    ],
    [
      'lists at the column of their key',
      'a:\n- b: 1\n  c: 2\n-   b: 3\n',
      'a:\n  - b: 1\n    c: 2\n  - b: 3\n',
    ],
    [
      'white space',
      'a:   1  \nb: [ x,y ,  z ]\nc: { d:   1,e: 2}\n',
      'a: 1\nb: [x, y, z]\nc: {d: 1, e: 2}\n',
    ],
    ['line breaks', 'a: 1\r\nb: 2', 'a: 1\nb: 2\n'],
    ['blank lines', '\n\na: 1\n\n\n\nb: 2\n\n', 'a: 1\n\nb: 2\n'],
    [
      'quotes',
      "a: 'x'\nb: '\\d'\nc: \"y\"\nd: 'it''s'\n",
      "a: \"x\"\nb: '\\d'\nc: \"y\"\nd: 'it''s'\n",
    ],
    ['keys in quotes', '"a": {"b": 1}\n# c\n', 'a: {b: 1}\n# c\n'],
    ['brackets over several lines', 'a: [\n  x,\n  y,\n]\n', 'a: [x, y]\n'],
    ['brackets at the top', '{a: 1, b: [x]}\n', 'a: 1\nb: [x]\n'],
    [
      'a comment in brackets',
      'a: [ # all\n  x, # one\n  # two\n  y]\n',
      'a: # all\n  - x # one\n  # two\n  - y\n',
    ],
    ['a comment in empty brackets', 'a: [ # none\n]\n', '# none\na: []\n'],
    ['document markers', '---\na: 1\n...\n', 'a: 1\n'],
    ['a value on the next line', 'a:\n  x\nb: # why\n  y\n', 'a: x\n# why\nb: y\n'],
    ['an explicit key', '? a\n: 1\n', 'a: 1\n'],
    [
      'a literal text',
      'a:\n    b: |\n        x\n          y\n\n        z\n\n    c: 1\n',
      'a:\n  b: |\n    x\n      y\n\n    z\n\n  c: 1\n',
    ],
    ['a text with its own indentation', 'a:\n    b: |1\n       x\n', 'a:\n  b: |1\n     x\n'],
    ['a text that keeps its end', 'a: |+\n  x\n\nb: 1\n', 'a: |+\n  x\n\nb: 1\n'],
    ['a text at the end', 'a: >-\n    x\n    y', 'a: >-\n  x\n  y\n'],
    [
      'a folded text',
      'a: one\n     two\n\n     three\nb: "x\n  y"\n',
      'a: one\n  two\n\n  three\nb: "x\n  y"\n',
    ],
    [
      'comments in a column',
      'a: 1      # one\nbb: 2     # two\n',
      'a: 1      # one\nbb: 2     # two\n',
    ],
    [
      'comments of nested blocks',
      'a:\n    b: 1\n    # of b\n  # of what?\n# of c\nc: 1\n  # end\n',
      'a:\n  b: 1\n  # of b\n# of what?\n# of c\nc: 1\n# end\n',
    ],
    [
      'a comment above an item',
      'a:\n# first\n- b: 1\n\n# second\n- b: 2\n',
      'a:\n  # first\n  - b: 1\n\n  # second\n  - b: 2\n',
    ],
  ])('%s', (_name, before, after) => {
    expect(format(before)).toBe(after);
    expect(format(after)).toBe(after);
  });

  it('writes out brackets that are wide, but never a signature', () => {
    const item = 'x'.repeat(60);
    expect(format(`a: [${item}, ${item}]\n`)).toBe(`a:\n  - ${item}\n  - ${item}\n`);
    const signature = `signature: {alg: EdDSA, kid: k, jws: ${'e'.repeat(500)}}\n`;
    expect(format(`a: 1\n${signature}`)).toBe(`a: 1\n${signature}`);
  });

  it('leaves the examples as they are', () => {
    const file = new URL('../../schemas/examples/providers.yaml', import.meta.url);
    const text = readFileSync(file, 'utf8');
    expect(format(text)).toBe(text);
  });

  it('keeps escapes that hide nothing', () => {
    const text = 'a: "\\u202e\\u0041"\n';
    expect(format(text)).toBe(text);
    expect(format('{"a": "\\u202e"}')).toBe('{\n  "a": "\\u202e"\n}\n');
  });
});

describe('a layout that cannot be changed safely', () => {
  it.each([
    ['a space that is escaped at the end of a line', 'b: 1\na: "x\\ \n  y"\n'],
    ['white space that is a line of a text', 'b: 1\na: |\n  x\n   \nc: 1\n'],
  ])('is refused, not guessed at: %s', (_name, text) => {
    const formatted = formatDocument(read(text));
    expect(formatted.ok).toBe(false);
    expect(formatted.diagnostics).toMatchObject([{ code: 'fmt/unsafe', file: 'p.yaml', line: 1 }]);
  });
});

describe('JSON', () => {
  it('stays JSON, laid out as programs do it', () => {
    const value = { a: 1, b: [1, { c: [] }], d: {} };
    expect(format(JSON.stringify(value))).toBe(`${JSON.stringify(value, null, 2)}\n`);
  });

  it('keeps the line of a signature', () => {
    const text = '{\n  "a": 1,\n  "signature": {"alg": "EdDSA", "kid": "k", "jws": "e"}\n}\n';
    expect(format(text)).toBe(text);
    expect(format(text, true)).toBe('{\n  "a": 1\n}\n');
  });
});

describe('dropping a signature', () => {
  it.each([
    ['a: 1\nsignature: {alg: EdDSA, kid: k, jws: e} # by me\n', 'a: 1\n# by me\n'],
    ['signature:\n  alg: EdDSA\n  # why\n  jws: e\na: 1\n', '# why\na: 1\n'],
    ['a: 1\n\nsignature: {jws: e}\n\n# end\n', 'a: 1\n\n# end\n'],
  ])('keeps every comment: %j', (before, after) => {
    expect(format(before, true)).toBe(after);
  });
});

const tape = fc.array(fc.nat(1000), { minLength: 20, maxLength: 80 }).map((list) => new Tape(list));

describe('in whatever layout a manifest comes', () => {
  it('the result says the same, keeps each comment, and is its own canonical layout', () => {
    fc.assert(
      fc.property(manifest, tape, (input, styles) => {
        const value: JsonValue = JSON.parse(JSON.stringify({ manifest_version: 1, ...input }));
        const { text, comments } = styled(value, styles);
        const before = read(text);
        expect(before.value).toEqual(value);
        const after = format(text);
        expect(read(after).value).toEqual(value);
        expect(JSON.stringify(read(after).value)).toBe(JSON.stringify(before.value));
        expect(policyIdOf(read(after).value)).toBe(policyIdOf(before.value));
        expect(commentsIn(after)).toEqual(comments);
        expect(format(after)).toBe(after);
        expect(after).not.toMatch(/[ \t\r]\n|\n\n\n|^\n|\n\n$/);
      }),
      { numRuns: 400, seed: 20261122 },
    );
  });

  it('every request is decided as before', () => {
    const requests = fc.array(
      fc.tuple(fc.constantFrom(...HOSTS), fc.constantFrom(...METHODS), fc.constantFrom(...PATHS)),
      { minLength: 5, maxLength: 10 },
    );
    fc.assert(
      fc.property(manifest, tape, requests, (input, styles, asked) => {
        const value: JsonValue = JSON.parse(JSON.stringify({ manifest_version: 1, ...input }));
        const policies = [styled(value, styles).text]
          .flatMap((text) => [text, format(text)])
          .map(policyOf);
        const [before, after] = policies;
        if (before === null || after === null) {
          expect(after).toBe(before);
          return;
        }
        for (const [host, method, path] of asked) {
          const request = canonicalUrl(`https://${host}${path}`, method);
          if (!request.ok) continue;
          expect(evaluate(after!, request.value)).toEqual(evaluate(before!, request.value));
        }
      }),
      { numRuns: 100, seed: 20261122 },
    );
  });
});

/** Null where the manifest is refused. */
function policyOf(text: string) {
  const parsed = parseManifest(text);
  if (!parsed.ok) return null;
  const { document, manifest: value } = parsed.value;
  const lowered = lowerManifest(value, document.locate, policyIdOf(document.value));
  return lowered.ok ? lowered.value : null;
}

/** No value of these manifests holds a `#` behind white space or at the start of a line. */
function commentsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|[ ])(#.*)$/gm)].map(([, comment]) => comment!);
}
