/** Bounded work: an entangled pair of policies ends with a clear word, never in a hang. */

import { weightOf } from '../analyse/literals.js';
import type { PathPattern } from '../policy/types.js';

/** In visits of rules or patterns; tens of millions of them take a second. */
export const COMPARE_WORK = 200_000_000;
/** What each automaton of a question costs beside its size. */
const AUTOMATON_COST = 3_000;
/** What a joint state costs, and how many a question may meet at most. */
const STATE_COST = 10;
const MAX_STATES = 10_000;

/** What a question about these patterns costs at most, or nearly so. */
export function costOf(patterns: readonly PathPattern[]): number {
  let cost = patterns.length;
  let states = 1;
  let regexes = 0;
  for (const pattern of patterns) {
    if (pattern.kind !== 'regex') continue;
    regexes++;
    cost += AUTOMATON_COST + weightOf(pattern);
    states = Math.min(MAX_STATES, states * pattern.program.stateCount);
  }
  return regexes === 0 ? cost : cost + STATE_COST * states;
}
