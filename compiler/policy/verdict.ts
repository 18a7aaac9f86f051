/** The reference verdicts: what is known of all requests on a host and port (design section 2). */

import { remainderOf } from '../paths/index.js';
import type { Address, Host, Scheme } from '../request/types.js';
import { hostMatches, isExempt, isGateway, ruleNamesHost } from './host-match.js';
import type { Action, PathPattern, Policy, Rule, Verdict } from './types.js';

/**
 * What is seen at a connection: a name; an address whose name is not known; or the address really dialled for a known name,
 * which only rules that name addresses judge.
 */
export type Sight =
  | { readonly kind: 'name'; readonly name: string; readonly port: number }
  | { readonly kind: 'address' | 'dialled'; readonly address: Address; readonly port: number };

export interface Judgement {
  readonly verdict: Verdict;
  /** Some question about paths reached its work bound; the verdict is then the careful one. */
  readonly undecided: boolean;
}

const ALL_PATHS: readonly PathPattern[] = [{ kind: 'all' }];

/** The sight of a canonical host by its name, or by its address where no name is known. */
export function sightOf(host: Host, port: number): Sight {
  return host.kind === 'name'
    ? { kind: 'name', name: host.name, port }
    : { kind: 'address', address: host.address, port };
}

function hostOf(sight: Sight): Host {
  return sight.kind === 'name'
    ? { kind: 'name', name: sight.name }
    : { kind: 'address', address: sight.address };
}

/** Rules that judge this sight for some request, in order, and what holds where none of them matches. */
function rulesFor(policy: Policy, sight: Sight): { rules: Rule[]; fallback: Action } {
  const host = hostOf(sight);
  const { port } = sight;
  if (isGateway(host)) return { rules: [], fallback: 'pass' };
  const namedOnly = sight.kind === 'dialled' || isExempt(policy, host, port);
  const rules = policy.rules.filter(
    (rule) =>
      rule.ports.some((interval) => interval.lo <= port && port <= interval.hi) &&
      (namedOnly
        ? ruleNamesHost(rule, host)
        : rule.hosts.some((pattern) => hostMatches(pattern, host))),
  );
  return { rules, fallback: namedOnly ? 'pass' : policy.defaultAction };
}

/** The rule decisions that occur among all canonical paths, for one scheme and method. */
function actionsAmong(
  rules: readonly Rule[],
  fallback: Action,
): { actions: Set<Action>; undecided: boolean } {
  const actions = new Set<Action>();
  const earlier: PathPattern[] = [];
  let undecided = false;
  const note = (action: Action, paths: readonly PathPattern[]): void => {
    const rest = remainderOf(paths, earlier);
    if (rest.kind === 'undecided') undecided = true;
    if (rest.kind !== 'empty') actions.add(action);
    earlier.push(...paths);
  };
  for (const rule of rules) note(rule.action, rule.paths);
  note(fallback, ALL_PATHS);
  return { actions, undecided };
}

/** The verdict, and whether it could be proved. A question that stays open counts as an action that occurs. */
export function judgeSight(policy: Policy, sight: Sight): Judgement {
  const { rules, fallback } = rulesFor(policy, sight);
  const actions = new Set<Action>();
  let undecided = false;
  // Every method that no rule mentions is like every other; no method is the empty text.
  const methods = new Set(['', ...rules.flatMap((rule) => rule.methods ?? [])]);
  for (const scheme of ['http', 'https'] satisfies Scheme[]) {
    for (const method of methods) {
      const here = rules.filter(
        (rule) => rule[scheme] && (rule.methods === null || rule.methods.includes(method)),
      );
      const found = actionsAmong(here, fallback);
      for (const action of found.actions) actions.add(action);
      undecided ||= found.undecided;
    }
  }
  const [only, ...others] = actions;
  const agreed = others.length === 0 && (only === 'pass' || only === 'deny');
  return { verdict: agreed ? only : 'capture', undecided };
}

/** The exact verdict of a sight. */
export function verdictOf(policy: Policy, sight: Sight): Verdict {
  return judgeSight(policy, sight).verdict;
}
