/** Why each rule before the deciding one did not match a request. */

import { pathMatches } from '../../paths/index.js';
import {
  hostMatches,
  isExempt,
  isGateway,
  type Policy,
  type Rule,
  ruleDecision,
  ruleNamesHost,
} from '../../policy/index.js';
import {
  type CanonicalRequest,
  hostText,
  isPossiblyAmbiguous,
  readings,
} from '../../request/index.js';

export interface Miss {
  readonly rule: number;
  /** What of the request the rule does not cover. */
  readonly reason: string;
}

export interface Trace {
  /** Rules on this host that come before the deciding one, or all of them where none decides. */
  readonly misses: readonly Miss[];
  /** Rules before it that are for other hosts. */
  readonly otherHosts: number;
  /** Why fewer rules, or none, reach this host; null where all do. */
  readonly exemption: string | null;
  /** The readings of an ambiguous path and what each is decided; empty where the path has one reading. */
  readonly readings: readonly { readonly path: string; readonly decision: string }[];
}

const GATEWAY = "127.64.0.0/10 is the gateway's own: no rule reaches it";
const LOOPBACK = 'loopback and the broker are out of reach of `*` and of default_action';

export function traceRules(policy: Policy, request: CanonicalRequest): Trace {
  if (isGateway(request.host)) {
    return { misses: [], otherHosts: policy.rules.length, exemption: GATEWAY, readings: [] };
  }
  const exempt = isExempt(policy, request.host, request.port);
  const decided = ruleDecision(policy, request).rule ?? policy.rules.length;
  const earlier = policy.rules.slice(0, decided);
  const onHost = earlier.filter((rule) => reachesHost(rule, request, exempt));
  return {
    misses: onHost.map((rule) => ({ rule: rule.index, reason: whyNot(rule, request) })),
    otherHosts: earlier.length - onHost.length,
    exemption: exempt ? LOOPBACK : null,
    readings: readingsOf(policy, request),
  };
}

function reachesHost(rule: Rule, { host }: CanonicalRequest, exempt: boolean): boolean {
  return exempt
    ? ruleNamesHost(rule, host)
    : rule.hosts.some((pattern) => hostMatches(pattern, host));
}

function whyNot(rule: Rule, request: CanonicalRequest): string {
  const { scheme, port, method, path } = request;
  const reasons: string[] = [];
  if (!rule[scheme]) reasons.push(`it is not for ${scheme}`);
  if (!rule.ports.some(({ lo, hi }) => lo <= port && port <= hi)) {
    reasons.push(`its ports ${portsText(rule)} leave out ${port}`);
  }
  if (rule.methods !== null && !rule.methods.includes(method)) {
    reasons.push(`its methods ${rule.methods.join(', ')} leave out ${method}`);
  }
  if (!rule.paths.some((pattern) => pathMatches(pattern, path))) {
    reasons.push(`none of its path patterns matches ${path}`);
  }
  return reasons.join('; ');
}

function portsText(rule: Rule): string {
  return rule.ports.map(({ lo, hi }) => (lo === hi ? `${lo}` : `${lo}-${hi}`)).join(', ');
}

function readingsOf(policy: Policy, request: CanonicalRequest): Trace['readings'] {
  if (!isPossiblyAmbiguous(request.path)) return [];
  return readings(request.path).map((path) => {
    const { action, rule } = ruleDecision(policy, { ...request, path });
    return { path, decision: rule === null ? `${action} (no rule)` : `${action} (rule ${rule})` };
  });
}

/** The request in its canonical form, as one URL. */
export function canonicalText({ scheme, host, port, path }: CanonicalRequest): string {
  const text = hostText(host);
  const authority = host.kind === 'address' && host.address.family === 6 ? `[${text}]` : text;
  return `${scheme}://${authority}:${port}${path}`;
}
