/**
 * Policy to findings, and to how far each runtime can enforce each rule. Pure: the clock is an argument. Questions about
 * paths are put to automata, ports are intervals, methods sets; every witness was confirmed by the reference interpreter.
 */

import { compareDiagnostics, diagnostic } from '../diagnostics/index.js';
import type { Diagnostic, Locate } from '../diagnostics/types.js';
import type { Target } from '../emit/backend.js';
import type { Policy } from '../policy/types.js';
import { Budget } from './budget.js';
import { CHECKS } from './checks/index.js';
import { Ground } from './reach.js';

export {
  type Enforcement,
  enforceability,
  type RuleEnforcement,
  type RuntimeEnforcement,
} from './enforcement.js';

export interface AnalyseOptions {
  /** What the policy's validity is judged at. */
  readonly now: Date;
  /** Runtimes whose limits are worth a warning. */
  readonly targets: readonly Target[];
  /** The manifest's value: its texts are searched for secrets, and findings point at its items. */
  readonly manifest?: unknown;
}

/** All findings, in the order of the text. None of them stops a compilation. */
export function analysePolicy(
  policy: Policy,
  locate: Locate,
  options: AnalyseOptions,
): readonly Diagnostic[] {
  const { now, targets, manifest } = options;
  const ground = new Ground(policy);
  const hidden = new Set<number>();
  const findings: Diagnostic[] = [];
  const unfinished: string[] = [];
  for (const { title, check } of CHECKS) {
    const budget = new Budget();
    for (const found of check({ policy, ground, locate, now, targets, manifest, budget, hidden }))
      findings.push(found);
    if (budget.exceeded) unfinished.push(title);
  }
  if (unfinished.length > 0) findings.push(budgetFinding(locate, unfinished));
  return findings.sort(compareDiagnostics);
}

function budgetFinding(locate: Locate, unfinished: readonly string[]): Diagnostic {
  return diagnostic('limit/analysis-budget', {
    message: `the policy is too entangled to check in full: ${unfinished.join(', ')} stopped early`,
    hint: 'What was found holds, but there may be more. Fewer overlapping rules per host make it complete.',
    at: locate(['match_rules'], 'key'),
  });
}
