/**
 * The exact difference of two policies: which requests are decided differently, and which settings differ. Requests are
 * compared by their rule decision: action, and for `execute` the integration. Pure, and bounded in work.
 */

import { Budget } from '../analyse/budget.js';
import type { Policy } from '../policy/types.js';
import { COMPARE_WORK } from './budget.js';
import { changesOf } from './changes.js';
import { compareSettings } from './settings.js';
import type { Difference } from './types.js';

export { COMPARE_WORK } from './budget.js';
export type {
  Change,
  ChangeKind,
  Difference,
  Effect,
  Requests,
  Setting,
  SettingKey,
  Undecided,
} from './types.js';

/** @param work bound in visits of rules; what is found within it holds */
export function comparePolicies(
  before: Policy,
  after: Policy,
  work: number = COMPARE_WORK,
): Difference {
  const budget = new Budget(work);
  const { changes, undecided } = changesOf({ before, after }, budget);
  const settings = compareSettings(before, after);
  const unfinished = budget.exceeded;
  return {
    equal: changes.length + settings.length + undecided.length === 0 && !unfinished,
    changes,
    settings,
    undecided,
    unfinished,
    weaker: [...changes, ...settings].some((one) => one.weaker),
  };
}
