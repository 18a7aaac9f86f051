/** Every finding as a person sees it, from a small manifest each, and near misses that must stay silent. */

import { describe, expect, it } from 'vitest';
import { analyse, type Case, printed, rule } from './findings.js';

const HEAD = {
  expired: head('2026-01-01T00:00:00Z', '2026-11-01T00:00:00Z'),
  soon: head('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'),
  long: head('2026-11-01T00:00:00Z', '2028-11-01T00:00:00Z'),
  future: head('2026-11-23T00:00:00Z', '2026-12-23T00:00:00Z'),
  described: `${head('2026-11-22T00:00:00Z', '2026-12-22T00:00:00Z')}description: key sk-proj-${'a1b2'.repeat(8)} inside\n`,
};

function head(issued: string, expires: string): string {
  return `manifest_version: 1
issued_at: ${issued}
expires_at: ${expires}
broker_execute_url: https://broker.svc.example.net/v1/execute
`;
}

const FINE = rule('fine', 'hosts: [api.example.com]');

type Row = readonly [code: string, name: string, make: () => Case];

const FOUND: readonly Row[] = [
  [
    'rule/unreachable',
    'by one rule',
    () =>
      analyse(
        lines(
          rule('wide', 'hosts: ["*.example.com"]'),
          rule('narrow', 'hosts: [api.example.com], methods: [GET]', 'deny'),
        ),
      ),
  ],
  [
    'rule/unreachable',
    'by several rules together',
    () =>
      analyse(
        lines(
          rule('reads', 'hosts: [h.example], methods: [GET, HEAD], path_groups: ["/v1/*"]'),
          rule('unrelated', 'hosts: [g.example]'),
          rule('low', 'hosts: [h.example], ports: ["1-442", "444-65535"]', 'deny'),
          rule(
            'hidden',
            'hosts: [h.example], methods: [GET], ports: ["1-65535"], path_groups: ["^/v1/[a-z]+$"]',
            'deny',
          ),
        ),
      ),
  ],
  ['rule/unreachable', 'the same twice', () => analyse(lines(FINE, FINE))],
  [
    'pattern/empty',
    'lower-case escape',
    () => analyse(rule('a', 'hosts: [h.example], path_groups: ["^/a%2fb$", "/x"]')),
  ],
  [
    'pattern/redundant',
    'hosts, paths, ports and methods',
    () =>
      analyse(
        rule(
          'a',
          'hosts: ["*.example.com", api.example.com, 10.0.0.0/8, 10.1.0.0/16], ports: ["8000-8099", 8080], methods: [GET, get], path_groups: ["/v1/*", "/v1/models", "^/v1/[a-z]+$"]',
          'deny',
        ),
      ),
  ],
  [
    'rule/order-dependent',
    'an exception in front of a rule',
    () =>
      analyse(
        lines(
          rule('admin', 'hosts: [api.example.com], path_groups: ["/admin/*"]', 'deny'),
          rule('api', 'hosts: ["*.example.com"]'),
        ),
      ),
  ],
  [
    'rule/evadable',
    'by letter case',
    () => analyse(lines(rule('admin', 'hosts: [h.example], path_groups: ["/admin/*"]', 'deny'))),
  ],
  [
    'rule/evadable',
    'by a slash',
    () =>
      analyse(
        lines(
          rule('admin', 'hosts: [h.example], path_groups: ["^/[aA][dD][mM][iI][nN]$"]', 'deny'),
        ),
      ),
  ],
  [
    'rule/evadable',
    'by another method',
    () => analyse(rule('writes', 'hosts: [h.example], methods: [POST]', 'deny')),
  ],
  [
    'rule/ambiguous',
    'a segment that may hold a slash',
    () => analyse(rule('git', 'hosts: [git.example], path_groups: ["^/projects/[^/]+/issues$"]')),
  ],
  [
    'rule/ambiguous',
    'an exact path that is always in doubt',
    () => analyse(rule('odd', 'hosts: [h.example], path_groups: ["/a%2Fb"]')),
  ],
  [
    'host/public-suffix',
    'a private suffix, one that holds a public one, and every host',
    () =>
      analyse(
        lines(
          rule('pages', 'hosts: ["*.github.io", "*.amazonaws.com"]'),
          rule('all', 'hosts: ["*"]'),
        ),
      ),
  ],
  [
    'host/private-space',
    'execute inside',
    () => analyse(rule('a', 'hosts: [10.0.0.0/8, localhost, "fe80::/10", 0.0.0.0/1, 203.0.113.9]')),
  ],
  [
    'host/mixed-script',
    'Cyrillic in Latin',
    () =>
      analyse(
        rule(
          'a',
          'hosts: ["\u0430pi.openai.com", "\u0430\u0440\u0440\u0435.com", "b\u00fccher.example"]',
        ),
      ),
  ],
  [
    'rule/plain-http',
    'execute',
    () => analyse(rule('a', 'hosts: [h.example], schemes: [http, https]')),
  ],
  [
    'rule/captures-broker',
    'other ports, and a pass rule',
    () =>
      analyse(
        lines(
          rule('a', 'hosts: ["*.svc.example.net"], ports: [8443]'),
          rule('b', 'hosts: [broker.svc.example.net]', 'pass'),
        ),
      ),
  ],
  ['policy/no-rules', 'empty list', () => analyse('')],
  ['policy/expired', 'three weeks ago', () => analyse(FINE, { head: HEAD.expired })],
  ['policy/expires-soon', 'in nine days', () => analyse(FINE, { head: HEAD.soon })],
  ['policy/long-lived', 'two years', () => analyse(FINE, { head: HEAD.long })],
  ['policy/not-yet-valid', 'tomorrow', () => analyse(FINE, { head: HEAD.future })],
  ['secret/in-manifest', 'in a description', () => analyse(FINE, { head: HEAD.described })],
  [
    'enforce/opaque',
    'a path over TLS',
    () =>
      analyse(rule('a', 'hosts: [h.example], path_groups: ["/v1/*"]'), {
        targets: ['node', 'c', 'bpf'],
      }),
  ],
  [
    'enforce/never',
    'localhost by name',
    () =>
      analyse(rule('a', 'hosts: [localhost], schemes: [http], ports: [5984]', 'deny'), {
        targets: ['bpf'],
      }),
  ],
];

function lines(...rules: readonly string[]): string {
  return rules.join('\n');
}

describe('findings', () => {
  it.each(FOUND)('%s: %s', async (code, name, make) => {
    const text = printed(make(), code);
    expect(text).toContain(`[${code}]`);
    await expect(text).toMatchFileSnapshot(`golden/${code.replace('/', '-')} ${name}.txt`);
  });
});

const SILENT: readonly Row[] = [
  [
    'rule/unreachable',
    'reached by one method',
    () =>
      analyse(
        lines(rule('a', 'hosts: [h.example], methods: [GET]'), rule('b', 'hosts: [h.example]')),
      ),
  ],
  [
    'rule/unreachable',
    'a block behind "*" still judges dialled addresses',
    () =>
      analyse(lines(rule('a', 'hosts: ["*"]', 'pass'), rule('b', 'hosts: [10.0.0.0/8]', 'deny'))),
  ],
  [
    'rule/unreachable',
    'loopback is out of reach of "*"',
    () =>
      analyse(lines(rule('a', 'hosts: ["*"]', 'pass'), rule('b', 'hosts: [localhost]', 'deny'))),
  ],
  [
    'rule/evadable',
    'fallback denies',
    () =>
      analyse(
        lines(
          rule('a', 'hosts: [h.example], path_groups: ["/admin/*"]', 'deny'),
          rule('b', 'hosts: [h.example]', 'deny'),
        ),
      ),
  ],
  [
    'rule/evadable',
    'every spelling denied',
    () => analyse(rule('a', 'hosts: [h.example], path_groups: ["^/[aA][dD](/.*)?$"]', 'deny')),
  ],
  [
    'rule/ambiguous',
    'classes without escapes',
    () => analyse(rule('a', 'hosts: [h.example], path_groups: ["^/v1/[a-z0-9-]+$", "/v2/*"]')),
  ],
  [
    'rule/ambiguous',
    'all readings alike',
    () => analyse(rule('a', 'hosts: [h.example], path_groups: ["^/v1/.+$", "/v1/*"]')),
  ],
  [
    'rule/order-dependent',
    'the same outcome',
    () =>
      analyse(
        lines(
          rule('a', 'hosts: [h.example], path_groups: ["/x/*"]', 'deny'),
          rule('b', 'hosts: ["*"]', 'deny'),
        ),
      ),
  ],
  [
    'rule/order-dependent',
    'apart by port',
    () =>
      analyse(
        lines(rule('a', 'hosts: [h.example], ports: [1]', 'deny'), rule('b', 'hosts: [h.example]')),
      ),
  ],
  [
    'pattern/redundant',
    'a block beside "*" judges dialled addresses',
    () => analyse(rule('a', 'hosts: ["*", 10.0.0.0/8]', 'deny')),
  ],
  [
    'pattern/redundant',
    'loopback beside "*"',
    () => analyse(rule('a', 'hosts: ["*", localhost]', 'deny')),
  ],
  [
    'host/public-suffix',
    "a provider's own domain, and unknown names",
    () => analyse(rule('a', 'hosts: ["*.openai.azure.com", "*.corp.internal"]')),
  ],
  ['host/public-suffix', 'deny may be wide', () => analyse(rule('a', 'hosts: ["*.com"]', 'deny'))],
  ['host/private-space', 'deny', () => analyse(rule('a', 'hosts: [10.0.0.0/8]', 'deny'))],
  [
    'host/mixed-script',
    'one script, or scripts written together',
    () =>
      analyse(
        rule(
          'a',
          'hosts: ["b\u00fccher.example", "\u65e5\u672c\u3054.jp", "\u043f\u0440\u0438\u0432\u0435\u0442.example"]',
        ),
      ),
  ],
  [
    'rule/plain-http',
    'loopback',
    () => analyse(rule('a', 'hosts: [localhost, 127.0.0.1], schemes: [http]')),
  ],
  [
    'secret/in-manifest',
    'ids and hashes are none',
    () => analyse(FINE.replace('provider: p', `provider: ${'ab12'.repeat(10)}`)),
  ],
  [
    'enforce/opaque',
    'whole hosts over all schemes',
    () =>
      analyse(rule('a', 'hosts: [h.example], schemes: [http, https], ports: [443]', 'deny'), {
        targets: ['bpf'],
      }),
  ],
  [
    'enforce/opaque',
    'the runtime is not chosen',
    () => analyse(rule('a', 'hosts: [h.example]'), { targets: ['node', 'c'] }),
  ],
  [
    'enforce/never',
    'both loopback addresses stand beside the name',
    () =>
      analyse(rule('a', 'hosts: [localhost, 127.0.0.0/8, "::1"], schemes: [http]', 'deny'), {
        targets: ['bpf'],
      }),
  ],
  ['policy/expires-soon', 'thirty days left', () => analyse(FINE)],
];

describe('no finding', () => {
  it.each(SILENT)('%s: %s', (code, _name, make) => {
    expect(printed(make(), code)).toBe('');
  });

  it('a plain manifest has none at all', () => {
    expect(printed(analyse(FINE, { targets: ['node', 'c'] }))).toBe('');
  });
});

describe('secrets', () => {
  it('are not printed, in no form', () => {
    const found = analyse(FINE, { head: HEAD.described });
    expect(printed(found)).not.toContain('a1b2a1b2');
    expect(JSON.stringify(found.findings)).not.toContain('a1b2a1b2');
  });

  it.each([
    ['PEM', '-----BEGIN PRIVATE KEY-----'],
    ['JWK', '{"kty":"OKP","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}'],
    ['GitHub', `ghp_${'A1b2'.repeat(9)}`],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['Slack', 'xoxb-123456789012-abcdefABCDEF'],
    ['Google', `AIza${'Sy0-_'.repeat(7)}`],
    ['bearer', `Bearer ${'abc.'.repeat(8)}`],
    ['URL', 'https://h.example/?api_key=0123456789abcdef'],
  ])('%s', (_kind, secret) => {
    const found = analyse(FINE.replace('provider: p', `provider: ${JSON.stringify(secret)}`));
    expect(found.findings.map(({ code, rule: at }) => [code, at])).toContainEqual([
      'secret/in-manifest',
      0,
    ]);
  });
});
