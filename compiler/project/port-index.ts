/** The rules of one host pattern, by port. */

import type { Rule } from '../policy/types.js';
import type { RuleList, VerdictJudge } from './verdict.js';

/** Thrown where a policy passes a documented limit; `projectPolicy` turns it into a diagnostic. */
export class LimitReached extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Pairs of a rule and a port range that one host pattern may have. */
export const MAX_PORT_OVERLAP = 16_777_216;

export class PortIndex {
  /** First port of each range; the first is 0, the last runs to 65535. */
  readonly starts: readonly number[];
  readonly #lists: readonly RuleList[];

  constructor(indices: readonly number[], rules: readonly Rule[], judge: VerdictJudge) {
    const changes = new Map<number, { add: number[]; drop: number[] }>([
      [0, { add: [], drop: [] }],
    ]);
    const at = (port: number) => {
      let change = changes.get(port);
      if (change === undefined) {
        change = { add: [], drop: [] };
        changes.set(port, change);
      }
      return change;
    };
    for (const index of indices) {
      for (const { lo, hi } of rules[index]!.ports) {
        at(lo).add.push(index);
        if (hi < 65535) at(hi + 1).drop.push(index);
      }
    }
    const starts = [...changes.keys()].sort((a, b) => a - b);
    let active: readonly number[] = [];
    let pairs = 0;
    this.starts = starts;
    this.#lists = starts.map((port) => {
      active = apply(active, changes.get(port)!);
      pairs += active.length;
      if (pairs > MAX_PORT_OVERLAP) {
        throw new LimitReached(
          'limit/port-overlap',
          `the rules of one host pattern overlap in more than ${MAX_PORT_OVERLAP} pairs of rule and port range`,
        );
      }
      return judge.listOf(active);
    });
  }

  /** The rules that cover `port`. */
  at(port: number): RuleList {
    return this.#lists[this.rangeAt(port)]!;
  }

  /** Number of the range that holds `port`. */
  rangeAt(port: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= port) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Starts of ranges that lie within `lo` (left out) to `hi`. */
  startsWithin(lo: number, hi: number): readonly number[] {
    const from = this.rangeAt(lo) + 1;
    const to = this.rangeAt(hi) + 1;
    return this.starts.slice(from, to);
  }
}

/** A rule's ranges are disjoint and not adjacent, so no rule is in both lists of a change. */
function apply(
  active: readonly number[],
  change: { add: number[]; drop: number[] },
): readonly number[] {
  if (change.add.length === 0 && change.drop.length === 0) return active;
  const dropped = new Set(change.drop);
  const kept = active.filter((index) => !dropped.has(index));
  kept.push(...change.add);
  return kept.sort((a, b) => a - b);
}
