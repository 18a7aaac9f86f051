/** What each class of hosts sees of either policy; equal questions are answered once. */

import type { Budget } from './budget.js';
import type { HostClass } from './hosts.js';
import { compareLists, type Region } from './lists.js';
import { fallbackOf, itemOf, MatchNumbers, Side } from './side.js';
import type { Item, Pair } from './types.js';

type Row = Omit<Item, 'position'>;

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
  regionsOf(hosts: HostClass, rules: readonly [number[], number[]]): readonly Region[] {
    const [before, after] = rules;
    this.#budget.spend(before.length + after.length + 1);
    if (this.#isSame(hosts, before, after)) return [];
    const ports = hosts.ports.map(({ lo, hi }) => `${lo}-${hi}`).join();
    const key = [hosts.open.join(), ports, before.join(), after.join()].join('|');
    let regions = this.#known.get(key);
    if (regions === undefined) {
      const first = this.#side(0, before, hosts.open[0]);
      const second = this.#side(1, after, hosts.open[1]);
      regions = compareLists(first, second, hosts.ports, this.#budget);
      this.#known.set(key, regions);
    }
    return regions;
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
