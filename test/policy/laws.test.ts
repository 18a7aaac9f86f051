/** Vectors of the laws of design section 2 on the reference: exemptions, sights, soundness and tightness. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManifestInput } from '../../compiler/lower/index.js';
import {
  evaluate,
  judgeSight,
  type Policy,
  ruleDecision,
  type Sight,
  sightOf,
  verdictOf,
} from '../../compiler/policy/index.js';
import {
  canonicalHost,
  canonicalUrl,
  type Host,
  parseAddress,
} from '../../compiler/request/index.js';
import { policyOf, ruleOf } from './manifests.js';

function hostOf(text: string): Host {
  const host = canonicalHost(text);
  if (!host.ok) throw new Error(host.error.message);
  return host.value;
}

function verdict(policy: Policy, host: string, port = 443): string {
  return verdictOf(policy, sightOf(hostOf(host), port));
}

function dialled(policy: Policy, ip: string, port = 443): string {
  const address = parseAddress(ip);
  if (!address.ok) throw new Error(address.error.message);
  return verdictOf(policy, { kind: 'dialled', address: address.value, port });
}

function decide(policy: Policy, url: string, method = 'GET') {
  const request = canonicalUrl(url, method);
  if (!request.ok) throw new Error(request.error.message);
  return evaluate(policy, request.value);
}

const every: Partial<ManifestInput['match_rules'][number]['match']> = {
  schemes: ['http', 'https'],
  ports: ['1-65535'],
};

describe('out of reach of "*" and of the default', () => {
  const policy = policyOf({
    default_action: 'deny',
    match_rules: [ruleOf({ ...every, hosts: ['*'], methods: ['GET'] }, 'deny')],
  });

  it.each([
    '127.0.0.1',
    '127.255.0.1',
    '::1',
    'localhost',
    'a.b.localhost',
    '127.64.0.1',
    '0.0.0.0',
  ])('%s passes', (host) => {
    expect(verdict(policy, host, 9)).toBe('pass');
    const text = host.includes(':') ? `[${host}]` : host;
    expect(decide(policy, `http://${text}:9/`)).toEqual({
      action: 'pass',
      rule: null,
      integrationId: null,
    });
  });

  it.each(['128.0.0.1', '::2', 'localhost.example', 'notlocalhost'])('%s does not', (host) => {
    expect(verdict(policy, host, 9)).toBe('deny');
  });

  it('the broker passes at its port alone', () => {
    expect(verdict(policy, 'broker.svc.example.net', 443)).toBe('pass');
    expect(verdict(policy, 'broker.svc.example.net', 444)).toBe('deny');
    expect(verdict(policy, 'a.broker.svc.example.net', 443)).toBe('deny');
  });
});

describe('loopback named by another pattern', () => {
  it.each(['127.0.0.1', '127.0.0.0/8', '0.0.0.0/0', '0.0.0.0'])('%s reaches it', (host) => {
    const policy = policyOf({ match_rules: [ruleOf({ ...every, hosts: [host] }, 'deny')] });
    expect(verdict(policy, '127.0.0.1')).toBe('deny');
  });

  it('no pattern reaches the range of the gateway', () => {
    const policy = policyOf({
      default_action: 'deny',
      match_rules: [ruleOf({ ...every, hosts: ['0.0.0.0/0', '127.0.0.0/8', '::/0', '*'] }, 'deny')],
    });
    expect(verdict(policy, '127.64.0.0')).toBe('pass');
    expect(verdict(policy, '127.127.255.255')).toBe('pass');
    expect(dialled(policy, '::ffff:127.64.0.1')).toBe('pass');
    expect(verdict(policy, '127.63.255.255')).toBe('deny');
    expect(verdict(policy, '127.128.0.0')).toBe('deny');
    expect(decide(policy, 'http://127.64.0.1/').action).toBe('pass');
  });

  it('a wide IPv6 block covers no IPv4 address', () => {
    const policy = policyOf({ match_rules: [ruleOf({ ...every, hosts: ['::/0'] }, 'deny')] });
    expect(verdict(policy, '192.0.2.1')).toBe('pass');
    expect(verdict(policy, '::ffff:192.0.2.1')).toBe('pass');
    expect(verdict(policy, '::1')).toBe('deny');
    expect(verdict(policy, '2001:db8::1')).toBe('deny');
  });
});

describe('an address dialled for a known name', () => {
  const policy = policyOf({
    default_action: 'deny',
    match_rules: [
      ruleOf({ ...every, hosts: ['good.example', '192.0.2.1'] }, 'pass'),
      ruleOf({ ...every, hosts: ['*', '192.0.2.0/24'] }, 'deny'),
      ruleOf({ ...every, hosts: ['198.51.100.0/24'], path_groups: ['/x/*'] }, 'deny'),
    ],
  });

  it('is judged by rules that name addresses or blocks, and by nothing else', () => {
    expect(dialled(policy, '203.0.113.1')).toBe('pass');
    expect(verdict(policy, '203.0.113.1')).toBe('deny');
    expect(dialled(policy, '192.0.2.1')).toBe('pass');
    expect(dialled(policy, '192.0.2.2')).toBe('deny');
    expect(dialled(policy, '198.51.100.1')).toBe('capture');
    expect(dialled(policy, '127.0.0.1')).toBe('pass');
  });
});

describe('projection is exact', () => {
  it.each([
    ['methods that together are not all', [['GET'], ['POST']], 'capture'],
    ['one method of two rules', [['GET'], undefined], 'deny'],
  ] as [string, (string[] | undefined)[], string][])('%s', (_, methods, expected) => {
    const rules = methods.map((list) =>
      ruleOf({ ...every, ...(list ? { methods: list } : {}) }, 'deny'),
    );
    expect(verdict(policyOf({ match_rules: rules }), 'h.example')).toBe(expected);
  });

  it.each([
    [['/a/*', '^/(?:[^a].*|a[^/].*|a|)$'], 'deny'],
    [['/a/*', '^/(?:[^a].*|a[^/].*|)$'], 'capture'],
    [['^/[^/]*$', '^/.*/.*$'], 'deny'],
    [['^.*$'], 'deny'],
    [['^/.+$'], 'capture'],
    [['^/\\.\\./.*$'], 'pass'],
  ])('paths %j: %s', (paths, expected) => {
    const policy = policyOf({ match_rules: [ruleOf({ ...every, path_groups: paths }, 'deny')] });
    expect(verdict(policy, 'h.example')).toBe(expected);
  });

  it('a rule hidden by earlier ones does not count', () => {
    const rules = [ruleOf(every, 'deny'), ruleOf(every, 'execute')];
    expect(verdict(policyOf({ match_rules: rules }), 'h.example')).toBe('deny');
    expect(verdict(policyOf({ match_rules: rules.reverse() }), 'h.example')).toBe('capture');
  });

  it('an open question is answered with care', () => {
    const paths = ['a', 'b', 'c', 'd'].map((c) => `^(?:.*${c}.{9})$`);
    const policy = policyOf({
      match_rules: [
        ruleOf({ ...every, methods: ['GET'], path_groups: [...paths, '^.{0,40}$'] }, 'pass'),
        ruleOf({ ...every, methods: ['GET'] }, 'deny'),
      ],
    });
    const sight = sightOf(hostOf('h.example'), 443);
    expect(judgeSight(policy, sight)).toEqual({ verdict: 'capture', undecided: true });
  });
});

describe('ambiguous paths', () => {
  const policy = policyOf({
    match_rules: [
      ruleOf({ path_groups: ['/admin/*'] }, 'deny'),
      ruleOf({ path_groups: ['/a/*'] }, 'execute', 'one'),
      ruleOf({ path_groups: ['/b/*'] }, 'execute', 'one'),
      ruleOf({ path_groups: ['/c/*'] }, 'execute', 'two'),
    ],
  });
  const denied = { action: 'deny', rule: null, integrationId: null, reason: 'ambiguous_path' };

  it.each([
    ['/a//x', { action: 'execute', rule: 1, integrationId: 'one' }],
    ['/a/..;/b/x', { action: 'execute', rule: 1, integrationId: 'one' }],
    ['/a/..;/c/x', denied],
    ['/a/..%2f..%5cadmin/x', denied],
    ['/a/x;/../../admin/x', { action: 'deny', rule: 0, integrationId: 'r' }],
    ['/admin/%2e%2e%2fadmin/', { action: 'deny', rule: 0, integrationId: 'r' }],
    ['/x;y', { action: 'pass', rule: null, integrationId: null }],
    ['/x/.a/../../admin/x', { action: 'deny', rule: 0, integrationId: 'r' }],
  ])('%s', (path, decision) => {
    expect(decide(policy, `https://h.example${path}`)).toEqual(decision);
  });
});

describe('random policies', () => {
  const host = fc.constantFrom(
    'h.example',
    'a.h.example',
    '*.h.example',
    '*',
    '10.0.0.1',
    '10.0.0.0/8',
    'localhost',
    '127.0.0.0/8',
    '::/0',
    'example',
  );
  const path = fc.constantFrom(
    '*',
    '/a',
    '/a/*',
    '/a/b',
    '^/[ab]*$',
    '^/.*b$',
    '^/[^/]*$',
    '^.*/.*$',
  );
  const some = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
  const rule = fc.record({
    hosts: some(host),
    schemes: some(fc.constantFrom('http' as const, 'https' as const)),
    ports: some(fc.constantFrom(80, 443, '1-65535')),
    methods: fc.option(some(fc.constantFrom('GET', 'POST'))),
    path_groups: some(path),
    action: fc.constantFrom('execute' as const, 'deny' as const, 'pass' as const),
  });
  const policy = fc
    .record({
      rules: fc.array(rule, { maxLength: 5 }),
      fallback: fc.constantFrom('deny' as const, 'pass' as const),
    })
    .map(({ rules, fallback }) =>
      policyOf({
        default_action: fallback,
        match_rules: rules.map(({ action, methods, ...match }, i) =>
          ruleOf({ ...match, ...(methods === null ? {} : { methods }) }, action, `i${i}`),
        ),
      }),
    );
  const target = fc.constantFrom(
    'h.example',
    'a.h.example',
    'x.example',
    '10.0.0.1',
    '10.2.3.4',
    '192.0.2.1',
    'localhost',
    '127.0.0.1',
    '127.64.0.1',
    '[::1]',
    '[2001:db8::1]',
    'example',
    'broker.svc.example.net',
  );
  const paths = [
    '/',
    '/a',
    '/b',
    '/a/',
    '/a/b',
    '/a/a',
    '//',
    '/a//b',
    '/a;b',
    '/a%2Fb',
    '/c/..;/a/b',
    '/zz/zz',
    '/ab/b',
  ];

  it('laws 3 and 4: a verdict of pass or deny is every decision there, capture means two or execute', () => {
    const seen = { pass: 0, deny: 0, capture: 0 };
    fc.assert(
      fc.property(policy, target, fc.constantFrom(80, 443, 8080), (one, text, port) => {
        const at: Sight = sightOf(hostOf(text), port);
        const found = judgeSight(one, at);
        expect(found.undecided).toBe(false);
        seen[found.verdict]++;
        const actions = new Set<string>();
        for (const scheme of ['http', 'https']) {
          for (const method of ['GET', 'POST', 'X']) {
            for (const tail of paths) {
              const request = canonicalUrl(`${scheme}://${text}:${port}${tail}`, method);
              if (!request.ok) throw new Error(request.error.message);
              const action = ruleDecision(one, request.value).action;
              actions.add(action);
              if (found.verdict !== 'capture') {
                expect(action).toBe(found.verdict);
                expect(evaluate(one, request.value).action).toBe(found.verdict);
              }
            }
          }
        }
        // The sample of paths meets every combination that the patterns above can make.
        if (actions.size > 1 || actions.has('execute')) expect(found.verdict).toBe('capture');
        if (found.verdict === 'capture')
          expect(actions.size > 1 || actions.has('execute')).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.pass, seen.deny, seen.capture)).toBeGreaterThan(20);
  });
});
