/** Which rules, and which of their host and path patterns, the requests of a test reach. */

import { pathMatches } from '../paths/index.js';
import {
  evaluate,
  type HostPattern,
  hostMatches,
  isExempt,
  type PathPattern,
  type Policy,
  type Rule,
} from '../policy/index.js';
import { type CanonicalRequest, formatAddress, widthOf } from '../request/index.js';

/** A pattern that no request reaches: it may be taken away and every test still passes. */
export interface MissedPattern {
  /** Place of the rule in `match_rules`. */
  readonly rule: number;
  readonly kind: 'host' | 'path';
  /** In canonical form. */
  readonly pattern: string;
}

export interface Coverage {
  readonly rules: { readonly total: number; readonly missed: readonly number[] };
  readonly patterns: { readonly total: number; readonly missed: readonly MissedPattern[] };
}

/**
 * A rule is covered by a request that it decides; a pattern, by a request that its rule decides and that it matches.
 * An ambiguous path that is denied is decided by no rule. Verdicts of connections cover nothing: they name no rule.
 */
export function coverageOf(policy: Policy, requests: readonly CanonicalRequest[]): Coverage {
  const decided = new Map<number, CanonicalRequest[]>();
  for (const request of requests) {
    const { rule } = evaluate(policy, request);
    if (rule === null) continue;
    const known = decided.get(rule);
    if (known === undefined) decided.set(rule, [request]);
    else known.push(request);
  }
  const missed = policy.rules.flatMap((rule) =>
    missedPatterns(policy, rule, decided.get(rule.index) ?? []),
  );
  return {
    rules: {
      total: policy.rules.length,
      missed: policy.rules.map(({ index }) => index).filter((index) => !decided.has(index)),
    },
    patterns: {
      total: policy.rules.reduce((sum, { hosts, paths }) => sum + hosts.length + paths.length, 0),
      missed,
    },
  };
}

function missedPatterns(
  policy: Policy,
  rule: Rule,
  requests: readonly CanonicalRequest[],
): readonly MissedPattern[] {
  const hosts = rule.hosts.filter(
    (pattern) => !requests.some((one) => reaches(policy, pattern, one)),
  );
  const paths = rule.paths.filter(
    (pattern) => !requests.some(({ path }) => pathMatches(pattern, path)),
  );
  return [
    ...hosts.map((pattern) => ({
      rule: rule.index,
      kind: 'host' as const,
      pattern: hostText(pattern),
    })),
    ...paths.map((pattern) => ({
      rule: rule.index,
      kind: 'path' as const,
      pattern: pathText(pattern),
    })),
  ];
}

/** `*` matches no exempt host, whatever it looks like. */
function reaches(policy: Policy, pattern: HostPattern, { host, port }: CanonicalRequest): boolean {
  if (pattern.kind === 'any') return !isExempt(policy, host, port);
  return hostMatches(pattern, host);
}

function hostText(pattern: HostPattern): string {
  switch (pattern.kind) {
    case 'any':
      return '*';
    case 'name':
      return pattern.name;
    case 'suffix':
      return `*.${pattern.name}`;
    case 'block': {
      const address = formatAddress(pattern.address);
      return pattern.prefix === widthOf(pattern.address.family)
        ? address
        : `${address}/${pattern.prefix}`;
    }
  }
}

function pathText(pattern: PathPattern): string {
  switch (pattern.kind) {
    case 'all':
      return '*';
    case 'prefix':
      return `${pattern.prefix}*`;
    case 'exact':
      return pattern.path;
    case 'regex':
      return `^${pattern.source}$`;
  }
}

/** 0 to 100; what is reached of nothing is nothing. */
export function percentOf({ total, missed }: Coverage['rules' | 'patterns']): number {
  return total === 0 ? 0 : ((total - missed.length) * 100) / total;
}

/** Do the rules and the patterns, each by themselves, reach so many percent? */
export function reachesThreshold(coverage: Coverage, threshold: number): boolean {
  return percentOf(coverage.rules) >= threshold && percentOf(coverage.patterns) >= threshold;
}
