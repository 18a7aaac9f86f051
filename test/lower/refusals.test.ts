/** Every refusal of design section 3 that lowering makes: its code, at the item that it is about. */

import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../compiler/diagnostics/index.js';
import { lowerManifest, type ManifestInput } from '../../compiler/lower/index.js';
import {
  type Action,
  HEAD,
  locatePath,
  type Match,
  POLICY_ID,
  refusalsOf,
  ruleOf,
} from '../policy/manifests.js';

function refusals(match: Match, action: Action = 'execute'): string[] {
  return refusalsOf({ match_rules: [ruleOf({}, 'pass'), ruleOf(match, action)] });
}

describe('hosts', () => {
  it.each([
    ['', 'empty'],
    ['api.*.example', 'misplaced-wildcard'],
    ['api*.example', 'misplaced-wildcard'],
    ['*api.example', 'misplaced-wildcard'],
    ['**', 'misplaced-wildcard'],
    ['*.*.example', 'misplaced-wildcard'],
    ['example.*', 'misplaced-wildcard'],
    ['\uff0a.example', 'misplaced-wildcard'],
    ['a.\uff0a.example', 'misplaced-wildcard'],
    ['api.example:443', 'port'],
    ['*.example:443', 'port'],
    ['[::1]:443', 'port'],
    ['10.0.0.1:80', 'port'],
    ['https://api.example', 'scheme'],
    ['https://api.example/v1', 'scheme'],
    ['user@api.example', 'user-info'],
    ['user:secret@api.example', 'user-info'],
    ['api.example/', 'slash'],
    ['api.example/v1', 'slash'],
    ['api.example/24', 'slash'],
    ['*.10.0.0.0/8', 'slash'],
    ['%61pi.example', 'percent'],
    ['fe80::1%eth0', 'zone'],
    ['fe80::1%25eth0', 'zone'],
    ['[fe80::1%1]', 'zone'],
    [' api.example', 'white-space'],
    ['api.example ', 'white-space'],
    ['api example', 'white-space'],
    ['api\texample', 'white-space'],
    ['api\n.example', 'white-space'],
    ['a\u00a0b', 'white-space'],
    ['a\u3000b', 'white-space'],
    ['a\u0000b', 'bad-character'],
    ['a\u0007b', 'bad-character'],
    ['a?b', 'bad-character'],
    ['a#b', 'bad-character'],
    ['a\\b', 'bad-character'],
    ['a|b', 'bad-name'],
    ['a<b>', 'bad-name'],
    ['xn--', 'bad-name'],
    ['a\uff0fb', 'bad-name'],
    ['\ud800', 'bad-name'],
    ['1.2.3.256', 'bad-address'],
    ['1.2.3.4.5', 'bad-address'],
    ['::g', 'bad-address'],
    ['1::2::3', 'bad-address'],
    ['[127.0.0.1]', 'bad-address'],
    ['*.1.2.3.4', 'wildcard-address'],
    ['*.0x7f.1', 'wildcard-address'],
    ['*.::1', 'wildcard-address'],
    ['*.', 'empty'],
    ['a..b', 'label-length'],
    ['.a', 'label-length'],
    ['a.b..', 'label-length'],
    [`${'a'.repeat(64)}.example`, 'label-length'],
    [`${'\u00fc'.repeat(62)}.example`, 'label-length'],
    [`${'\u00fc'.repeat(50)}.example`, undefined],
    [`${'a.'.repeat(127)}a`, 'name-length'],
    ['10.0.0.1/8', 'host-bits'],
    ['2001:db8::1/32', 'host-bits'],
    ['::ffff:10.0.0.1/104', 'host-bits'],
    ['10.0.0.0/33', 'bad-prefix'],
    ['10.0.0.0/', 'bad-prefix'],
    ['10.0.0.0/08', 'bad-prefix'],
    ['10.0.0.0/+8', 'bad-prefix'],
    ['10.0.0.0/8/8', 'bad-prefix'],
    ['10.0.0.0/255.0.0.0', 'bad-prefix'],
    ['2001:db8::/129', 'bad-prefix'],
    ['127.64.0.0/10', 'gateway-range'],
    ['127.64.0.1', 'gateway-range'],
    ['127.127.255.255', 'gateway-range'],
    ['127.100.0.0/16', 'gateway-range'],
    ['0x7f400001', 'gateway-range'],
    ['::ffff:127.64.0.1', 'gateway-range'],
    ['::ffff:127.64.0.0/106', 'gateway-range'],
  ])('%j: %s', (host, code) => {
    const expected = code === undefined ? [] : [`host/${code} at match_rules.1.match.hosts.1`];
    expect(refusals({ hosts: ['ok.example', host] })).toEqual(expected);
  });

  it.each([
    '127.0.0.0/8',
    '127.0.0.0/9',
    '127.128.0.0/9',
    '0.0.0.0/0',
    '::/0',
    '127.63.255.255',
    '::ffff:0:0/96',
    '*',
    '*.example',
    'localhost',
    '_dmarc.example',
  ])('%s is taken', (host) => expect(refusals({ hosts: [host] })).toEqual([]));
});

describe('the broker', () => {
  const at = 'host/covers-broker at match_rules.1.match.hosts.0';
  it.each([
    ['broker.svc.example.net', 'execute', undefined, [at]],
    ['broker.svc.example.net', 'deny', undefined, [at]],
    ['BROKER.svc.example.net.', 'deny', undefined, [at]],
    ['*.example.net', 'deny', undefined, [at]],
    ['*.net', 'execute', [1, '400-500'], [at]],
    ['broker.svc.example.net', 'pass', undefined, []],
    ['broker.svc.example.net', 'deny', [80, '444-65535'], []],
    ['*', 'deny', undefined, []],
    ['*.broker.svc.example.net', 'deny', undefined, []],
  ] as [string, Action, (number | string)[] | undefined, string[]][])(
    '%s, %s, ports %j',
    (host, action, ports, expected) => {
      const match = ports === undefined ? { hosts: [host] } : { hosts: [host], ports };
      expect(refusals(match, action)).toEqual(expected);
    },
  );

  it('an address is covered by its blocks, whatever the scheme of the rule', () => {
    const manifest = (host: string): Partial<ManifestInput> => ({
      broker_execute_url: 'http://[::ffff:7f00:1]:8080/x',
      match_rules: [ruleOf({ hosts: [host], schemes: ['https'], ports: [8080] }, 'deny')],
    });
    expect(refusalsOf(manifest('127.0.0.0/8'))).toEqual([
      'host/covers-broker at match_rules.0.match.hosts.0',
    ]);
    expect(refusalsOf(manifest('0.0.0.0'))).toEqual([
      'host/covers-broker at match_rules.0.match.hosts.0',
    ]);
    expect(refusalsOf(manifest('::/0'))).toEqual([]);
    expect(refusalsOf(manifest('localhost'))).toEqual([]);
  });

  it.each(['http://127.64.0.1/x', 'ftp://h/', 'nonsense', 'https://h:0/'])(
    '%s is no broker',
    (url) => {
      expect(refusalsOf({ broker_execute_url: url })).toEqual([
        'head/broker-url at broker_execute_url',
      ]);
    },
  );
});

describe('ports and methods', () => {
  it.each([
    [0, 'port/out-of-range'],
    [65536, 'port/out-of-range'],
    [-1, 'port/out-of-range'],
    [80.5, 'port/out-of-range'],
    ['0-80', 'port/out-of-range'],
    ['80-65536', 'port/out-of-range'],
    ['8099-8000', 'port/reversed'],
    ['80', 'port/syntax'],
    ['080-90', 'port/syntax'],
    [' 80-90', 'port/syntax'],
    ['80 - 90', 'port/syntax'],
    ['80-90-100', 'port/syntax'],
    ['-80', 'port/syntax'],
    ['80-', 'port/syntax'],
    ['http', 'port/syntax'],
    ['', 'port/syntax'],
    ['0x50-90', 'port/syntax'],
  ])('port %j: %s', (port, code) => {
    expect(refusals({ ports: [443, port] })).toEqual([`${code} at match_rules.1.match.ports.1`]);
  });

  it.each(['', 'G T', 'GET\n', 'G\u00c9T', 'a.b', '*', '"'])('method %j', (method) => {
    expect(refusals({ methods: ['GET', method] })).toEqual([
      'method/syntax at match_rules.1.match.methods.1',
    ]);
  });
});

describe('paths', () => {
  it.each([
    ['', 'path/empty'],
    ['v1', 'path/no-leading-slash'],
    ['https://h/v1', 'path/no-leading-slash'],
    [' /v1', 'path/no-leading-slash'],
    ['v1/*', 'path/no-leading-slash'],
    ['/adm*', 'path/misplaced-wildcard'],
    ['/*/x', 'path/misplaced-wildcard'],
    ['/v1/**', 'path/misplaced-wildcard'],
    ['/v1/*/*', 'path/misplaced-wildcard'],
    ['**', 'path/no-leading-slash'],
    ['/a?b', 'path/query'],
    ['/a#b', 'path/fragment'],
    ['/a\\b', 'path/backslash'],
    ['/a\u0000', 'path/control'],
    ['/a\nb', 'path/control'],
    ['/a\u007f', 'path/control'],
    ['/a\u0085', 'path/control'],
    ['/\ud800', 'path/control'],
    ['/.', 'path/dot-segment'],
    ['/..', 'path/dot-segment'],
    ['/a/../b', 'path/dot-segment'],
    ['/a/./*', 'path/dot-segment'],
    ['/a/%2e%2E/b', 'path/dot-segment'],
    ['/a/.%2e', 'path/dot-segment'],
    ['/%2E/*', 'path/dot-segment'],
    ['^/a', 'regex/unanchored'],
    ['^/a\\$', 'regex/unanchored'],
    ['^/a|/b$', 'regex/alternation'],
    ['^/(?=a)$', 'regex/look-around'],
    ['^/(a)\\1$', 'regex/back-reference'],
    ['^/\\bx$', 'regex/word-boundary'],
    ['^/a$b$', 'regex/anchor'],
    ['^/(?i:a)$', 'regex/unsupported'],
    ['^/[$', 'regex/syntax'],
    ['^(?:a{1000}){1000}$', 'regex/too-large'],
  ])('%j: %s', (path, code) => {
    expect(refusals({ path_groups: ['/ok', path] })).toEqual([
      `${code} at match_rules.1.match.path_groups.1`,
    ]);
  });

  it.each(['/.a', '/...', '/a%2Fb', '/a%2A', '/a^b', '/100%', '/a b', '/a;b', '//', '/%00'])(
    '%s is taken',
    (path) => {
      expect(refusals({ path_groups: [path] })).toEqual([]);
    },
  );
});

describe('a whole manifest', () => {
  it('every error of a run is reported, in the order of the rules', () => {
    const rules = [
      ruleOf({ hosts: ['a b', '*x'], ports: [0], methods: ['?'], path_groups: ['x', '^('] }),
      ruleOf({ hosts: ['c d'] }),
    ];
    const found = refusalsOf({ match_rules: rules });
    expect(found.map((text) => text.split(' at ')[1])).toEqual([
      'match_rules.0.match.hosts.0',
      'match_rules.0.match.hosts.1',
      'match_rules.0.match.ports.0',
      'match_rules.0.match.methods.0',
      'match_rules.0.match.path_groups.0',
      'match_rules.0.match.path_groups.1',
      'match_rules.1.match.hosts.0',
    ]);
  });

  it('a message names the offending text, with control characters visible', () => {
    const lowered = lowerManifest(
      { ...HEAD, match_rules: [ruleOf({ hosts: ['a\u0007b'] })] },
      locatePath,
      POLICY_ID,
    );
    const [first] = lowered.diagnostics;
    expect(first?.message).toContain('"a\\u0007b"');
    expect(first?.rule).toBe(0);
    expect(Object.keys(CATALOG)).toContain(first?.code);
  });

  it('more patterns in all than the limit are refused before any is looked at', () => {
    const hosts = Array.from({ length: 100_000 }, () => 'a b');
    const rules = Array.from({ length: 10 }, () => ruleOf({ hosts }));
    expect(refusalsOf({ match_rules: rules })).toEqual(['limit/patterns at match_rules']);
  });
});
