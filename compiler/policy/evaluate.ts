/** The reference interpreter of requests: slow and obvious. Every other implementation has to agree with it. */

import { pathMatches } from '../paths/index.js';
import { isPossiblyAmbiguous, readings } from '../request/index.js';
import type { CanonicalRequest } from '../request/types.js';
import { hostMatches, isExempt, isGateway, ruleNamesHost } from './host-match.js';
import type { Decision, Policy, Rule } from './types.js';
import { sightOf, verdictOf } from './verdict.js';

const UNREACHED: Decision = { action: 'pass', rule: null, integrationId: null };

function ruleMatches(rule: Rule, request: CanonicalRequest, exempt: boolean): boolean {
  const { host, scheme, port, method, path } = request;
  return (
    (exempt
      ? ruleNamesHost(rule, host)
      : rule.hosts.some((pattern) => hostMatches(pattern, host))) &&
    rule[scheme] &&
    rule.ports.some((interval) => interval.lo <= port && port <= interval.hi) &&
    (rule.methods === null || rule.methods.includes(method)) &&
    rule.paths.some((pattern) => pathMatches(pattern, path))
  );
}

/** What the first matching rule, or the default, says of the request as it stands. */
export function ruleDecision(policy: Policy, request: CanonicalRequest): Decision {
  if (isGateway(request.host)) return UNREACHED;
  const exempt = isExempt(policy, request.host, request.port);
  const rule = policy.rules.find((candidate) => ruleMatches(candidate, request, exempt));
  if (rule !== undefined) {
    return { action: rule.action, rule: rule.index, integrationId: rule.integrationId };
  }
  return exempt ? UNREACHED : { action: policy.defaultAction, rule: null, integrationId: null };
}

function sameEffect(a: Decision, b: Decision): boolean {
  return a.action === b.action && (a.action !== 'execute' || a.integrationId === b.integrationId);
}

/** The decision: the rule decision, or `deny` where the readings of the path do not agree, though some rule decisions differ. */
export function evaluate(policy: Policy, request: CanonicalRequest): Decision {
  const decision = ruleDecision(policy, request);
  if (!isPossiblyAmbiguous(request.path)) return decision;
  // A path is never ambiguous where all rule decisions agree (design section 2, law 3).
  if (verdictOf(policy, sightOf(request.host, request.port)) !== 'capture') return decision;
  const agreed = readings(request.path).every((path) =>
    sameEffect(decision, ruleDecision(policy, { ...request, path })),
  );
  if (agreed) return decision;
  return { action: 'deny', rule: null, integrationId: null, reason: 'ambiguous_path' };
}
