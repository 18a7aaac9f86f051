/** The differences of a case, runtimes that say the same put together. */

import type { Decision } from '../../policy/index.js';
import type { Difference, TestedRuntime } from '../../policy-test/index.js';
import type { CaseResult } from './run.js';

export interface SharedDifference extends Difference {
  readonly runtimes: readonly TestedRuntime[];
}

export function sharedDifferences({ checks }: CaseResult): readonly SharedDifference[] {
  const found = new Map<string, SharedDifference>();
  for (const check of checks) {
    if (check.status !== 'failed') continue;
    for (const one of check.differences) {
      const key = JSON.stringify([one.what, one.expected, one.got, one.by]);
      const runtimes = found.get(key)?.runtimes ?? [];
      found.set(key, { ...one, runtimes: [...runtimes, check.runtime] });
    }
  }
  return [...found.values()];
}

/** `expected deny, got execute`; null is `none`. */
export function differenceText({ what, expected, got, by }: Difference): string {
  const text = (value: string | number | null): string => (value === null ? 'none' : String(value));
  const source = by === 'reference' ? ', as the reference says' : '';
  return `${what}: expected ${text(expected)}${source}, got ${text(got)}`;
}

/** The decision that a failing runtime gave otherwise than expected; null where no decision is at fault. */
export function wrongDecision({ checks }: CaseResult): Decision | null {
  for (const check of checks) {
    if (check.status !== 'failed' || check.answer.decision === null) continue;
    if (check.differences.some(({ what }) => what !== 'verdict')) return check.answer.decision;
  }
  return null;
}
