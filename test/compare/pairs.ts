/** Pairs of policies: strangers to one another, and a policy beside an edited copy of it. */

import fc from 'fast-check';
import type { ManifestInput } from '../../compiler/lower/index.js';
import { lowerManifest } from '../../compiler/lower/index.js';
import type { Policy } from '../../compiler/policy/index.js';
import { worlds } from '../analyse/worlds.js';
import { locatePath, POLICY_ID } from '../policy/manifests.js';

export interface PolicyPair {
  readonly before: Policy;
  readonly after: Policy;
}

type Rules = ManifestInput['match_rules'];

/** One edit of a manifest; `a` and `b` pick rules. */
type Edit = (manifest: ManifestInput, a: number, b: number) => ManifestInput;

const withRules = (manifest: ManifestInput, edit: (rules: Rules[number][]) => void) => {
  const match_rules = [...manifest.match_rules];
  edit(match_rules);
  return { ...manifest, match_rules };
};

const EDITS: readonly Edit[] = [
  (manifest, a) => withRules(manifest, (rules) => rules.splice(a, 1)),
  (manifest, a, b) => withRules(manifest, (rules) => rules.splice(b, 0, ...rules.splice(a, 1))),
  (manifest, a, b) => withRules(manifest, (rules) => rules.splice(b, 0, rules[a]!)),
  (manifest, a) =>
    withRules(manifest, (rules) => {
      rules[a] = { ...rules[a]!, integration_id: 'renamed' };
    }),
  (manifest, a) =>
    withRules(manifest, (rules) => {
      const action = { execute: 'deny', deny: 'pass', pass: 'execute' } as const;
      rules[a] = { ...rules[a]!, action: action[rules[a]!.action ?? 'execute'] };
    }),
  (manifest, a, b) =>
    withRules(manifest, (rules) => {
      rules[a] = { ...rules[a]!, match: { ...rules[a]!.match, ...rules[b]!.match } };
    }),
  (manifest) => ({
    ...manifest,
    default_action: manifest.default_action === 'deny' ? 'pass' : 'deny',
  }),
  (manifest) => ({ ...manifest, broker_execute_url: 'https://a.test/v1/execute' }),
  (manifest) => ({ ...manifest, broker_execute_url: 'https://broker.test:8443/v1/execute' }),
  (manifest) => ({ ...manifest, broker_execute_url: 'https://10.1.2.3/v1/execute' }),
];

export function lowered(manifest: ManifestInput): Policy | null {
  const policy = lowerManifest(manifest, locatePath, POLICY_ID);
  return policy.ok ? policy.value : null;
}

const edited: fc.Arbitrary<PolicyPair> = fc
  .tuple(
    worlds,
    fc.array(fc.tuple(fc.constantFrom(...EDITS), fc.nat(), fc.nat()), {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([world, edits]) => {
    let manifest = world.manifest;
    for (const [edit, a, b] of edits) {
      const count = manifest.match_rules.length;
      if (count > 0) manifest = edit(manifest, a % count, b % count);
    }
    const after = lowered(manifest);
    return after === null ? null : { before: world.policy, after };
  })
  .filter((pair) => pair !== null);

const strangers: fc.Arbitrary<PolicyPair> = fc
  .tuple(worlds, worlds)
  .map(([a, b]) => ({ before: a.policy, after: b.policy }));

export const pairs: fc.Arbitrary<PolicyPair> = fc.oneof(
  { weight: 3, arbitrary: edited },
  { weight: 1, arbitrary: strangers },
);
