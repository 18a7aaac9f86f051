/** Bounded work: an entangled pair of policies ends with a clear word, never in a hang. */

import { weightOf } from '../analyse/literals.js';
import type { PathPattern } from '../policy/types.js';

/** In visits of rules or patterns; tens of millions of them take a second. */
export const COMPARE_WORK = 200_000_000;
/** What a question that needs automata costs beside the size of its automata. */
const AUTOMATON_COST = 20_000;

export class Budget {
  #left: number;

  constructor(units: number = COMPARE_WORK) {
    this.#left = units;
  }

  /** False once the work is used up; it stays so. */
  spend(units: number): boolean {
    this.#left -= units;
    return this.#left >= 0;
  }

  get exceeded(): boolean {
    return this.#left < 0;
  }
}

/** What a question about these patterns costs. */
export function costOf(patterns: readonly PathPattern[]): number {
  let cost = patterns.length;
  let regexes = 0;
  for (const pattern of patterns) {
    if (pattern.kind !== 'regex') continue;
    regexes++;
    cost += weightOf(pattern);
  }
  return regexes === 0 ? cost : cost + AUTOMATON_COST * regexes;
}
