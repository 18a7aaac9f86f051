/** Large policies: near-linear where hosts differ, bounded and said so where rules are entangled. */

import { describe, expect, it } from 'vitest';
import { analysePolicy, enforceability } from '../../compiler/analyse/index.js';
import type { Policy } from '../../compiler/policy/types.js';
import { locatePath } from '../policy/manifests.js';
import { any, exact, name, policyOf, prefix, rule } from '../support/policies.js';

const OPTIONS = { now: new Date('2026-11-22T12:00:00Z'), targets: [] } as const;

function distinct(count: number): Policy {
  return policyOf(
    Array.from({ length: count }, (_, i) =>
      rule(i, [name(`api${i}.example${i % 97}.com`)], { paths: [prefix('/v1/'), exact('/x')] }),
    ),
  );
}

function msFor(policy: Policy): number {
  const before = performance.now();
  analysePolicy(policy, locatePath, OPTIONS);
  return performance.now() - before;
}

describe('work', () => {
  it('grows with the rules, not with their pairs', () => {
    msFor(distinct(2_000));
    const small = Math.min(msFor(distinct(4_000)), msFor(distinct(4_000)));
    const large = Math.min(msFor(distinct(32_000)), msFor(distinct(32_000)));
    // Eight times the rules; pairs would be sixty-four times the work.
    expect(large / small).toBeLessThan(32);
  });

  it('finds the hidden rule among 20,000', () => {
    const policy = distinct(20_000);
    const last = rule(20_000, [name('api7.example7.com')], { paths: [prefix('/v1/a/')] });
    const found = analysePolicy({ ...policy, rules: [...policy.rules, last] }, locatePath, OPTIONS);
    expect(found.map(({ code, rule: at }) => [code, at])).toEqual([['rule/unreachable', 20_000]]);
  });

  it('stops and says so where rules are entangled', () => {
    const rules = Array.from({ length: 20_000 }, (_, i) =>
      rule(i, [any], {
        ports: [{ lo: 1 + i, hi: 400 + i }],
        action: i % 2 === 0 ? 'deny' : 'pass',
      }),
    );
    const found = analysePolicy(policyOf(rules), locatePath, OPTIONS);
    const said = found.filter(({ code }) => code === 'limit/analysis-budget');
    expect(said).toHaveLength(1);
    expect(said[0]!.message).toContain('order of rules');
  });

  it('claims nothing that it had no work left to prove', () => {
    const stars = Array.from({ length: 6_000 }, (_, i) =>
      rule(i, [any], { paths: [exact(`/x${i}`)] }),
    );
    const hosts = Array.from({ length: 6_000 }, (_, i) =>
      rule(6_000 + i, [name(`h${i}.example`)], { http: true, action: 'deny' }),
    );
    const rows = enforceability(policyOf([...stars, ...hosts]));
    expect(rows.filter(({ c }) => c.how === 'exact')).toEqual([]);
    expect(rows.filter(({ bpf }) => bpf.how === 'exact')).toEqual([]);
  });
});
