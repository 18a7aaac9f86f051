/** Manifest to policy: every pattern in canonical form, every refusal of the language at its place (design section 3). */

import { diagnostic, failure, resultOf } from '../diagnostics/diagnostic.js';
import type { Diagnostic, Locate, Result } from '../diagnostics/types.js';
import { isGateway } from '../policy/index.js';
import type { Broker, Policy, Rule } from '../policy/types.js';
import { patternOrigin } from '../request/index.js';
import { patternLimit, SizeCount } from './limits.js';
import type { ManifestHead, ManifestInput, ManifestRule } from './manifest.js';
import { lowerRule } from './rule.js';

export { lowerHost } from './host.js';
export { MAX_HOST_ENTRIES, MAX_PATTERNS, MAX_PROGRAM_CELLS } from './limits.js';
export type { ManifestInput } from './manifest.js';
export { lowerPath } from './path.js';

function lowerBroker(url: string): Broker | null {
  const origin = patternOrigin(url);
  // The gateway would be asked to reach itself.
  if (origin === null || isGateway(origin.host)) return null;
  return { url, host: origin.host, port: origin.port };
}

function lowerRules(
  rules: readonly ManifestRule[],
  broker: Broker | null,
  locate: Locate,
): { rules: Rule[]; problems: Diagnostic[] } {
  const done: Rule[] = [];
  const problems: Diagnostic[] = [];
  const size = new SizeCount();
  for (const [index, input] of rules.entries()) {
    const { rule, problems: found } = lowerRule(input, index, broker, locate);
    for (const one of found) problems.push(one);
    done.push(rule);
    size.add(rule);
    const exceeded = size.exceeded(locate);
    if (exceeded !== null) return { rules: done, problems: [...problems, exceeded] };
  }
  return { rules: done, problems };
}

function policyOf(head: ManifestHead, policyId: string, broker: Broker, rules: Rule[]): Policy {
  return {
    policyId,
    issuedAt: Date.parse(head.issued_at),
    expiresAt: Date.parse(head.expires_at),
    serial: head.serial ?? null,
    broker,
    dpopRequired: head.dpop_required ?? false,
    dpopAthRequired: head.dpop_ath_required ?? false,
    defaultAction: head.default_action ?? 'pass',
    opaqueTls: head.opaque_tls ?? 'deny',
    rules,
  };
}

/**
 * @param manifest as it passed validation
 * @param locate where a value of the manifest stands
 * @param policyId `sha256:` and 64 hex digits
 * @returns the policy, or every error of the run in the order of the text
 */
export function lowerManifest(
  manifest: ManifestInput,
  locate: Locate,
  policyId: string,
): Result<Policy> {
  const tooMany = patternLimit(manifest.match_rules, locate);
  if (tooMany.length > 0) return failure(...tooMany);
  const url = manifest.broker_execute_url;
  const broker = lowerBroker(url);
  const { rules, problems } = lowerRules(manifest.match_rules, broker, locate);
  if (broker === null) {
    const message = `broker_execute_url ${JSON.stringify(url)} is not the URL of a broker`;
    const at = locate(['broker_execute_url']);
    return {
      ok: false,
      diagnostics: [diagnostic('head/broker-url', { message, at }), ...problems],
    };
  }
  return resultOf(policyOf(manifest, policyId, broker, rules), problems);
}
