/** What each class of hosts sees of either policy; equal questions are answered once. */

import type { Budget } from '../analyse/budget.js';
import type { HostClass } from './hosts.js';
import { compareLists, type Region } from './lists.js';
import { fallbackOf, itemOf, MatchNumbers, Side } from './side.js';
import type { Item, Pair } from './types.js';

type Row = Omit<Item, 'position'>;

/** What it costs to lay out one rule for comparing. */
const LIST_COST = 40;
/** Answers for longer lists are not kept: their keys would fill the memory. */
const MAX_KEPT = 2000;

export class Lookup {
  readonly #pair: Pair;
  readonly #rows: readonly [readonly Row[], readonly Row[]];
  readonly #budget: Budget;
  readonly #known = new Map<string, readonly Region[]>();

  constructor(pair: Pair, budget: Budget) {
    this.#pair = pair;
    this.#budget = budget;
    const numbers = new MatchNumbers();
    const rowsOf = (side: keyof Pair): Row[] =>
      pair[side].rules.map((rule) => itemOf(rule, numbers.of(rule)));
    this.#rows = [rowsOf('before'), rowsOf('after')];
  }

  /** @param rules the rules that may match, of either policy, as places in their lists */
  regionsOf(
    hosts: HostClass,
    rules: readonly [readonly number[], readonly number[]],
  ): readonly Region[] {
    const [before, after] = rules;
    this.#budget.spend(before.length + after.length + 1);
    if (this.#isSame(hosts, before, after)) return [];
    if (before.length + after.length > MAX_KEPT) return this.#compare(hosts, before, after);
    const ports = hosts.ports.map(({ lo, hi }) => `${lo}-${hi}`).join();
    const key = [hosts.open.join(), ports, before.join(), after.join()].join('|');
    let regions = this.#known.get(key);
    if (regions === undefined) {
      regions = this.#compare(hosts, before, after);
      this.#known.set(key, regions);
    }
    return regions;
  }

  #compare(
    { open, ports }: HostClass,
    before: readonly number[],
    after: readonly number[],
  ): readonly Region[] {
    if (!this.#budget.spend(LIST_COST * (before.length + after.length))) return [];
    const sides = [this.#side(0, before, open[0]), this.#side(1, after, open[1])] as const;
    return compareLists(sides[0], sides[1], ports, this.#budget);
  }

  #isSame({ open }: HostClass, before: readonly number[], after: readonly number[]): boolean {
    if (before.length !== after.length) return false;
    const [first, second] = this.#rows;
    const same = before.every((place, at) => {
      const [a, b] = [first[place]!, second[after[at]!]!];
      return a.match === b.match && a.effectId === b.effectId;
    });
    return same && this.#fallback(0, open[0]).effectId === this.#fallback(1, open[1]).effectId;
  }

  #side(which: 0 | 1, places: readonly number[], open: boolean): Side {
    const rows = this.#rows[which];
    return new Side([...places.map((place) => rows[place]!), this.#fallback(which, open)]);
  }

  #fallback(which: 0 | 1, open: boolean): Row {
    return fallbackOf(which === 0 ? this.#pair.before : this.#pair.after, open);
  }
}
