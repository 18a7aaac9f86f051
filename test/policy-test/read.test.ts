/** The language of policy tests: what is taken, and what is refused at which place. */

import { describe, expect, it } from 'vitest';
import { readPolicyTest } from '../../compiler/policy-test/index.js';

function casesOf(text: string) {
  const read = readPolicyTest(text, 'p.test.yaml');
  if (!read.ok) throw new Error(read.diagnostics.map(({ message }) => message).join('; '));
  return read.value.cases;
}

/** `code at line:column` of each diagnostic. */
function refusals(text: string): readonly string[] {
  const read = readPolicyTest(text, 'p.test.yaml');
  expect(read.ok).toBe(false);
  return read.diagnostics.map(({ code, line, column }) => `${code} at ${line}:${column}`);
}

const request = (entry: string): string => `manifest: p.yaml\nrequests:\n  - ${entry}\n`;
const connection = (entry: string): string => `manifest: p.yaml\nverdicts:\n  - ${entry}\n`;

describe('a policy test', () => {
  it('holds requests in canonical form, with what is expected of them', () => {
    const [one] = casesOf(
      request(
        '{method: post, url: "HTTPS://A.Example/%7ea", action: execute, rule: a, reason: null}',
      ),
    );
    expect(one).toMatchObject({
      kind: 'request',
      name: 'POST HTTPS://A.Example/%7ea',
      request: { host: { name: 'a.example' }, port: 443, method: 'POST', path: '/~a' },
      expected: { action: 'execute', rule: 'a', reason: null },
      verdicts: {},
    });
    expect(one).not.toHaveProperty('expected.integrationId');
  });

  it('holds connections by name and by address', () => {
    const text = `${connection('{host: A.Example., port: 443, verdict: capture}')}  - {ip: "::ffff:10.0.0.1", port: 1, verdict: {c: deny}}\n`;
    expect(casesOf(text)).toMatchObject([
      {
        host: { kind: 'name', name: 'a.example' },
        verdicts: { reference: 'capture', node: 'capture', c: 'capture', bpf: 'capture' },
      },
      {
        host: { kind: 'address', address: { family: 4, value: 0x0a000001n } },
        verdicts: { c: 'deny' },
      },
    ]);
  });

  it('keeps the order of the file, and names of cases', () => {
    const text = `verdicts: [{name: one, host: a.example, port: 1, verdict: pass}]\n${request('{name: two, url: "http://a.example", action: pass}')}`;
    expect(casesOf(text).map(({ name }) => name)).toEqual(['two', 'one']);
  });
});

describe('what is refused', () => {
  it.each<[string, string, readonly string[]]>([
    ['no manifest', 'requests: []\n', ['schema/missing-key at 1:1']],
    ['no case', 'manifest: p.yaml\n', ['schema/items at 1:1']],
    ['empty lists', 'manifest: p.yaml\nrequests: []\nverdicts: []\n', ['schema/items at 1:1']],
    [
      'an unknown key',
      `${request('{url: "http://a.example", action: pass, acton: pass}')}`,
      ['schema/unknown-key at 3:45'],
    ],
    [
      'an unknown key of the file',
      `${request('{url: "http://a.example", action: pass}')}verdict: []\n`,
      ['schema/unknown-key at 4:1'],
    ],
    ['no action', request('{url: "http://a.example"}'), ['schema/missing-key at 3:5']],
    [
      'an action that is none',
      request('{url: "http://a.example", action: allow}'),
      ['schema/enum at 3:39'],
    ],
    [
      'a reason that is none',
      request('{url: "http://a.example", action: deny, reason: x}'),
      ['schema/enum at 3:53'],
    ],
    [
      'a negative rule',
      request('{url: "http://a.example", action: deny, rule: -1}'),
      ['schema/range at 3:51'],
    ],
    [
      'a URL that is none',
      request('{url: a.example/x, action: pass}'),
      ['request/bad-url at 3:11'],
    ],
    [
      'a scheme that is none of ours',
      request('{url: "ftp://a.example/x", action: pass}'),
      ['request/bad-scheme at 3:11'],
    ],
    [
      'a method that is none',
      request('{url: "http://a.example", method: "G T", action: pass}'),
      ['request/bad-method at 3:39'],
    ],
    [
      'host and address',
      connection('{host: a.example, ip: 10.0.0.1, port: 1, verdict: pass}'),
      ['schema/not-allowed-here at 3:5'],
    ],
    [
      'neither host nor address',
      connection('{port: 1, verdict: pass}'),
      ['schema/not-allowed-here at 3:5'],
    ],
    [
      'a host that is a URL',
      connection('{host: "http://a.example", port: 1, verdict: pass}'),
      ['request/bad-host at 3:12'],
    ],
    [
      'an address that is a name',
      connection('{ip: a.example, port: 1, verdict: pass}'),
      ['request/bad-address at 3:10'],
    ],
    ['port 0', connection('{host: a.example, port: 0, verdict: pass}'), ['schema/range at 3:29']],
    [
      'a port in quotes',
      connection('{host: a.example, port: "1", verdict: pass}'),
      ['schema/type at 3:29'],
    ],
    [
      'a verdict that is none',
      connection('{host: a.example, port: 1, verdict: execute}'),
      ['schema/enum at 3:41'],
    ],
    [
      'a verdict of an unknown runtime',
      connection('{host: a.example, port: 1, verdict: {go: pass}}'),
      ['schema/enum at 3:41'],
    ],
    ['an alias', request('{url: &u "http://a.example", action: pass}'), ['source/anchor at 3:11']],
    ['a list', '- a\n', ['source/not-a-map at 1:1']],
  ])('%s', (_name, text, expected) => {
    expect(refusals(text)).toEqual(expected);
  });
});
