/** What every check is given, and how it speaks. */

import { type DiagnosticParts, diagnostic } from '../diagnostics/index.js';
import type { Diagnostic, Locate, Location, Witness } from '../diagnostics/types.js';
import type { Target } from '../emit/backend.js';
import { evaluate } from '../policy/index.js';
import type { Decision, Policy, Rule } from '../policy/types.js';
import { hostText } from '../request/index.js';
import type { CanonicalRequest } from '../request/types.js';
import { type Budget, ORACLE_COST, ORACLE_VISIT } from './budget.js';
import type { Ground } from './reach.js';

export interface Run {
  readonly policy: Policy;
  readonly ground: Ground;
  readonly locate: Locate;
  readonly now: Date;
  readonly targets: readonly Target[];
  /** The manifest's value, for checks of its texts; undefined where only the policy is known. */
  readonly manifest: unknown;
  readonly budget: Budget;
  /** Rules found to be never reached; later checks leave them out. */
  readonly hidden: Set<number>;
}

export type Check = (run: Run) => Iterable<Diagnostic>;

/** Policies of so few rules are put to the oracle whole. */
const SMALL = 200;

/** What the reference interpreter says of the request. In a large policy it is asked with the rules of that host only. */
export function decisionOf(run: Run, request: CanonicalRequest): Decision {
  const { policy, ground, budget } = run;
  const small = policy.rules.length <= SMALL;
  const rules = small ? policy.rules : ground.rulesAt(request.host, request.port);
  const decision = evaluate({ ...policy, rules }, request);
  const visited = Math.min(rules.length, (decision.rule ?? rules.length) + 1);
  budget.spend(ORACLE_COST + (small ? 0 : rules.length / 8) + ORACLE_VISIT * visited);
  return decision;
}

export function witnessOf(request: CanonicalRequest): Witness {
  return { method: request.method, url: urlOf(request) };
}

export function urlOf({ scheme, host, port, path }: CanonicalRequest): string {
  const text =
    host.kind === 'address' && host.address.family === 6 ? `[${hostText(host)}]` : hostText(host);
  const usual = port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${text}${usual ? '' : `:${port}`}${path}`;
}

/** A finding at a rule. */
export function atRule(
  run: Run,
  rule: Rule,
  code: string,
  parts: Omit<DiagnosticParts, 'at' | 'rule'> & { readonly at?: Location },
): Diagnostic {
  const at = parts.at ?? run.locate(['match_rules', rule.index]);
  return diagnostic(code, { ...parts, at, rule: rule.index });
}

/** `rule 3 ("openai")` */
export function nameOf(rule: Rule): string {
  return `rule ${rule.index} ("${rule.integrationId}")`;
}

/** `rule 0`, `rules 0 and 4`, `rules 0, 1, 2 and 7 more` */
export function namesOf(indices: readonly number[]): string {
  const shown = indices.slice(0, SHOWN).map(String);
  const more = indices.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  const last = shown.pop()!;
  return shown.length === 0 ? `rule ${last}` : `rules ${shown.join(', ')} and ${last}`;
}

const SHOWN = 4;

/** `execute (openai)`, `deny`, `pass` */
export function outcomeText(decision: Pick<Decision, 'action' | 'integrationId'>): string {
  return decision.action === 'execute' ? `execute (${decision.integrationId})` : decision.action;
}

/** `by rule 2`, `by default` */
export function deciderText(decision: Decision): string {
  if (decision.reason !== undefined) return 'as an ambiguous path';
  return decision.rule === null ? 'by default' : `by rule ${decision.rule}`;
}
