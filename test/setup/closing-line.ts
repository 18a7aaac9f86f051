/** Prints `N passed, M failed, K skipped` as the run's last line, and fails a run in which nothing was tested. */

import type { TestModule, TestRunEndReason } from 'vitest/node';
import type { Reporter } from 'vitest/reporters';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function count(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    // A module that fails to load has no tests to count, and must not vanish.
    if (module.errors().length > 0) counts.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      else if (state === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
  }
  return counts;
}

export default class ClosingLine implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const { passed, failed, skipped } = count(modules);
    const broken = failed + errors.length + (reason === 'interrupted' ? 1 : 0);
    const skippedInCi = process.env['CI'] === 'true' && skipped > 0;
    if (skippedInCi) process.stdout.write(`\nIn CI nothing may be skipped: ${skipped} skipped\n`);
    if (passed === 0) process.stdout.write('\nNo test passed\n');
    process.stdout.write(`\n${passed} passed, ${broken} failed, ${skipped} skipped\n`);
    if (broken > 0 || passed === 0 || skippedInCi) process.exitCode = 1;
  }
}
