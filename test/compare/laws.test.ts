/** The difference of two policies against the reference interpreter: nothing missed, nothing invented. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePolicies, type Effect } from '../../compiler/compare/index.js';
import { type Policy, ruleDecision } from '../../compiler/policy/index.js';
import { canonicalUrl, isPossiblyAmbiguous } from '../../compiler/request/index.js';
import type { CanonicalRequest } from '../../compiler/request/types.js';
import { requests } from '../analyse/worlds.js';
import { ADDRESSES, HOSTS, METHODS, manifest, PATHS, PORTS } from '../differential/arbitrary.js';
import { hasPath, holdsRequest } from './members.js';
import { lowered, type PolicyPair, pairs } from './pairs.js';

/** `LAW_RUNS=10 LAW_SEED=1 npx vitest run test/compare/laws.test.ts` looks ten times as long, elsewhere. */
const SCALE = Number(process.env['LAW_RUNS'] ?? 1);
const seed = Number(process.env['LAW_SEED'] ?? 20261122);
const RUNS = { numRuns: 40 * SCALE, seed };

function effectOf(policy: Policy, request: CanonicalRequest): Effect {
  const { action, rule, integrationId } = ruleDecision(policy, request);
  return { action, rule, integrationId };
}

function differ(a: Effect, b: Effect): boolean {
  return a.action !== b.action || (a.action === 'execute' && a.integrationId !== b.integrationId);
}

/** Every request is in exactly the change that tells its two decisions, or in none where they are alike. */
function expectExact({ before, after }: PolicyPair, universe: readonly CanonicalRequest[]): number {
  const { changes, undecided, unfinished } = comparePolicies(before, after);
  expect(undecided).toEqual([]);
  expect(unfinished).toBe(false);
  let differing = 0;
  for (const request of universe) {
    const [old, now] = [effectOf(before, request), effectOf(after, request)];
    const found = changes
      .filter((change) => holdsRequest(change.requests, request, [before, after]))
      .map((change) => [change.before, change.after]);
    const wanted = differ(old, now) ? [[old, now]] : [];
    if (wanted.length > 0) differing++;
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      expect.fail(JSON.stringify({ request, wanted, found, changes }, text, 1));
    }
  }
  return differing;
}

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

describe('the difference of two policies', () => {
  it('is exact on a small universe: every request is in the one change that is true of it', () => {
    let seen = 0;
    fc.assert(
      fc.property(pairs, (pair) => {
        seen += expectExact(pair, requests) > 0 ? 1 : 0;
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(10);
  });

  it('is exact on requests sampled from a larger one', () => {
    const request = fc
      .tuple(
        fc.constantFrom('http', 'https'),
        fc.constantFrom(...HOSTS, ...ADDRESSES.map((ip) => (ip.includes(':') ? `[${ip}]` : ip))),
        fc.constantFrom(...PORTS),
        fc.constantFrom(...METHODS),
        fc.constantFrom(...PATHS),
      )
      .map(([scheme, host, port, method, path]) => {
        const canonical = canonicalUrl(`${scheme}://${host}:${port}${path}`, method);
        if (!canonical.ok) throw new Error(canonical.error.message);
        return canonical.value;
      });
    const policy = manifest.map(lowered).filter((one) => one !== null);
    fc.assert(
      fc.property(policy, policy, fc.array(request, { minLength: 300 }), (before, after, some) => {
        expectExact({ before, after }, some);
      }),
      RUNS,
    );
  });

  it('is empty between a policy and itself, and one with copies behind its rules', () => {
    fc.assert(
      fc.property(pairs, ({ before }) => {
        const copy = {
          ...before,
          rules: before.rules
            .flatMap((rule) => [rule, { ...rule, integrationId: 'copy' }])
            .map((rule, index) => ({ ...rule, index })),
        };
        for (const after of [before, copy]) {
          expect(comparePolicies(before, after)).toMatchObject({ equal: true, changes: [] });
        }
      }),
      RUNS,
    );
  });

  it('shows a real request of each change, ambiguous only where all of its paths are', () => {
    let seen = 0;
    fc.assert(
      fc.property(pairs, ({ before, after }) => {
        for (const change of comparePolicies(before, after).changes) {
          const { witness, requests: set, ambiguousOnly } = change;
          const request = canonicalUrl(witness.url, witness.method);
          if (!request.ok) throw new Error(request.error.message);
          expect(effectOf(before, request.value)).toEqual(change.before);
          expect(effectOf(after, request.value)).toEqual(change.after);
          expect(holdsRequest(set, request.value, [before, after])).toBe(true);
          expect(isPossiblyAmbiguous(request.value.path)).toBe(ambiguousOnly);
          const clear = requests.some(
            ({ path }) => !isPossiblyAmbiguous(path) && hasPath(set.paths, path),
          );
          if (ambiguousOnly) {
            seen++;
            expect(clear).toBe(false);
          }
        }
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(0);
  });
});
