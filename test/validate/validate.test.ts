import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../compiler/diagnostics/index.js';
import { parseTime, validateManifest, validateUnsigned } from '../../compiler/validate/index.js';
import { documentOf, HEAD, manifestWith, RULE } from './manifests.js';

function check(value: object | string): readonly Diagnostic[] {
  return validateManifest(documentOf(value)).diagnostics;
}

const match = (changes: object) => manifestWith({}, { match: { ...RULE.match, ...changes } });

describe('manifests that hold', () => {
  it.each<[string, object]>([
    ['one rule', manifestWith()],
    ['no rules', manifestWith({ match_rules: [] })],
    [
      'all head keys',
      manifestWith({
        description: 'd',
        serial: 0,
        dpop_required: true,
        dpop_ath_required: true,
        default_action: 'deny',
        opaque_tls: 'tunnel',
      }),
    ],
    ['dpop_ath_required false without dpop_required', manifestWith({ dpop_ath_required: false })],
    ['greatest serial', manifestWith({ serial: Number.MAX_SAFE_INTEGER })],
    ['milliseconds', manifestWith({ issued_at: '2026-11-22T00:00:00.331Z' })],
    ['29 February', manifestWith({ issued_at: '2024-02-29T23:59:59Z' })],
    ['http broker on loopback', manifestWith({ broker_execute_url: 'http://127.0.0.1:8080/x' })],
    ['http broker on localhost', manifestWith({ broker_execute_url: 'HTTP://a.LOCALHOST./x' })],
    ['http broker on ::1', manifestWith({ broker_execute_url: 'http://[::1]/x' })],
    [
      'all rule keys',
      match({
        schemes: ['http', 'https'],
        ports: [1, 65535, '8000-8099'],
        methods: ['get', 'X-Y_1'],
        path_groups: ['*'],
      }),
    ],
    ['deny without rewrite', manifestWith({}, { action: 'deny', rewrite: undefined })],
    ['execute said aloud', manifestWith({}, { action: 'execute' })],
    ['signature', manifestWith({ signature: { alg: 'ES256', kid: 'k', jws: 'x' } })],
  ])('%s', (_name, value) => {
    expect(check(value)).toEqual([]);
  });
});

describe('manifests that are refused, each with its code and place', () => {
  it.each<[string, object, string, string]>([
    ['unknown key', manifestWith({ serail: 1 }), 'schema/unknown-key', 'Did you mean serial?'],
    [
      'unknown key far from all',
      manifestWith({ zzzzzzzz: 1 }),
      'schema/unknown-key',
      'Known keys: manifest_version',
    ],
    [
      'unknown key in a rule',
      manifestWith({}, { integration: 1 }),
      'schema/unknown-key',
      'Did you mean integration_id?',
    ],
    ['unknown key in match', match({ host: ['a'] }), 'schema/unknown-key', 'Did you mean hosts?'],
    [
      '__proto__',
      JSON.parse(`{"__proto__": 1, ${JSON.stringify(manifestWith()).slice(1)}`),
      'schema/unknown-key',
      '',
    ],
    ['missing head key', manifestWith({ issued_at: undefined }), 'schema/missing-key', ''],
    ['missing provider', manifestWith({}, { provider: undefined }), 'schema/missing-key', ''],
    ['missing hosts', manifestWith({}, { match: {} }), 'schema/missing-key', ''],
    [
      'execute without rewrite',
      manifestWith({}, { rewrite: undefined }),
      'schema/missing-key',
      'needs `rewrite',
    ],
    [
      'deny with rewrite',
      manifestWith({}, { action: 'deny' }),
      'schema/not-allowed-here',
      'Remove rewrite',
    ],
    [
      'pass with rewrite',
      manifestWith({}, { action: 'pass' }),
      'schema/not-allowed-here',
      'Remove rewrite',
    ],
    [
      'rewrite without URL',
      manifestWith({}, { rewrite: { mode: 'execute' } }),
      'schema/missing-key',
      '',
    ],
    [
      'send_intended_url false',
      manifestWith({}, { rewrite: { mode: 'execute', send_intended_url: false } }),
      'schema/const',
      'always true',
    ],
    ['other version', manifestWith({ manifest_version: 2 }), 'schema/const', 'always 1'],
    ['version as text', manifestWith({ manifest_version: '1' }), 'schema/const', 'always 1'],
    [
      'dpop_ath_required alone',
      manifestWith({ dpop_ath_required: true }),
      'schema/not-allowed-here',
      'dpop_required',
    ],
    [
      'dpop_ath_required with dpop_required false',
      manifestWith({ dpop_ath_required: true, dpop_required: false }),
      'schema/not-allowed-here',
      'dpop_required',
    ],
    [
      'mistyped action',
      manifestWith({}, { action: 'exeucte' }),
      'schema/enum',
      'Did you mean execute?',
    ],
    [
      'default_action execute',
      manifestWith({ default_action: 'execute' }),
      'schema/enum',
      'Allowed: pass, deny.',
    ],
    ['scheme', match({ schemes: ['ftp'] }), 'schema/enum', 'Allowed: http, https.'],
    ['hosts as text', match({ hosts: 'a.example' }), 'schema/type', ''],
    ['host as number', match({ hosts: [1] }), 'schema/type', ''],
    ['boolean as text', manifestWith({ dpop_required: 'yes' }), 'schema/type', ''],
    ['null rules', manifestWith({ match_rules: null }), 'schema/type', ''],
    ['negative serial', manifestWith({ serial: -1 }), 'schema/range', ''],
    ['integration id', manifestWith({}, { integration_id: 'a b' }), 'schema/pattern', '1 to 128'],
    [
      'long integration id',
      manifestWith({}, { integration_id: 'a'.repeat(129) }),
      'schema/pattern',
      '1 to 128',
    ],
    [
      'integration id with line break',
      manifestWith({}, { integration_id: 'a\n' }),
      'schema/pattern',
      '',
    ],
    [
      'control character in provider',
      manifestWith({}, { provider: 'a\u0000' }),
      'schema/pattern',
      '',
    ],
    ['empty provider', manifestWith({}, { provider: '' }), 'schema/length', ''],
    ['no hosts', match({ hosts: [] }), 'schema/items', ''],
    ['no methods', match({ methods: [] }), 'schema/items', 'default'],
    ['port 0', match({ ports: [0] }), 'port/out-of-range', ''],
    ['port 65536', match({ ports: [65536] }), 'port/out-of-range', ''],
    ['port as text', match({ ports: ['443'] }), 'port/syntax', 'Write 443'],
    ['port range with spaces', match({ ports: ['80 - 90'] }), 'port/syntax', 'range'],
    ['port range with leading zero', match({ ports: ['080-90'] }), 'port/syntax', 'range'],
    ['method', match({ methods: ['GET POST'] }), 'method/syntax', ''],
    ['long pattern', match({ path_groups: [`/${'a'.repeat(4096)}`] }), 'limit/pattern-length', ''],
    ['too many ports', match({ ports: Array(1025).fill(443) }), 'limit/ports', ''],
    ['too many methods', match({ methods: Array(65).fill('GET') }), 'limit/methods', ''],
    ['too many paths', match({ path_groups: Array(10_001).fill('/') }), 'limit/patterns', ''],
    ['long description', manifestWith({ description: 'x'.repeat(4097) }), 'schema/length', ''],
    [
      'time without seconds',
      manifestWith({ issued_at: '2026-11-22T00:00Z' }),
      'schema/pattern',
      'UTC',
    ],
    [
      'time with offset',
      manifestWith({ issued_at: '2026-11-22T00:00:00+01:00' }),
      'schema/pattern',
      'UTC',
    ],
    [
      'time with microseconds',
      manifestWith({ issued_at: '2026-11-22T00:00:00.000001Z' }),
      'schema/pattern',
      'UTC',
    ],
    ['30 February', manifestWith({ issued_at: '2026-02-30T00:00:00Z' }), 'head/bad-date', ''],
    [
      '29 February of no leap year',
      manifestWith({ issued_at: '2026-02-29T00:00:00Z' }),
      'head/bad-date',
      '',
    ],
    ['leap second', manifestWith({ expires_at: '2026-12-31T23:59:60Z' }), 'head/bad-date', ''],
    ['24:00', manifestWith({ expires_at: '2026-12-31T24:00:00Z' }), 'head/bad-date', ''],
    [
      'expires when issued',
      manifestWith({ expires_at: HEAD.issued_at }),
      'head/expires-before-issued',
      '',
    ],
    [
      'http broker',
      manifestWith({ broker_execute_url: 'http://broker.example.com/' }),
      'head/broker-url',
      '',
    ],
    [
      'http broker, nearly loopback',
      manifestWith({ broker_execute_url: 'http://localhost.example.com/' }),
      'head/broker-url',
      '',
    ],
    [
      'broker with user info',
      manifestWith({ broker_execute_url: 'https://u:p@broker.example.com/' }),
      'head/broker-url',
      '',
    ],
    [
      'broker with empty user info',
      manifestWith({ broker_execute_url: 'https://@broker.example.com/' }),
      'head/broker-url',
      '',
    ],
    [
      'broker on port 0',
      manifestWith({ broker_execute_url: 'https://broker.example.com:0/' }),
      'head/broker-url',
      '',
    ],
    ['broker without host', manifestWith({ broker_execute_url: 'https://' }), 'schema/pattern', ''],
    [
      'broker with zone',
      manifestWith({ broker_execute_url: 'https://[fe80::1%25eth0]/' }),
      'head/broker-url',
      '',
    ],
    [
      'broker over another scheme',
      manifestWith({ broker_execute_url: 'ftp://broker.example.com/' }),
      'schema/pattern',
      'https',
    ],
    [
      'broker with a line break',
      manifestWith({ broker_execute_url: 'https://broker\n.example.com/' }),
      'schema/pattern',
      '',
    ],
    [
      'broker with backslash',
      manifestWith({ broker_execute_url: 'https://broker.example.com\\@x/' }),
      'schema/pattern',
      '',
    ],
    [
      'signature with another algorithm',
      manifestWith({ signature: { alg: 'HS256', kid: 'k', jws: 'x' } }),
      'schema/enum',
      '',
    ],
    ['empty signature', manifestWith({ signature: {} }), 'schema/missing-key', ''],
    ['null signature', manifestWith({ signature: null }), 'schema/type', ''],
  ])('%s', (_name, value, code, hint) => {
    const diagnostics = check(value);
    expect(diagnostics.map((one) => one.code)).toContain(code);
    const one = diagnostics.find((each) => each.code === code)!;
    expect(one.hint ?? '').toContain(hint);
    expect(one.line).toBe(1);
    expect(new Set(diagnostics.map((each) => each.code)).size).toBe(1);
  });
});

describe('places', () => {
  const text = [
    'manifest_version: 1',
    'issued_at: 2026-11-22T00:00:00Z',
    'expires_at: 2026-12-22T00:00:00Z',
    'broker_execute_url: https://broker.example.com/v1/execute',
    'match_rules:',
    '  - integration_id: a',
    '    provider: p',
    '    match:',
    '      hosts: [x.example]',
    '      port: [443]',
    '      ports: [70000]',
    '    action: denny',
    '  - provider: p',
    '    match: {hosts: [y.example]}',
    '    action: pass',
    '    rewrite: {mode: execute, send_intended_url: true}',
    '',
  ].join('\n');

  it('reports all errors, each where it stands', () => {
    const found = check(text).map((one) => [
      one.code,
      one.line,
      one.column,
      one.endColumn,
      one.rule,
    ]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['schema/unknown-key', 10, 7, 11, 0],
        ['port/out-of-range', 11, 15, 20, 0],
        ['schema/enum', 12, 13, 18, 0],
        ['schema/missing-key', 13, 5, 1, 1],
        ['schema/not-allowed-here', 16, 5, 12, 1],
      ]),
    );
  });

  it('says one thing of a mistyped action, with or without rewrite', () => {
    for (const rewrite of [RULE.rewrite, undefined]) {
      const found = check(manifestWith({}, { action: 'exeucte', rewrite }));
      expect(found.map((one) => one.code)).toEqual(['schema/enum']);
    }
  });

  it('reports in the order of the text', () => {
    const lines = check(text).map((one) => one.line);
    expect(lines).toEqual([...lines].sort((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('bounds the number of errors', () => {
    const rules = Array.from({ length: 3000 }, () => ({}));
    const found = check(manifestWith({ match_rules: rules }));
    expect(found.length).toBe(1001);
    expect(found.map((one) => one.code)).toContain('schema/too-many-errors');
  });
});

describe('validateUnsigned', () => {
  it('does not look at the signature', () => {
    const document = documentOf(manifestWith({ signature: null }));
    const result = validateUnsigned(document);
    expect(result.ok).toBe(true);
    if (result.ok) expect(Object.keys(result.value)).not.toContain('signature');
    expect(document.value['signature']).toBeNull();
  });
});

describe('parseTime', () => {
  it('gives milliseconds', () => {
    expect(parseTime('1970-01-01T00:00:01.500Z')).toBe(1500);
    expect(parseTime('0000-01-01T00:00:00Z')).toBeLessThan(0);
    expect(parseTime('2026-13-01T00:00:00Z')).toBeUndefined();
    expect(parseTime('2026-1-1T00:00:00Z')).toBeUndefined();
  });
});

describe('the schema', () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL('../../schemas/manifest.schema.json', import.meta.url), 'utf8'),
  );

  it('describes every key, with examples, for editors', () => {
    let seen = 0;
    const visit = (node: unknown, where: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, child] of Object.entries(node)) {
        const conditional = /\/(if|then|else)(\/|$)/.test(where);
        if (key === 'properties' && !conditional) {
          for (const [name, property] of Object.entries(
            child as Record<string, Record<string, unknown>>,
          )) {
            seen++;
            const target =
              property['$ref'] === '#/$defs/match'
                ? (schema as { $defs: { match: Record<string, unknown> } }).$defs.match
                : property;
            expect(target, `${where}/${name}`).toMatchObject({
              title: expect.any(String),
              description: expect.any(String),
              examples: expect.any(Array),
            });
          }
        }
        visit(child, `${where}/${key}`);
      }
    };
    visit(schema, '');
    expect(seen).toBe(28);
  });
});
