/** What findings promise, checked against the reference interpreter on random policies. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analysePolicy, enforceability } from '../../compiler/analyse/index.js';
import type { Diagnostic, Witness } from '../../compiler/diagnostics/types.js';
import { evaluate, type Policy, ruleDecision, verdictOf } from '../../compiler/policy/index.js';
import { canonicalUrl } from '../../compiler/request/index.js';
import type { CanonicalRequest } from '../../compiler/request/types.js';
import { locatePath } from '../policy/manifests.js';
import { requests, sights, type World, withRule, worlds } from './worlds.js';

const NOW = new Date('2026-11-22T12:00:00Z');
/** `LAW_RUNS=10 LAW_SEED=1 npx vitest run test/analyse/laws.test.ts` looks ten times as long, elsewhere. */
const SCALE = Number(process.env['LAW_RUNS'] ?? 1);
const seed = Number(process.env['LAW_SEED'] ?? 20261122);
const RUNS = { numRuns: 40 * SCALE, seed };

function findingsOf({ policy, manifest }: World, code: string): readonly Diagnostic[] {
  return analysePolicy(policy, locatePath, { now: NOW, targets: [], manifest }).filter(
    (one) => one.code === code,
  );
}

function requestOf({ url, method }: Witness): CanonicalRequest {
  const request = canonicalUrl(url, method);
  if (!request.ok) throw new Error(`${url}: ${request.error.message}`);
  return request.value;
}

function expectSame(before: Policy, after: Policy): void {
  for (const request of requests) {
    const [a, b] = [ruleDecision(before, request), ruleDecision(after, request)];
    if (a.action !== b.action || a.rule !== b.rule)
      expect.fail(JSON.stringify({ request, a, b }, text));
  }
  for (const sight of sights) {
    const [a, b] = [verdictOf(before, sight), verdictOf(after, sight)];
    if (a !== b) expect.fail(JSON.stringify({ sight, a, b }, text));
  }
}

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

describe('rules never reached', () => {
  it('change nothing when they are removed, all of them at once', () => {
    let seen = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const hidden = new Set(findingsOf(world, 'rule/unreachable').map((one) => one.rule));
        seen += hidden.size;
        const rules = world.policy.rules.filter((rule) => !hidden.has(rule.index));
        expectSame(world.policy, { ...world.policy, rules });
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(10);
  });

  it('are all found: every other rule decides some request, or judges some dialled address', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const hidden = new Set(findingsOf(world, 'rule/unreachable').map((one) => one.rule));
        const deciding = new Set(
          requests.map((request) => ruleDecision(world.policy, request).rule),
        );
        for (const rule of world.policy.rules) {
          // The requests at hand decide: none of them may contradict the finding.
          if (deciding.has(rule.index)) expect(hidden).not.toContain(rule.index);
          else if (!hidden.has(rule.index))
            expect(judgesDialled(world.policy, rule.index)).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

/** Where only its own blocks and earlier blocks count, does the rule decide something? */
function judgesDialled(policy: Policy, index: number): boolean {
  const rules = policy.rules.map((rule) => ({
    ...rule,
    hosts: rule.hosts.filter((host) => host.kind === 'block'),
  }));
  return requests.some((request) => ruleDecision({ ...policy, rules }, request).rule === index);
}

describe('patterns that add nothing', () => {
  it('change nothing when they are removed, all of them at once', () => {
    let seen = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const found = findingsOf(world, 'pattern/redundant').concat(
          findingsOf(world, 'pattern/empty'),
        );
        seen += found.length;
        let slim = world.policy;
        for (const rule of world.policy.rules) {
          const gone = { hosts: new Set<number>(), path_groups: new Set<number>() };
          for (const one of found) {
            const [, index, , list, item] = (one.file ?? '').split('.');
            if (Number(index) !== rule.index) continue;
            if (list === 'hosts' || list === 'path_groups') gone[list].add(Number(item));
          }
          slim = withRule(slim, rule.index, (old) => ({
            ...old,
            hosts: old.hosts.filter((_, i) => !gone.hosts.has(i)),
            paths: old.paths.filter((_, i) => !gone.path_groups.has(i)),
          }));
        }
        expectSame(world.policy, slim);
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(20);
  });

  it('are all found among paths: without any other pattern some request is decided otherwise', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const found = findingsOf(world, 'pattern/redundant').concat(
          findingsOf(world, 'pattern/empty'),
        );
        const named = new Set(found.map((one) => one.file));
        const flat = world.policy.rules.map((rule) => ({
          ...rule,
          hosts: [{ kind: 'any' } as const],
        }));
        for (const rule of flat) {
          const alone = { ...world.policy, rules: [rule] };
          rule.paths.forEach((_, i) => {
            if (named.has(`match_rules.${rule.index}.match.path_groups.${i}`)) return;
            const kept = rule.paths.filter((_path, j) => {
              return j !== i && !named.has(`match_rules.${rule.index}.match.path_groups.${j}`);
            });
            const slim = { ...alone, rules: [{ ...rule, paths: kept }] };
            const changed = requests.some(
              (one) => ruleDecision(alone, one).rule !== ruleDecision(slim, one).rule,
            );
            expect(changed, `rule ${rule.index}, path ${i}`).toBe(true);
          });
        }
      }),
      RUNS,
    );
  });
});

describe('witnesses', () => {
  const holds: Readonly<
    Record<string, (policy: Policy, request: CanonicalRequest, rule: number) => boolean>
  > = {
    'rule/unreachable': (policy, request, rule) => (evaluate(policy, request).rule ?? rule) < rule,
    'rule/order-dependent': (policy, request, rule) => {
      const before = evaluate(policy, request);
      const first = before.rule!;
      const moved = policy.rules.filter((one) => one.index !== rule);
      moved.splice(first, 0, policy.rules[rule]!);
      const after = evaluate({ ...policy, rules: moved }, request);
      return (
        first < rule &&
        (before.action !== after.action || before.integrationId !== after.integrationId)
      );
    },
    'rule/evadable': (policy, request) => evaluate(policy, request).action !== 'deny',
    'rule/ambiguous': (policy, request, rule) =>
      evaluate(policy, request).reason === 'ambiguous_path' &&
      ruleDecision(policy, request).rule === rule,
    'rule/plain-http': (policy, request, rule) =>
      evaluate(policy, request).rule === rule && request.scheme === 'http',
    'rule/captures-broker': (policy, request, rule) => evaluate(policy, request).rule === rule,
    'host/private-space': (policy, request, rule) => evaluate(policy, request).rule === rule,
    'host/public-suffix': (policy, request, rule) => evaluate(policy, request).rule === rule,
  };

  it('hold for the reference interpreter, whole policy', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(worlds, ({ policy, manifest }) => {
        for (const one of analysePolicy(policy, locatePath, { now: NOW, targets: [], manifest })) {
          if (one.witness === undefined) continue;
          seen.set(one.code, (seen.get(one.code) ?? 0) + 1);
          expect(holds[one.code]!(policy, requestOf(one.witness), one.rule!), one.message).toBe(
            true,
          );
        }
      }),
      { numRuns: 150 * SCALE, seed },
    );
    for (const code of Object.keys(holds)) {
      if (code !== 'rule/captures-broker') expect(seen.get(code) ?? 0, code).toBeGreaterThan(2);
    }
  });
});

describe('order of rules', () => {
  it('matters for every pair that requests show to differ', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const found = new Set(findingsOf(world, 'rule/order-dependent').map((one) => one.rule));
        const hidden = new Set(findingsOf(world, 'rule/unreachable').map((one) => one.rule));
        const { policy } = world;
        for (const later of policy.rules) {
          if (hidden.has(later.index)) continue;
          const shown = requests.some((request) => {
            const now = evaluate(policy, request);
            if (now.rule === null || now.rule >= later.index) return false;
            const alone = ruleDecision({ ...policy, rules: [later] }, request);
            const differs =
              alone.action !== now.action ||
              (now.action === 'execute' && alone.integrationId !== now.integrationId);
            return alone.rule === later.index && differs;
          });
          if (shown) expect(found).toContain(later.index);
        }
      }),
      RUNS,
    );
  });
});

describe('enforceability', () => {
  it('is what requests and the verdicts of all sights show', () => {
    fc.assert(
      fc.property(worlds, ({ policy }) => {
        const rows = enforceability(policy);
        const shown = policy.rules.map(() => ({ c: false, opaque: false, local: false }));
        for (const { facts, local } of shownBy(policy)) {
          for (const { rule, captured, opaque } of facts) {
            shown[rule]!.c ||= captured;
            shown[rule]!.opaque ||= opaque;
            shown[rule]!.local ||= local;
          }
        }
        for (const { rule, c, bpf } of rows) {
          expect(c.how === 'by the gateway', `rule ${rule} c`).toBe(shown[rule]!.c);
          if (bpf.how === 'never') expect(shown[rule]!.local).toBe(true);
          else expect(bpf.how === 'opaque', `rule ${rule} bpf`).toBe(shown[rule]!.opaque);
        }
      }),
      RUNS,
    );
  });
});

interface Shown {
  readonly local: boolean;
  readonly facts: readonly {
    readonly rule: number;
    readonly captured: boolean;
    readonly opaque: boolean;
  }[];
}

/** For each sight: which rules decide there, and what is left to do for them. */
function* shownBy(policy: Policy): Generator<Shown> {
  const blocksOnly = {
    ...policy,
    defaultAction: 'pass' as const,
    rules: policy.rules.map((rule) => ({
      ...rule,
      hosts: rule.hosts.filter((host) => host.kind === 'block'),
    })),
  };
  for (const sight of sights) {
    const seen = sight.kind === 'dialled' ? blocksOnly : policy;
    const captured = verdictOf(policy, sight) === 'capture';
    const here = requests.filter((request) => {
      if (request.port !== sight.port) return false;
      if (sight.kind === 'name')
        return request.host.kind === 'name' && request.host.name === sight.name;
      return request.host.kind === 'address' && request.host.address === sight.address;
    });
    const decisions = here.map((request) => ({ request, decision: ruleDecision(seen, request) }));
    const overTls = new Set(
      decisions
        .filter(({ request }) => request.scheme === 'https')
        .map(({ decision }) => decision.action),
    );
    const alike = overTls.size === 1 && !overTls.has('execute');
    const facts = decisions.flatMap(({ request, decision }) =>
      decision.rule === null
        ? []
        : [
            {
              rule: decision.rule,
              captured,
              opaque: captured && request.scheme === 'https' && !alike,
            },
          ],
    );
    const local = sight.kind === 'name' && /(^|\.)localhost$/.test(sight.name);
    yield { local, facts };
  }
}
