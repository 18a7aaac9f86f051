/** Canonical form of what lowering accepts. */

import { describe, expect, it } from 'vitest';
import { lowerHost, lowerPath } from '../../compiler/lower/index.js';
import { formatAddress } from '../../compiler/request/index.js';
import { policyOf, ruleOf } from '../policy/manifests.js';

function hostText(text: string): string {
  const part = lowerHost(text);
  if (!part.ok) return part.problem.code;
  const pattern = part.value;
  switch (pattern.kind) {
    case 'any':
      return '*';
    case 'name':
      return pattern.name;
    case 'suffix':
      return `*.${pattern.name}`;
    case 'block':
      return `${formatAddress(pattern.address)}/${pattern.prefix}`;
  }
}

describe('hosts', () => {
  it.each([
    ['*', '*'],
    ['API.Example.', 'api.example'],
    ['*.B\u00dcCHER.example', '*.xn--bcher-kva.example'],
    ['0x7f.1', '127.0.0.1/32'],
    ['0.0.0.0', '127.0.0.1/32'],
    ['0.0.0.0/32', '127.0.0.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['0.0.0.0/8', '0.0.0.0/8'],
    ['::', '::1/128'],
    ['::/128', '::1/128'],
    ['::/0', '::/0'],
    ['[2001:DB8::1]', '2001:db8::1/128'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:0:0/95', 'host/host-bits'],
    ['::fffe:0:0/95', '::fffe:0:0/95'],
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ['10.0.0.1/32', '10.0.0.1/32'],
  ])('%s is %s', (text, canonical) => expect(hostText(text)).toBe(canonical));
});

describe('paths', () => {
  it.each([
    ['*', { kind: 'all' }],
    ['/*', { kind: 'all' }],
    ['/', { kind: 'exact', path: '/' }],
    ['/v1/*', { kind: 'prefix', prefix: '/v1/' }],
    ['//*', { kind: 'prefix', prefix: '//' }],
    ['/%76%31/%2fx', { kind: 'exact', path: '/v1/%2Fx' }],
    ['/a b/*', { kind: 'prefix', prefix: '/a%20b/' }],
    ['/a ', { kind: 'exact', path: '/a%20' }],
    ['/caf\u00e9', { kind: 'exact', path: '/caf%C3%A9' }],
    ['/a^b', { kind: 'exact', path: '/a%5Eb' }],
    ['/100%', { kind: 'exact', path: '/100%25' }],
    ['/v1.0/x.json', { kind: 'exact', path: '/v1.0/x.json' }],
  ])('%s', (text, pattern) => expect(lowerPath(text)).toEqual({ ok: true, value: pattern }));

  it('a regular expression keeps its text without the anchors', () => {
    expect(lowerPath('^/a+$')).toMatchObject({ ok: true, value: { kind: 'regex', source: '/a+' } });
  });
});

describe('a rule', () => {
  it('defaults: https, its port, every method, every path, execute', () => {
    const policy = policyOf({
      match_rules: [{ integration_id: 'i', provider: 'p', match: { hosts: ['h.example'] } }],
    });
    expect(policy.rules).toEqual([
      {
        index: 0,
        integrationId: 'i',
        provider: 'p',
        action: 'execute',
        hosts: [{ kind: 'name', name: 'h.example' }],
        http: false,
        https: true,
        ports: [{ lo: 443, hi: 443 }],
        methods: null,
        paths: [{ kind: 'all' }],
      },
    ]);
    expect(policy).toMatchObject({
      issuedAt: Date.UTC(2026, 10, 22),
      expiresAt: Date.UTC(2026, 11, 22),
      serial: null,
      defaultAction: 'pass',
      opaqueTls: 'deny',
      dpopRequired: false,
      dpopAthRequired: false,
      broker: { host: { kind: 'name', name: 'broker.svc.example.net' }, port: 443 },
    });
  });

  it('lists are merged, sorted where order says nothing, and free of duplicates', () => {
    const policy = policyOf({
      match_rules: [
        ruleOf({
          hosts: ['b.example', 'A.example', 'a.example.', '0x7f.1', '127.0.0.1', '::ffff:7f00:1'],
          schemes: ['http', 'https'],
          ports: [8081, '90-100', 80, '8000-8080', '95-120'],
          methods: ['post', 'GET', 'get'],
          path_groups: ['/b', '/%62', '/a', '^/x$', '^/x$', '/*', '*'],
        }),
      ],
    });
    const [rule] = policy.rules;
    expect(rule?.hosts).toHaveLength(3);
    expect(rule?.ports).toEqual([
      { lo: 80, hi: 80 },
      { lo: 90, hi: 120 },
      { lo: 8000, hi: 8081 },
    ]);
    expect(rule?.methods).toEqual(['GET', 'POST']);
    expect(rule?.paths.map((path) => path.kind)).toEqual(['exact', 'exact', 'regex', 'all']);
  });

  it('default ports are the union of those of the schemes', () => {
    const ports = (schemes: ('http' | 'https')[]) =>
      policyOf({ match_rules: [ruleOf({ schemes })] }).rules[0]?.ports;
    expect(ports(['http'])).toEqual([{ lo: 80, hi: 80 }]);
    expect(ports(['https', 'http'])).toEqual([
      { lo: 80, hi: 80 },
      { lo: 443, hi: 443 },
    ]);
  });
});
