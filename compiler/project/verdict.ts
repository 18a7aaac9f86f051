/** The verdict of one host at one port: which rule decisions occur there, over schemes, methods and canonical paths. */

import { remainderOf } from '../paths/index.js';
import type { Action, DefaultAction, PathPattern, Rule, Verdict } from '../policy/types.js';

/** Rules that share a port range, ascending, with what is asked of them often. */
export interface RuleList {
  readonly rules: readonly number[];
  /** Bits of the actions that occur among them. */
  readonly actions: number;
  /** No path of theirs is `*` or a regex: finitely many literals, which never cover all paths. */
  readonly literal: boolean;
}

const BIT: Readonly<Record<Action, number>> = { pass: 1, deny: 2, execute: 4 };
const ALL: readonly PathPattern[] = [{ kind: 'all' }];

/** Rule visits that one verdict, and that all verdicts of a policy together, may cost before they count as undecided. */
const VISITS_PER_VERDICT = 1_000_000;
const VISITS_IN_ALL = 10_000_000;

export interface Judged {
  readonly verdict: Verdict;
  /** The work bound was reached: the verdict is `capture` for want of a proof. */
  readonly undecided: boolean;
}

export class VerdictJudge {
  readonly #rules: readonly Rule[];
  #visits = 0;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  listOf(rules: readonly number[]): RuleList {
    let actions = 0;
    let literal = true;
    for (const index of rules) {
      const rule = this.#rules[index]!;
      actions |= BIT[rule.action];
      literal &&= rule.paths.every((path) => path.kind === 'prefix' || path.kind === 'exact');
    }
    return { rules, actions, literal };
  }

  /** `lists`: the rules of the host and of each shorter match of it, all of them covering the port. */
  judge(lists: readonly RuleList[], fallback: DefaultAction): Judged {
    let mask = BIT[fallback];
    for (const list of lists) mask |= list.actions;
    if (mask === BIT.pass) return { verdict: 'pass', undecided: false };
    if (mask === BIT.deny) return { verdict: 'deny', undecided: false };
    const first = this.#first(lists);
    if (first !== undefined && isNonEmpty(first)) {
      if (first.action === 'execute') return { verdict: 'capture', undecided: false };
      if (first.action !== fallback && lists.every((list) => list.literal)) {
        return { verdict: 'capture', undecided: false };
      }
    }
    return this.#judgeCells(lists, fallback);
  }

  #first(lists: readonly RuleList[]): Rule | undefined {
    let lowest = Number.POSITIVE_INFINITY;
    for (const list of lists) lowest = Math.min(lowest, list.rules[0] ?? lowest);
    return this.#rules[lowest];
  }

  #judgeCells(lists: readonly RuleList[], fallback: DefaultAction): Judged {
    const count = lists.reduce((sum, list) => sum + list.rules.length, 0);
    this.#visits += count;
    if (count > VISITS_PER_VERDICT || this.#visits > VISITS_IN_ALL) {
      return { verdict: 'capture', undecided: true };
    }
    const rules = lists
      .flatMap((list) => list.rules)
      .sort((a, b) => a - b)
      .map((index) => this.#rules[index]!);
    const found = new Found();
    const methods = new Set(rules.flatMap((rule) => rule.methods ?? []));
    for (const scheme of ['https', 'http'] as const) {
      // The empty method stands for every one that no rule mentions.
      for (const method of [...methods, '']) {
        this.#visits += rules.length;
        if (this.#visits > VISITS_IN_ALL) return { verdict: 'capture', undecided: true };
        const here = rules.filter(
          (rule) => rule[scheme] && (rule.methods === null || rule.methods.includes(method)),
        );
        visitCell(here, fallback, found);
        if (found.isCapture) return { verdict: 'capture', undecided: false };
      }
    }
    if (found.undecided) return { verdict: 'capture', undecided: true };
    return { verdict: found.mask === BIT.deny ? 'deny' : 'pass', undecided: false };
  }
}

/** Literals are canonical paths themselves, or begin some. */
function isNonEmpty(rule: Rule): boolean {
  return rule.paths.some((path) => path.kind !== 'regex');
}

class Found {
  mask = 0;
  undecided = false;

  get isCapture(): boolean {
    return (this.mask & BIT.execute) !== 0 || this.mask === (BIT.pass | BIT.deny);
  }

  /** Notes `action` if some canonical path of `paths` escapes every earlier pattern. */
  consider(action: Action, paths: readonly PathPattern[], earlier: readonly PathPattern[]): void {
    if ((this.mask & BIT[action]) !== 0) return;
    const rest = remainderOf(paths, earlier);
    if (rest.kind === 'nonempty') this.mask |= BIT[action];
    else if (rest.kind === 'undecided') this.undecided = true;
  }
}

/** One scheme and one method: `rules` are those that take part, in order. */
function visitCell(rules: readonly Rule[], fallback: DefaultAction, found: Found): void {
  const earlier: PathPattern[] = [];
  for (const rule of rules) {
    found.consider(rule.action, rule.paths, earlier);
    if (found.isCapture || rule.paths.some((path) => path.kind === 'all')) return;
    for (const path of rule.paths) earlier.push(path);
  }
  found.consider(fallback, ALL, earlier);
}
