import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Document, type JsonValue, readDocument } from '../../compiler/read/index.js';

function read(text: string | Uint8Array): Document {
  const result = readDocument(text, 'dir/policy.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}

/** The text that a location covers. */
function at(document: Document, path: (string | number)[], part?: 'key' | 'value'): string {
  const place = document.locate(path, part);
  const { source } = document;
  return document.text.slice(
    source.offset(place.line, place.column),
    source.offset(place.endLine, place.endColumn),
  );
}

describe('values', () => {
  it.each<[string, string, JsonValue]>([
    [
      'YAML scalars',
      'a: b\nc: 12\nd: true\ne: null\nf: "x\\ny"\ng: -7',
      { a: 'b', c: 12, d: true, e: null, f: 'x\ny', g: -7 },
    ],
    [
      'times and look-alikes of other YAML versions are text',
      'a: 2026-11-22T00:00:00Z\nb: yes\nc: 1_000\nd: 12:30',
      { a: '2026-11-22T00:00:00Z', b: 'yes', c: '1_000', d: '12:30' },
    ],
    ['quoted numbers are text', 'a: "0x10"', { a: '0x10' }],
    ['tab-indented JSON', '{\n\t"a": [\n\t\t1,\n\t\t{"b": "c"}\n\t]\n}\n', { a: [1, { b: 'c' }] }],
    ['JSON with surrogate pairs', '{"a": "\\ud83d\\ude00", "b": "\\/"}', { a: '😀', b: '/' }],
    ['CRLF', 'a: b\r\nc:\r\n  - d\r\n', { a: 'b', c: ['d'] }],
    ['document markers', '---\na: b\n...\n', { a: 'b' }],
    ['integer-like keys', '{"2": "a", "1": "b"}', { 2: 'a', 1: 'b' }],
    ['escaped NUL', '{"a": "\\u0000"}', { a: '\0' }],
  ])('%s', (_name, text, expected) => {
    expect(JSON.parse(JSON.stringify(read(text).value))).toEqual(expected);
  });

  it('keeps __proto__ and constructor as plain keys', () => {
    const { value } = read('{"__proto__": {"x": 1}, "constructor": 2}');
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('lets the signature alone be long', () => {
    const long = 'x'.repeat(1024 * 1024 + 1);
    expect(readDocument(`signature: {jws: ${long}}`, 'p').ok).toBe(true);
    expect(readDocument(`signature: {kid: ${long}}`, 'p').ok).toBe(false);
  });

  it('takes 64 levels', () => {
    expect(readDocument(`a: ${'['.repeat(63)}x${']'.repeat(63)}`, 'p').ok).toBe(true);
  });

  it('warns of bidi controls', () => {
    const result = readDocument('a: "b\u202ec"', 'p');
    expect(result.ok).toBe(true);
    expect(result.diagnostics.map((one) => [one.code, one.column])).toEqual([
      ['source/bidi-control', 6],
    ]);
  });

  it('reads what JSON.stringify and a YAML printer write', () => {
    const values = fc.dictionary(
      fc.string().filter((key) => key !== '<<'),
      fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }),
    );
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const plain = noFractions(value);
        const json = JSON.stringify(plain, null, indent);
        expect(JSON.stringify(read(json).value)).toBe(JSON.stringify(plain));
        const yaml = stringify(plain, { aliasDuplicateObjects: false, lineWidth: 0 });
        const again = readDocument(yaml, 'p');
        if (again.ok) expect(JSON.stringify(again.value.value)).toBe(JSON.stringify(plain));
      }),
      { numRuns: 300 },
    );
  });
});

/** Fractions, -0 and control characters that JSON leaves raw are refused by design. */
function noFractions(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(noFractions);
  if (typeof value === 'number') return Math.trunc(Math.min(Math.max(value, -1e9), 1e9)) + 0;
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [clean(key), noFractions(item)]),
    );
  }
  return value as JsonValue;
}

function clean(text: string): string {
  return text.replace(/[\u007f-\u009f\ufeff\ufffe\uffff\p{Cs}]/gu, '').replace('<<', '');
}

describe('places', () => {
  const document = read(
    [
      '# head',
      'serial: 42',
      'match_rules:',
      '  - integration_id: a',
      '    match: {hosts: ["x", y.example]}',
      '  - integration_id: b',
      '    match:',
      '      hosts:',
      '        - z',
      'last: |',
      '  text',
      '',
    ].join('\n'),
  );

  it.each<[(string | number)[], 'key' | 'value' | undefined, string]>([
    [['serial'], 'value', '42'],
    [['serial'], 'key', 'serial'],
    [['match_rules', 0, 'integration_id'], undefined, 'a'],
    [['match_rules', 0, 'match', 'hosts', 0], 'value', '"x"'],
    [['match_rules', 0, 'match', 'hosts', 1], 'key', 'y.example'],
    [['match_rules', 1, 'match', 'hosts', 0], 'value', 'z'],
    [['match_rules', 1, 'match', 'hosts'], 'key', 'hosts'],
    [['last'], 'key', 'last'],
  ])('finds %j (%s)', (path, part, expected) => {
    expect(at(document, path, part)).toBe(expected);
  });

  it('falls back to the nearest value around', () => {
    expect(at(document, ['match_rules', 0, 'match', 'nothing', 3], 'key')).toBe(
      '{hosts: ["x", y.example]}',
    );
    expect(document.locate(['no']).line).toBe(2);
    expect(document.span(['no'])).toBeUndefined();
    expect(document.locate(['match_rules', 'integration_id'])).toEqual(
      document.locate(['match_rules']),
    );
    expect(document.locate([0])).toEqual(document.locate([]));
  });

  it('names the file as it was given', () => {
    expect(document.locate([]).file).toBe('dir/policy.yaml');
  });

  it('finds each of many items and keys', () => {
    const many = Array.from({ length: 500 }, (_, n) => `{"k${n}": ${n}}`);
    const list = read(
      `{"list": [${many.join(', ')}], "map": {${many.map((one) => one.slice(1, -1)).join(',')}}}`,
    );
    for (let n = 0; n < 500; n++) {
      expect(at(list, ['list', n])).toBe(many[n]);
      expect(at(list, ['list', n, `k${n}`])).toBe(String(n));
      expect(at(list, ['map', `k${n}`])).toBe(String(n));
      expect(at(list, ['map', `k${n}`], 'key')).toBe(`"k${n}"`);
    }
    expect(list.span(['list', 500])).toBeUndefined();
    expect(list.span(['map', 'k500'])).toBeUndefined();
  });
});
