/**
 * Rules of the second side that may decide what a rule of the first side decides. Rules whose twin on the first side comes
 * earlier are left out as the walk goes on: their requests were decided there. What is left is walked as a linked list, so
 * that two lists in the same order cost one step a rule.
 */

import type { Side } from './side.js';
import type { Item } from './types.js';

const SHORT = 16;

export class Candidates {
  readonly #after: Side;
  /** Place of the twin on the first side; Infinity where there is none. */
  readonly #twins: readonly number[];
  readonly #byTwin = new Map<number, number[]>();
  readonly #next: Int32Array;
  readonly #last: Int32Array;
  readonly #end: number;
  #at = 0;

  constructor(before: Side, after: Side) {
    this.#after = after;
    this.#twins = after.items.map((item) => before.twinOf(item));
    this.#end = after.items.length;
    // Place `end` stands for both ends of the list.
    this.#next = new Int32Array(this.#end + 1).map((_, place) => (place + 1) % (this.#end + 1));
    this.#last = new Int32Array(this.#end + 1).map((_, place) =>
      place > 0 ? place - 1 : this.#end,
    );
    for (const [place, twin] of this.#twins.entries()) {
      const known = this.#byTwin.get(twin);
      if (known === undefined) this.#byTwin.set(twin, [place]);
      else known.push(place);
    }
  }

  /** Rules for a rule of the first side, in order, none behind `limit`; `first` never goes back. */
  *of(first: Item, limit: number): Generator<Item> {
    for (; this.#at < first.position; this.#at++) {
      for (const place of this.#byTwin.get(this.#at) ?? []) this.#drop(place);
    }
    const near = this.#isShort(limit) ? null : this.#after.near(first.paths);
    if (near !== null) {
      for (const item of near) {
        if (item.position > limit) return;
        if (this.#twins[item.position]! >= this.#at) yield item;
      }
      return;
    }
    for (let place = this.#next[this.#end]!; place !== this.#end; place = this.#next[place]!) {
      if (place > limit) return;
      yield this.#after.items[place]!;
    }
  }

  /** Is what is left so short that walking it is less work than asking an index? */
  #isShort(limit: number): boolean {
    let place = this.#end;
    for (let steps = 0; steps < SHORT; steps++) {
      place = this.#next[place]!;
      if (place === this.#end || place > limit) return true;
    }
    return false;
  }

  #drop(place: number): void {
    const [last, next] = [this.#last[place]!, this.#next[place]!];
    this.#next[last] = next;
    this.#last[next] = last;
  }
}
