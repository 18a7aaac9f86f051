/** Coverage: what a test does not reach may be taken away, and the test never sees it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerManifest } from '../../compiler/lower/index.js';
import { ruleDecision } from '../../compiler/policy/index.js';
import { coverageOf, percentOf, reachesThreshold } from '../../compiler/policy-test/index.js';
import { type CanonicalRequest, canonicalUrl } from '../../compiler/request/index.js';
import { HOSTS, METHODS, manifest, PATHS, PORTS } from '../differential/arbitrary.js';
import { locatePath, POLICY_ID, policyOf, ruleOf } from '../policy/manifests.js';

function request(url: string, method = 'GET'): CanonicalRequest {
  const canonical = canonicalUrl(url, method);
  if (!canonical.ok) throw new Error(canonical.error.message);
  return canonical.value;
}

const requests = fc.array(
  fc
    .tuple(
      fc.constantFrom('http', 'https'),
      fc.constantFrom(...HOSTS),
      fc.constantFrom(...PORTS),
      fc.constantFrom(...METHODS),
      fc.constantFrom(...PATHS.filter((path) => !/%2f|%5c|\/\/|;/i.test(path))),
    )
    .map(([scheme, host, port, method, path]) =>
      canonicalUrl(`${scheme}://${host}:${port}${path}`, method),
    ),
  { minLength: 1, maxLength: 8 },
);

describe('coverage', () => {
  const policy = policyOf({
    match_rules: [
      ruleOf({ hosts: ['a.example', '*.b.example'], path_groups: ['/v1/*', '/v2', '^/r[0-9]$'] }),
      ruleOf({ hosts: ['10.0.0.0/8', '*'], path_groups: ['/x'] }, 'deny', 's'),
      ruleOf({ hosts: ['never.example'] }, 'pass', 't'),
    ],
  });

  it('names rules and patterns that no request reaches', () => {
    const { rules, patterns } = coverageOf(policy, [
      request('https://a.example/v1/m'),
      request('https://a.example/r7'),
      request('https://c.example/x'),
    ]);
    expect(rules).toEqual({ total: 3, missed: [2] });
    expect(patterns).toEqual({
      total: 10,
      missed: [
        { rule: 0, kind: 'host', pattern: '*.b.example' },
        { rule: 0, kind: 'path', pattern: '/v2' },
        { rule: 1, kind: 'host', pattern: '10.0.0.0/8' },
        { rule: 2, kind: 'host', pattern: 'never.example' },
        { rule: 2, kind: 'path', pattern: '*' },
      ],
    });
  });

  it('is not got by a request that another rule decides, nor by one that is denied as ambiguous', () => {
    expect(coverageOf(policy, [request('https://c.example/y')]).rules.missed).toEqual([0, 1, 2]);
    const closed = policyOf({
      match_rules: [
        ruleOf({ path_groups: ['/v1/*'] }),
        ruleOf({ hosts: ['h.example'] }, 'deny', 's'),
      ],
    });
    const ambiguous = request('https://h.example/v1/..%2Fadmin');
    expect(coverageOf(closed, [ambiguous]).rules.missed).toEqual([0, 1]);
  });

  it('of `*` is not got by a host that `*` never reaches', () => {
    const local = policyOf({ match_rules: [ruleOf({ hosts: ['*', 'localhost'] })] });
    expect(coverageOf(local, [request('https://localhost/')]).patterns.missed).toEqual([
      { rule: 0, kind: 'host', pattern: '*' },
    ]);
  });

  it('of nothing is nothing', () => {
    const { rules, patterns } = coverageOf(policyOf({}), [request('https://a.example/')]);
    expect([percentOf(rules), percentOf(patterns)]).toEqual([0, 0]);
  });

  it('reaches a threshold with rules and with patterns, never rounded up', () => {
    const missing = (total: number, count: number) => ({
      total,
      missed: Array.from({ length: count }, (_, index) => index),
    });
    const coverage = (rules: number, patterns: number) => ({
      rules: missing(10_000, rules),
      patterns: {
        total: 10_000,
        missed: missing(10_000, patterns).missed.map((rule) => ({
          rule,
          kind: 'host' as const,
          pattern: 'h',
        })),
      },
    });
    expect(reachesThreshold(coverage(0, 0), 100)).toBe(true);
    expect(reachesThreshold(coverage(1, 0), 100)).toBe(false);
    expect(reachesThreshold(coverage(0, 1), 100)).toBe(false);
    expect(reachesThreshold(coverage(1, 1), 99.99)).toBe(true);
    expect(reachesThreshold(coverage(10_000, 10_000), 0)).toBe(true);
  });

  it('missed by a test means: without the rule, each of its requests is decided as before', () => {
    fc.assert(
      fc.property(manifest, requests, (input, asked) => {
        const lowered = lowerManifest(input, locatePath, POLICY_ID);
        fc.pre(lowered.ok);
        const whole = lowered.value;
        const all = asked.flatMap((one) => (one.ok ? [one.value] : []));
        const { missed } = coverageOf(whole, all).rules;
        const rest = {
          ...whole,
          rules: whole.rules.filter(({ index }) => !missed.includes(index)),
        };
        for (const one of all) expect(ruleDecision(rest, one)).toEqual(ruleDecision(whole, one));
        for (const { index } of rest.rules) {
          expect(all.some((one) => ruleDecision(whole, one).rule === index)).toBe(true);
        }
      }),
      { numRuns: 150, seed: 20261122 },
    );
  });
});
