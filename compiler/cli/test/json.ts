/** A run of policy tests as a program reads it. */

import { percentOf } from '../../policy-test/index.js';
import { answerOf } from '../decide/answer.js';
import type { CaseResult, Check, ManifestResult } from './run.js';
import { isFailed } from './run.js';
import { belowThreshold, type Outcome, summaryOf } from './summary.js';

type Value = Readonly<Record<string, unknown>>;

export function jsonValue(outcome: Outcome): Value {
  const low = new Set(belowThreshold(outcome));
  return {
    summary: summaryOf(outcome),
    ...(outcome.threshold === undefined ? {} : { threshold: outcome.threshold }),
    manifests: outcome.manifests.map((one) => ({
      manifest: one.name,
      policy_id: one.compiled.policyId,
      runtimes: one.runtimes,
      coverage: coverageValue(one),
      ...(outcome.threshold === undefined ? {} : { reaches_threshold: !low.has(one) }),
      cases: one.results.map(caseValue),
    })),
  };
}

function coverageValue({ coverage, compiled }: ManifestResult): Value {
  const place = (rule: number): Value => ({
    rule,
    integration_id: compiled.policy.rules[rule]?.integrationId,
    line: compiled.document.locate(['match_rules', rule]).line,
  });
  const { rules, patterns } = coverage;
  return {
    rules: { total: rules.total, percent: percentOf(rules), missed: rules.missed.map(place) },
    patterns: {
      total: patterns.total,
      percent: percentOf(patterns),
      missed: patterns.missed.map(({ rule, kind, pattern }) => ({ ...place(rule), kind, pattern })),
    },
  };
}

function caseValue(result: CaseResult): Value {
  const { file, line, column } = result.case.at;
  return {
    name: result.case.name,
    kind: result.case.kind,
    ok: !isFailed(result),
    file,
    line,
    column,
    checks: result.checks.map(checkValue),
  };
}

function checkValue(check: Check): Value {
  if (check.status === 'skipped') return { runtime: check.runtime, status: check.status };
  const { runtime, status, answer, differences } = check;
  const decision = answer.decision === null ? {} : { decision: answerOf(answer.decision) };
  return { runtime, status, ...decision, verdict: answer.verdict, differences };
}
