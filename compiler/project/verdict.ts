/** The verdict of one host at one port: which rule decisions occur there, over schemes, methods and canonical paths. */

import type { DefaultAction, Rule, Verdict } from '../policy/types.js';
import { BIT, Found, MAX_PATH_STEPS, visitCell } from './cell.js';

/** Rules that share a port range, ascending, with what is asked of them often. */
export interface RuleList {
  /** Equal for equal lists. */
  readonly id: number;
  readonly rules: readonly number[];
  /** Bits of the actions that occur among them. */
  readonly actions: number;
  /** No path of theirs is `*` or a regex: finitely many literals, which never cover all paths. */
  readonly literal: boolean;
}

/** Rule visits that all verdicts of a policy together may cost before they count as undecided. */
const MAX_VISITS = 20_000_000;
/** Longer lists are told apart by identity; they are those of wide patterns, of which there are few. */
const COMPARED_RULES = 16;

export interface Judged {
  readonly verdict: Verdict;
  /** The work bound was reached: the verdict is `capture` for want of a proof. */
  readonly undecided: boolean;
}

const CAPTURE: Judged = { verdict: 'capture', undecided: false };
const UNDECIDED: Judged = { verdict: 'capture', undecided: true };

export class VerdictJudge {
  readonly #rules: readonly Rule[];
  readonly #shapes: readonly number[];
  readonly #lists = new Map<string, RuleList>();
  readonly #known = new Map<string, Judged>();
  readonly #work = { steps: MAX_PATH_STEPS };
  #nextList = 0;
  #visits = 0;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#shapes = shapesOf(rules);
  }

  listOf(rules: readonly number[]): RuleList {
    if (rules.length > COMPARED_RULES) return this.#newList(rules);
    const key = rules.join();
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = this.#newList(rules);
      this.#lists.set(key, list);
    }
    return list;
  }

  #newList(rules: readonly number[]): RuleList {
    let actions = 0;
    let literal = true;
    for (const index of rules) {
      const rule = this.#rules[index]!;
      actions |= BIT[rule.action];
      literal &&= rule.paths.every((path) => path.kind === 'prefix' || path.kind === 'exact');
    }
    return { id: this.#nextList++, rules, actions, literal };
  }

  /** `lists`: the rules of the host and of each shorter match of it, all of them covering the port. */
  judge(lists: readonly RuleList[], fallback: DefaultAction): Judged {
    let mask = BIT[fallback];
    for (const list of lists) mask |= list.actions;
    if (mask === BIT.pass) return { verdict: 'pass', undecided: false };
    if (mask === BIT.deny) return { verdict: 'deny', undecided: false };
    const rules = this.#merge(lists);
    if (rules === null) return UNDECIDED;
    const first = this.#rules[rules[0]!]!;
    if (first.paths.some((path) => path.kind !== 'regex')) {
      if (first.action === 'execute') return CAPTURE;
      if (first.action !== fallback && lists.every((list) => list.literal)) return CAPTURE;
    }
    const key = `${fallback}|${rules.map((index) => this.#shapes[index]).join()}`;
    let judged = this.#known.get(key);
    if (judged === undefined) {
      judged = this.#judgeCells(
        rules.map((index) => this.#rules[index]!),
        fallback,
      );
      this.#known.set(key, judged);
    }
    return judged;
  }

  /** All rules in order, up to the first that matches every request; null where the work bound is reached. */
  #merge(lists: readonly RuleList[]): readonly number[] | null {
    const at = lists.map(() => 0);
    const merged: number[] = [];
    for (;;) {
      let from = -1;
      let lowest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < lists.length; i++) {
        const next = lists[i]!.rules[at[i]!];
        if (next !== undefined && next < lowest) {
          lowest = next;
          from = i;
        }
      }
      if (from < 0) return merged;
      if (++this.#visits > MAX_VISITS) return null;
      at[from]!++;
      if (merged[merged.length - 1] !== lowest) merged.push(lowest);
      if (matchesAll(this.#rules[lowest]!)) return merged;
    }
  }

  #judgeCells(rules: readonly Rule[], fallback: DefaultAction): Judged {
    const found = new Found();
    for (const scheme of ['https', 'http'] as const) {
      for (const method of methodGroups(rules)) {
        this.#visits += rules.length;
        if (this.#visits > MAX_VISITS) return UNDECIDED;
        const here = rules.filter(
          (rule) => rule[scheme] && (rule.methods === null || rule.methods.includes(method)),
        );
        visitCell(here, fallback, found, this.#work);
        if (found.isCapture) return CAPTURE;
      }
    }
    if (found.undecided) return UNDECIDED;
    return { verdict: found.mask === BIT.deny ? 'deny' : 'pass', undecided: false };
  }
}

function matchesAll(rule: Rule): boolean {
  return (
    rule.http &&
    rule.https &&
    rule.methods === null &&
    rule.paths.some(({ kind }) => kind === 'all')
  );
}

/** One method of each group that the rules do not tell apart; the empty one stands for all that no rule mentions. */
function methodGroups(rules: readonly Rule[]): readonly string[] {
  const sets = [...new Set(rules.map((rule) => rule.methods?.join() ?? ''))].filter(
    (set) => set !== '',
  );
  const lists = sets.map((set) => new Set(set.split(',')));
  const groups = new Map<string, string>([['', '']]);
  for (const methods of lists) {
    for (const method of methods) {
      const key = lists.flatMap((list, index) => (list.has(method) ? [index] : [])).join();
      if (!groups.has(key)) groups.set(key, method);
    }
  }
  return [...groups.values()];
}

/** Equal numbers for rules that differ in nothing that a verdict depends on but hosts and ports. */
function shapesOf(rules: readonly Rule[]): readonly number[] {
  const numbers = new Map<string, number>();
  return rules.map((rule) => {
    const paths = rule.paths.map((path) => {
      if (path.kind === 'all') return '*';
      if (path.kind === 'exact') return `=${path.path}`;
      return path.kind === 'prefix' ? `<${path.prefix}` : `^${path.source}`;
    });
    const key = JSON.stringify([rule.action, rule.http, rule.https, rule.methods, paths]);
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
    }
    return number;
  });
}
