/** One scheme and one group of methods: which actions occur there, over canonical paths. */

import { type Budget, isCovered, isLiteral, LiteralSet, MAX_JOINT_STATES } from '../paths/index.js';
import type { Action, DefaultAction, PathPattern, Rule } from '../policy/types.js';

export const BIT: Readonly<Record<Action, number>> = { pass: 1, deny: 2, execute: 4 };

/** Steps of automata that one question, and that all questions of a policy, may cost before they count as undecided. */
const STEPS_PER_QUESTION = 20_000_000;
export const MAX_PATH_STEPS = 60_000_000;

const ALL: readonly PathPattern[] = [{ kind: 'all' }];

/** Actions found so far; `steps` is what is left of the policy's work. */
export class Found {
  mask = 0;
  undecided = false;

  get isCapture(): boolean {
    return (this.mask & BIT.execute) !== 0 || this.mask === (BIT.pass | BIT.deny);
  }
}

/** What earlier rules match: literals in a set, to be asked in one look-up; regexes only where that leaves a doubt. */
class Earlier {
  readonly #literals = new LiteralSet([]);
  readonly #patterns: PathPattern[] = [];
  #regexes = false;

  add(paths: readonly PathPattern[]): void {
    for (const path of paths) {
      this.#patterns.push(path);
      if (isLiteral(path)) this.#literals.add(path);
      else this.#regexes = true;
    }
  }

  /** Are all canonical paths of `paths` matched already? */
  covers(paths: readonly PathPattern[], work: { steps: number }): 'yes' | 'no' | 'undecided' {
    const open = paths.filter((path) => !(isLiteral(path) && this.#literals.covers(path)));
    if (open.length === 0) return 'yes';
    if (!this.#regexes && open.some(isLiteral)) return 'no';
    if (work.steps <= 0) return 'undecided';
    const steps = Math.min(work.steps, STEPS_PER_QUESTION);
    const budget: Budget = { states: MAX_JOINT_STATES, steps };
    const answer = isCovered(open, this.#patterns, budget);
    // Taking the patterns apart is work too.
    work.steps -= steps - budget.steps + this.#patterns.length;
    return answer;
  }
}

/** `rules` are those that take part, in order. */
export function visitCell(
  rules: readonly Rule[],
  fallback: DefaultAction,
  found: Found,
  work: { steps: number },
): void {
  const earlier = new Earlier();
  const consider = (action: Action, paths: readonly PathPattern[]): void => {
    if ((found.mask & BIT[action]) !== 0) return;
    const covered = earlier.covers(paths, work);
    if (covered === 'no') found.mask |= BIT[action];
    else if (covered === 'undecided') found.undecided = true;
  };
  for (const rule of rules) {
    consider(rule.action, rule.paths);
    if (found.isCapture || rule.paths.some((path) => path.kind === 'all')) return;
    earlier.add(rule.paths);
  }
  consider(fallback, ALL);
}
