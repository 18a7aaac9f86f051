import { describe, expect, it } from 'vitest';
import { readDocument } from '../../compiler/read/index.js';

interface Case {
  readonly name: string;
  readonly input: string | Uint8Array;
  /** Code and `line:column` of each error expected, in order. */
  readonly errors: readonly string[];
}

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );

const aliasBomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...Array.from('bcdefghi', (name, at) => {
    const before = String.fromCharCode(name.charCodeAt(0) - 1);
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}] # ${at}`;
  }),
].join('\n');

const CASES: readonly Case[] = [
  {
    name: 'invalid UTF-8',
    input: bytes('a: b\nc: ', [0xc3, 0x28]),
    errors: ['source/invalid-utf8 2:4'],
  },
  {
    name: 'overlong UTF-8',
    input: bytes('a: ', [0xc0, 0xaf]),
    errors: ['source/invalid-utf8 1:4'],
  },
  {
    name: 'UTF-8 surrogate',
    input: bytes('a: é', [0xed, 0xa0, 0x80]),
    errors: ['source/invalid-utf8 1:5'],
  },
  {
    name: 'truncated UTF-8',
    input: bytes('a: ', [0xf0, 0x9f, 0x92]),
    errors: ['source/invalid-utf8 1:4'],
  },
  {
    name: 'beyond Unicode',
    input: bytes('a: ', [0xf4, 0x90, 0x80, 0x80]),
    errors: ['source/invalid-utf8 1:4'],
  },
  { name: 'UTF-16', input: bytes([0xff, 0xfe, 0x61, 0]), errors: ['source/invalid-utf8 1:1'] },
  { name: 'BOM', input: bytes([0xef, 0xbb, 0xbf], 'a: b'), errors: ['source/bom 1:1'] },
  { name: 'BOM inside', input: 'a: b\ufeff', errors: ['source/bom 1:5'] },
  { name: 'NUL', input: 'a: "b\0c"', errors: ['source/control-character 1:6'] },
  { name: 'escape character', input: 'a: b # \u001b[2J', errors: ['source/control-character 1:8'] },
  {
    name: 'DEL and C1',
    input: 'a: \u007f\u0090',
    errors: ['source/control-character 1:4', 'source/control-character 1:5'],
  },
  {
    name: 'parser markers of the library',
    input: 'a: \u001f&x b\n\u0002\u0018',
    errors: [
      'source/control-character 1:4',
      'source/control-character 2:1',
      'source/control-character 2:2',
    ],
  },
  { name: 'lone CR', input: 'a: b # x\rc: d\r\n', errors: ['source/lone-cr 1:9'] },
  { name: 'lone surrogate, raw', input: 'a: \ud83d', errors: ['source/lone-surrogate 1:4'] },
  { name: 'lone surrogate, escaped', input: 'a: "\\udc00"', errors: ['source/lone-surrogate 1:4'] },
  {
    name: 'lone surrogate in a JSON key',
    input: '{"\\ud800": 1}',
    errors: ['source/lone-surrogate 1:2'],
  },
  {
    name: 'too large',
    input: new Uint8Array(64 * 1024 * 1024 + 1).fill(0x20),
    errors: ['source/too-large 1:1'],
  },
  { name: 'deep flow', input: `a: ${'['.repeat(100_000)}`, errors: ['source/too-deep 1:67'] },
  {
    name: 'deep closed flow',
    input: `a: ${'['.repeat(64)}${']'.repeat(64)}`,
    errors: ['source/too-deep 1:67'],
  },
  { name: 'deep block', input: `a:\n ${'- '.repeat(100_000)}x`, errors: ['source/too-deep 2:128'] },
  { name: 'deep explicit keys', input: '? '.repeat(100_000), errors: ['source/too-deep 1:129'] },
  {
    name: 'deep indentation',
    input: Array.from({ length: 200 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
    errors: ['source/too-deep 65:66'],
  },
  {
    name: 'huge scalar',
    input: `a: "${'x'.repeat(1024 * 1024 + 1)}"`,
    errors: ['source/too-long-scalar 1:4'],
  },
  {
    name: 'huge key',
    input: `? "${'x'.repeat(1024 * 1024 + 1)}"\n: 1`,
    errors: ['source/too-long-scalar 1:3'],
  },
  {
    name: 'huge block scalar',
    input: `a: |\n${' x\n'.repeat(600_000)}`,
    errors: ['source/too-long-scalar 1:4'],
  },
  { name: 'two documents', input: 'a: b\n---\nc: d\n', errors: ['source/several-documents 2:1'] },
  {
    name: 'second document after an end marker',
    input: 'a: b\n...\nc: d\n',
    errors: ['source/several-documents 3:1'],
  },
  {
    name: 'empty first document',
    input: '---\n---\na: b\n',
    errors: ['source/several-documents 2:1'],
  },
  { name: 'YAML directive', input: '%YAML 1.1\n---\na: yes\n', errors: ['source/directive 1:1'] },
  {
    name: 'TAG directive',
    input: '%TAG ! tag:x,2026:\n---\na: b\n',
    errors: ['source/directive 1:1'],
  },
  { name: 'unknown directive', input: '%FOO bar\n---\na: b\n', errors: ['source/directive 1:1'] },
  { name: 'anchor', input: 'a: &x b\n', errors: ['source/anchor 1:4'] },
  { name: 'anchor on a key', input: '&x a: b\n', errors: ['source/anchor 1:1'] },
  { name: 'alias', input: 'a: &x b\nc: *x\n', errors: ['source/anchor 1:4', 'source/alias 2:4'] },
  {
    name: 'alias to nothing (unquoted wildcard)',
    input: 'hosts: [*.example.com]\n',
    errors: ['source/alias 1:9'],
  },
  {
    name: 'alias bomb',
    input: aliasBomb,
    errors: ['source/anchor 1:4', 'source/anchor 2:4', ...Array(9).fill('source/alias')],
  },
  {
    name: 'merge key',
    input: 'a: &x {b: 1}\nc:\n  <<: *x\n',
    errors: ['source/anchor 1:4', 'source/merge-key 3:3', 'source/alias 3:7'],
  },
  { name: 'merge key without alias', input: '<<: {b: 1}\n', errors: ['source/merge-key 1:1'] },
  { name: 'standard tag', input: 'a: !!str 1\n', errors: ['source/tag 1:4'] },
  { name: 'local tag', input: 'a: !x 1\n', errors: ['source/tag 1:4'] },
  { name: 'non-specific tag', input: 'a: ! 1\n', errors: ['source/tag 1:4'] },
  {
    name: 'verbatim tag',
    input: 'a: !<tag:yaml.org,2002:js/function> x\n',
    errors: ['source/tag 1:4'],
  },
  { name: 'binary tag', input: 'a: !!binary aGk=\n', errors: ['source/tag 1:4'] },
  { name: 'tag on the root', input: '!!map\na: b\n', errors: ['source/tag 1:1'] },
  { name: 'duplicate key', input: 'a: 1\nb: 2\na: 3\n', errors: ['source/duplicate-key 3:1'] },
  {
    name: 'duplicate key, quoted otherwise',
    input: `{a: 1, 'a': 2, "\\x61": 3}`,
    errors: ['source/duplicate-key 1:8', 'source/duplicate-key 1:16'],
  },
  {
    name: 'duplicate __proto__',
    input: '{"__proto__": 1, "__proto__": 2}',
    errors: ['source/duplicate-key 1:18'],
  },
  {
    name: 'duplicate in a list item',
    input: 'l:\n  - {x: 1, x: 1}\n',
    errors: ['source/duplicate-key 2:12'],
  },
  { name: 'number as key', input: '1: a\n', errors: ['source/key-type 1:1'] },
  { name: 'null as key', input: ': a\n', errors: ['source/key-type 1:1'] },
  { name: 'boolean as key', input: 'a: {true: 1}\n', errors: ['source/key-type 1:5'] },
  { name: 'map as key', input: '{{a: b}: 1}\n', errors: ['source/key-type 1:2'] },
  { name: 'sequence as key', input: '? [a]\n: 1\n', errors: ['source/key-type 1:3'] },
  ...[
    '0x10',
    '0o7',
    '1e3',
    '1.0',
    '+5',
    '-0',
    '.inf',
    '-.inf',
    '.nan',
    '007',
    '1.',
    '.5',
    '00',
    '1E3',
    '0.0',
    '0x1F',
    '9007199254740993',
    '1.5',
  ].map((number) => ({
    name: `number ${number}`,
    input: `a: ${number}\n`,
    errors: ['source/number 1:4'],
  })),
  { name: 'JSON number with exponent', input: '{"a": [1, 1e2]}', errors: ['source/number 1:11'] },
  { name: 'unclosed flow', input: 'a: [1, 2\n', errors: ['source/syntax 2:1'] },
  { name: 'unclosed quote', input: 'a: "b\n', errors: ['source/syntax 2:1'] },
  { name: 'tab as indentation', input: 'a:\n\tb: c\n', errors: ['source/syntax 2:1'] },
  { name: 'reserved character', input: 'a: @b\n', errors: ['source/syntax 1:4'] },
  { name: 'bad escape', input: 'a: "\\q"\n', errors: ['source/syntax 1:5'] },
  {
    name: 'several errors at once',
    input: 'a: @b\nc: !x d\ne: 0x1\ne: f\n',
    errors: [
      'source/syntax 1:4',
      'source/tag 2:4',
      'source/number 3:4',
      'source/duplicate-key 4:1',
    ],
  },
  { name: 'empty', input: '', errors: ['source/empty 1:1'] },
  { name: 'only comments', input: '# nothing\n', errors: ['source/empty 1:1'] },
  { name: 'only a marker', input: '---\n', errors: ['source/empty 1:1'] },
  { name: 'null', input: '~\n', errors: ['source/not-a-map 1:1'] },
  { name: 'list', input: '- a\n', errors: ['source/not-a-map 1:1'] },
  { name: 'text', input: 'hello', errors: ['source/not-a-map 1:1'] },
  { name: 'trailing text after JSON', input: '{"a": 1} x', errors: ['source/syntax 1:10'] },
];

describe('hostile texts are refused, each under its own code', () => {
  it.each(CASES)('$name', ({ input, errors }) => {
    const result = readDocument(input, 'policy.yaml');
    expect(result.ok).toBe(false);
    const found = result.diagnostics
      .filter((one) => one.severity === 'error')
      .map((one) => `${one.code} ${one.line}:${one.column}`);
    errors.forEach((expected, at) => {
      expect(found[at] ?? 'nothing').toMatch(
        new RegExp(`^${expected.replaceAll('.', '\\.')}( |$)`),
      );
    });
    if (!errors.some((expected) => !expected.includes(':')))
      expect(found).toHaveLength(errors.length);
    for (const one of result.diagnostics) expect(one.file).toBe('policy.yaml');
  });

  it('takes linear time for many keys, deep nesting and bombs', () => {
    const keys = Array.from({ length: 50_000 }, (_, at) => `k${at}: 1`).join('\n');
    const started = performance.now();
    expect(readDocument(keys, 'p').ok).toBe(true);
    expect(readDocument(aliasBomb, 'p').ok).toBe(false);
    expect(readDocument(`a: ${'{a: '.repeat(1_000_000)}`, 'p').ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('bounds the number of errors', () => {
    const result = readDocument(`a: [${','.repeat(20_000)}]`, 'p');
    expect(result.ok).toBe(false);
    expect(result.diagnostics.length).toBeLessThanOrEqual(2000);
  });
});
