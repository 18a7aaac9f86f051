/** Numbers of a whole run. */

import { reachesThreshold } from '../../policy-test/index.js';
import { isFailed, type ManifestResult } from './run.js';

export interface Outcome {
  readonly manifests: readonly ManifestResult[];
  /** Percent; undefined where none was asked for. */
  readonly threshold: number | undefined;
}

export interface Summary {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  /** One case in one runtime each. */
  readonly checks: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

export function summaryOf({ manifests }: Outcome): Summary {
  const results = manifests.flatMap((one) => one.results);
  const checks = results.flatMap((one) => one.checks);
  const count = (status: string): number => checks.filter((one) => one.status === status).length;
  const failed = results.filter(isFailed).length;
  return {
    cases: results.length,
    passed: results.length - failed,
    failed,
    checks: { passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
  };
}

/** Manifests whose coverage is too low. */
export function belowThreshold({ manifests, threshold }: Outcome): readonly ManifestResult[] {
  if (threshold === undefined) return [];
  return manifests.filter(({ coverage }) => !reachesThreshold(coverage, threshold));
}

/** Every case as expected, and enough covered. */
export function isFine(outcome: Outcome): boolean {
  return summaryOf(outcome).failed === 0 && belowThreshold(outcome).length === 0;
}

/** Rounded down, so that 100 % is said of nothing less: `66.6%`. */
export function percentText(percent: number): string {
  return `${Math.floor(percent * 10) / 10}%`;
}
