/** Laws 1 to 4 of design section 2, held against one policy. */

import fc from 'fast-check';
import { createMatcher, type Matcher } from '../../compiler/emit/node/engine/index.mjs';
import type { PolicyImage } from '../../compiler/image/index.js';
import {
  type Decision,
  evaluate,
  type Policy,
  ruleDecision,
  sightOf,
  type Verdict,
  verdictOf,
} from '../../compiler/policy/index.js';
import { canonicalHost, canonicalParts } from '../../compiler/request/index.js';
import { imageOf } from '../support/policies.js';
import { ADDRESSES, HOSTS, METHODS, PATHS, PORTS } from './arbitrary.js';

export interface Query {
  readonly kind: 'name' | 'address' | 'dialled';
  readonly host: string;
  readonly port: number;
}

/** Every host and address of the small world at every port. */
export const QUERIES: readonly Query[] = [
  ...HOSTS.flatMap((host) => PORTS.map((port) => ({ kind: 'name' as const, host, port }))),
  ...ADDRESSES.flatMap((host) =>
    PORTS.flatMap((port) => [
      { kind: 'address' as const, host, port },
      { kind: 'dialled' as const, host, port },
    ]),
  ),
];

export function verdictByEngine(matcher: Matcher, { kind, host, port }: Query): Verdict {
  return kind === 'dialled' ? matcher.verdictDialled(host, port) : matcher.verdict(host, port);
}

/** The oracle's verdict. */
export function verdictByOracle(policy: Policy, { kind, host, port }: Query): Verdict {
  const canonical = canonicalHost(host);
  if (!canonical.ok) throw new Error(`${host}: ${canonical.error.message}`);
  if (canonical.value.kind === 'name') return verdictOf(policy, sightOf(canonical.value, port));
  const { address } = canonical.value;
  return verdictOf(policy, { kind: kind === 'dialled' ? 'dialled' : 'address', address, port });
}

export interface Compiled {
  readonly policy: Policy;
  readonly image: PolicyImage;
  readonly matcher: Matcher;
}

export function compile(policy: Policy): Compiled {
  const image = imageOf(policy);
  return { policy, image, matcher: createMatcher(image.bytes) };
}

export interface Sample {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
}

export const sample: fc.Arbitrary<Sample> = fc.record({
  scheme: fc.constantFrom('http', 'https'),
  host: fc.constantFrom<string>(...HOSTS, ...ADDRESSES),
  port: fc.constantFrom(...PORTS),
  method: fc.constantFrom<string>(...METHODS),
  path: fc.constantFrom<string>(...PATHS),
});

/** What judges an address that was dialled for a known name: rules that name addresses, and no default. */
function onlyBlocks(policy: Policy): Policy {
  const rules = policy.rules.map((rule) => ({
    ...rule,
    hosts: rule.hosts.filter(({ kind }) => kind === 'block'),
  }));
  return { ...policy, defaultAction: 'pass', rules };
}

/** The reference's decision under the names that the generated module uses. */
function named({ integrationId, ...rest }: Decision) {
  return { ...rest, integration_id: integrationId };
}

/** Law 1, and law 3 for the request's own sight. Throws with both answers where they differ. */
export function checkDecision({ policy, matcher }: Compiled, s: Sample): void {
  const request = canonicalParts(s.scheme, s.host, s.port, s.method, s.path);
  if (!request.ok) throw new Error(`${JSON.stringify(s)} is no request: ${request.error.message}`);
  const wanted = named(evaluate(policy, request.value));
  const parts = matcher.decide(s.scheme, s.host, s.port, s.method, s.path);
  same(parts, wanted, s);
  const host = s.host.includes(':') ? `[${s.host}]` : s.host;
  same(matcher.decideUrl(`${s.scheme}://${host}:${s.port}${s.path}`, s.method), wanted, s);
  if (request.value.host.kind === 'address') {
    const dialled = evaluate(onlyBlocks(policy), request.value);
    same(matcher.decideDialled(s.scheme, s.host, s.port, s.method, s.path), named(dialled), s);
  }
  const verdict = matcher.verdict(s.host, s.port);
  if (wanted.action !== 'pass' && verdict === 'pass')
    throw new Error(`law 3: ${JSON.stringify(s)} passes unseen`);
  const asItStands = ruleDecision(policy, request.value).action;
  if (verdict !== 'capture' && verdict !== asItStands) {
    throw new Error(`${JSON.stringify(s)}: verdict ${verdict}, rule decision ${asItStands}`);
  }
}

function same(got: object, wanted: object, s: Sample): void {
  const keys = ['action', 'rule', 'integration_id', 'reason'] as const;
  for (const key of keys) {
    if ((got as Record<string, unknown>)[key] !== (wanted as Record<string, unknown>)[key]) {
      throw new Error(
        `law 1: ${JSON.stringify(s)}: ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`,
      );
    }
  }
}
