/** Rules that decide no request and no dialled address: removing one changes nothing. */

import type { Diagnostic, Witness } from '../../diagnostics/types.js';
import type { Rule } from '../../policy/types.js';
import { type Reach, reach } from '../reach.js';
import { atRule, decisionOf, nameOf, namesOf, type Run, witnessOf } from '../run.js';

/** With more hiding rules than this, all of them are named instead of a least set. */
const REDUCED_UP_TO = 24;

export function* unreachableRules(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (run.ground.isAlone(rule)) continue;
    const found = everReached(run, rule);
    if (found.kind === 'hidden') {
      run.hidden.add(rule.index);
      yield finding(run, rule, found.by);
    }
    if (found.kind === 'undecided') {
      if (run.budget.exceeded) return;
      yield atRule(run, rule, 'path/undecided', {
        message: `${nameOf(rule)} may be hidden by earlier rules: its paths are too complex to compare`,
      });
    }
  }
}

/**
 * A rule hidden from requests may still judge the address that a known name leads to.
 * `among`: only these count as earlier rules.
 */
function everReached(run: Run, rule: Rule, among?: ReadonlySet<number>): Reach {
  const { ground, budget } = run;
  const limited = { limit: rule.index, ...(among === undefined ? {} : { among }) };
  const asked = reach(ground, rule.hosts, rule, { ...limited, sight: 'request' }, budget);
  if (asked.kind === 'reached') return asked;
  const blocks = rule.hosts.filter((host) => host.kind === 'block');
  const dialled = reach(ground, blocks, rule, { ...limited, sight: 'dialled' }, budget);
  if (dialled.kind === 'reached') return dialled;
  if (asked.kind === 'undecided' || dialled.kind === 'undecided') return { kind: 'undecided' };
  return { kind: 'hidden', by: union(asked.by, dialled.by) };
}

function finding(run: Run, rule: Rule, by: readonly number[]): Diagnostic {
  const hiding = leastOf(run, rule, by);
  const first = run.policy.rules[hiding[0] ?? rule.index]!;
  if (first === rule) {
    return atRule(run, rule, 'rule/unreachable', {
      message: `${nameOf(rule)} matches no request at all`,
      hint: 'Correct its patterns, or remove it.',
    });
  }
  const witness = matchedRequest(run, rule);
  const same =
    hiding.length === 1 &&
    first.action === rule.action &&
    first.integrationId === rule.integrationId;
  const take = hiding.length === 1 ? 'takes' : 'take';
  return atRule(run, rule, 'rule/unreachable', {
    message: `${nameOf(rule)} is never reached: ${namesOf(hiding)} ${take} every request that it matches`,
    hint: same
      ? `Remove it: ${nameOf(first)} says the same.`
      : `Move it in front of ${nameOf(first)} if it is meant to decide, or remove it.`,
    ...(witness === null ? {} : { witness }),
  });
}

/** A request that the rule matches; the oracle agrees that another rule decides it. */
function matchedRequest(run: Run, rule: Rule): Witness | null {
  const found = everReached(run, rule, new Set());
  if (found.kind !== 'reached') return null;
  const decision = decisionOf(run, found.request);
  return decision.rule !== null && decision.rule < rule.index ? witnessOf(found.request) : null;
}

/** A set of hiding rules from which none can be left out. */
function leastOf(run: Run, rule: Rule, by: readonly number[]): readonly number[] {
  if (by.length > REDUCED_UP_TO) return by;
  let kept = by;
  for (const candidate of by.toReversed()) {
    const fewer = kept.filter((index) => index !== candidate);
    if (everReached(run, rule, new Set(fewer)).kind === 'hidden') kept = fewer;
  }
  return kept;
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
