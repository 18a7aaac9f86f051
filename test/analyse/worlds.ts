/** Small policies that overlap a lot, and requests that tell their rules apart. */

import fc from 'fast-check';
import type { ManifestInput } from '../../compiler/lower/index.js';
import { lowerManifest } from '../../compiler/lower/index.js';
import type { Policy, Rule, Sight } from '../../compiler/policy/index.js';
import { sightOf } from '../../compiler/policy/index.js';
import { canonicalHost } from '../../compiler/request/index.js';
import type { CanonicalRequest, Host } from '../../compiler/request/types.js';
import { HEAD, locatePath, POLICY_ID } from '../policy/manifests.js';

const HOSTS = [
  '*',
  'a.test',
  '*.a.test',
  'b.a.test',
  '*.b.a.test',
  '*.test',
  'broker.test',
  'localhost',
  '*.localhost',
  '10.0.0.0/8',
  '10.0.0.0/9',
  '10.128.0.0/9',
  '10.1.2.3',
  '127.0.0.1',
  '127.0.0.0/8',
  '::1',
  '0.0.0.0/0',
  '::/0',
];
const PATHS = [
  '*',
  '/a',
  '/a/',
  '/a/*',
  '/A',
  '/v1/*',
  '/v1/a%2Fb',
  '^/v1/[^/]+$',
  '^/[a-z]+$',
  '^/.*$',
  '^/%2f$',
  '^/(a|A)(/.*)?$',
  '^/v1/.+$',
  '^(/[^/]*)+$',
];

const rule = fc.record({
  match: fc.record(
    {
      hosts: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1, maxLength: 3 }),
      schemes: fc.subarray<'http' | 'https'>(['http', 'https'], { minLength: 1 }),
      ports: fc.subarray([443, 80, '400-500', '1-65535'], { minLength: 1, maxLength: 2 }),
      methods: fc.subarray(['GET', 'POST'], { minLength: 1 }),
      path_groups: fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['hosts'] },
  ),
  action: fc.constantFrom('execute' as const, 'deny' as const, 'pass' as const),
  integration_id: fc.constantFrom('i', 'j'),
});

export interface World {
  readonly manifest: ManifestInput;
  readonly policy: Policy;
}

/** Lowered by the real stage, so canonical; manifests that it refuses are left out. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    match_rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
    // Rules with the match of an earlier one are hidden by it, mostly.
    again: fc.array(fc.nat(), { maxLength: 2 }),
    default_action: fc.constantFrom('pass' as const, 'deny' as const),
  })
  .map(({ match_rules: first, again, default_action }) => {
    const match_rules = first.concat(
      again.map((pick, i) => ({
        ...first[i % first.length]!,
        match: first[pick % first.length]!.match,
      })),
    );
    const manifest: ManifestInput = {
      ...HEAD,
      broker_execute_url: 'https://broker.test/v1/execute',
      default_action,
      match_rules: match_rules.map((one) => ({ ...one, provider: 'p' })),
    };
    const lowered = lowerManifest(manifest, locatePath, POLICY_ID);
    return lowered.ok ? { manifest, policy: lowered.value } : null;
  })
  .filter((world) => world !== null);

export const hosts: readonly Host[] = [
  'a.test',
  'x.a.test',
  'b.a.test',
  'c.b.a.test',
  'broker.test',
  'other.example',
  'localhost',
  'x.localhost',
  '10.1.2.3',
  '10.1.2.4',
  '10.200.0.1',
  '11.0.0.1',
  '127.0.0.1',
  '127.64.0.1',
  '::1',
  '2001:db8::1',
].map((text) => {
  const host = canonicalHost(text);
  if (!host.ok) throw new Error(text);
  return host.value;
});
export const ports = [443, 80, 450, 8443];
const METHODS = ['GET', 'POST', 'PUT'];
const REQUEST_PATHS = [
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/A',
  '/A/b',
  '/1',
  '/zz',
  '/v1/',
  '/v1/x',
  '/v1/x/y',
  '/v1/a%2Fb',
  '/v1/a;b',
  '/%2F',
];

/** Every combination: enough to tell any two rules of a world apart. */
export const requests: readonly CanonicalRequest[] = hosts.flatMap((host) =>
  ports.flatMap((port) =>
    (['https', 'http'] as const).flatMap((scheme) =>
      METHODS.flatMap((method) =>
        REQUEST_PATHS.map((path) => ({ scheme, host, port, method, path })),
      ),
    ),
  ),
);

/** All sights of all hosts. */
export const sights: readonly Sight[] = hosts.flatMap((host) =>
  ports.flatMap((port): Sight[] => [
    sightOf(host, port),
    ...(host.kind === 'address' ? [{ kind: 'dialled', address: host.address, port } as const] : []),
  ]),
);

/** The policy with `change` made to one rule; indices stay. */
export function withRule(
  policy: Policy,
  index: number,
  change: (rule: Rule) => Rule | null,
): Policy {
  const rules = policy.rules.flatMap((one) => {
    const next = one.index === index ? change(one) : one;
    return next === null ? [] : [next];
  });
  return { ...policy, rules };
}
