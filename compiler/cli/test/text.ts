/** A run of policy tests as a person reads it. */

import { type Coverage, percentOf } from '../../policy-test/index.js';
import { colorsOf, printable } from '../console.js';
import { differenceText, sharedDifferences, wrongDecision } from './differences.js';
import { type CaseResult, isFailed, type ManifestResult } from './run.js';
import { belowThreshold, type Outcome, percentText, summaryOf } from './summary.js';

/** What a manifest's tests miss, that is listed one by one. */
const SHOWN_MISSES = 20;

type Colors = ReturnType<typeof colorsOf>;

/** Failures, then runtimes and coverage of each manifest, then one line with all numbers. */
export function textOf(outcome: Outcome): string {
  const colors = colorsOf(process.stdout);
  const low = new Set(belowThreshold(outcome));
  const lines = outcome.manifests.flatMap((one) => [
    ...one.results.filter(isFailed).flatMap((result) => failureLines(one, result, colors)),
    ...coverageLines(one),
    ...(low.has(one) ? [colors.red(`  below the threshold of ${outcome.threshold}%`)] : []),
    ...runtimeLines(one),
    '',
  ]);
  return `${[...lines, totalLine(outcome, colors)].join('\n')}\n`;
}

function failureLines(
  manifest: ManifestResult,
  result: CaseResult,
  colors: Colors,
): readonly string[] {
  const { file, line, column } = result.case.at;
  const place = printable(`${file}:${line}:${column}`);
  return [
    `${colors.red('FAIL')} ${colors.bold(printable(result.case.name))}  ${colors.dim(place)}`,
    ...sharedDifferences(result).map((one) =>
      printable(`  ${one.runtimes.join(', ')}  ${differenceText(one)}`),
    ),
    ...deciderLines(manifest, result, colors),
    '',
  ];
}

/** Which rule stands behind the answer, with its first line; and whether the rule that was expected exists. */
function deciderLines(
  manifest: ManifestResult,
  result: CaseResult,
  colors: Colors,
): readonly string[] {
  const decision = wrongDecision(result);
  if (decision === null) return [];
  const { document, policy } = manifest.compiled;
  const lines: string[] = [];
  if (decision.reason === 'ambiguous_path') {
    lines.push('  denied, since servers read this path in ways that are decided differently');
  } else if (decision.rule === null) {
    lines.push(`  no rule decides it (default_action: ${policy.defaultAction})`);
  } else {
    const { line } = document.locate(['match_rules', decision.rule]);
    const name = decision.integrationId ?? '';
    lines.push(printable(`  decided by rule ${decision.rule} (${name}), ${manifest.name}:${line}`));
    lines.push(`  ${colors.dim(`${line} |`)} ${printable(document.source.line(line))}`);
  }
  const unknown = unknownRule(manifest, result);
  return unknown === null ? lines : [...lines, printable(`  ${unknown}`)];
}

/** A mistyped rule looks like a wrong policy, so it is said. */
function unknownRule({ compiled, name }: ManifestResult, { case: one }: CaseResult): string | null {
  if (one.kind === 'connection') return null;
  const { rules } = compiled.policy;
  const { rule, integrationId } = one.expected;
  if (typeof rule === 'number' && rule >= rules.length) return `${name} has no rule ${rule}`;
  const wanted = [rule, integrationId].find(
    (id) => typeof id === 'string' && !rules.some((known) => known.integrationId === id),
  );
  return wanted === undefined ? null : `${name} has no rule with the integration_id ${wanted}`;
}

function coverageLines({ name, coverage, compiled }: ManifestResult): readonly string[] {
  const { rules, patterns } = coverage;
  const part = (what: string, of: Coverage['rules' | 'patterns']): string =>
    `${of.total - of.missed.length} of ${of.total} ${what} (${percentText(percentOf(of))})`;
  const head = printable(`${name}: covers ${part('rules', rules)}, ${part('patterns', patterns)}`);
  const label = (rule: number, key?: 'hosts' | 'path_groups'): string => {
    const path = ['match_rules', rule, ...(key === undefined ? [] : ['match', key])];
    const { line } = compiled.document.locate(path);
    return `  ${name}:${line}  rule ${rule} (${compiled.policy.rules[rule]?.integrationId ?? ''})`;
  };
  const missedRules = new Set(rules.missed);
  const misses = [
    ...rules.missed.map((rule) => `${label(rule)} decides no request of the tests`),
    ...patterns.missed
      .filter(({ rule }) => !missedRules.has(rule))
      .map(({ rule, kind, pattern }) => {
        const key = kind === 'host' ? 'hosts' : 'path_groups';
        return `${label(rule, key)}: no request for ${kind} pattern ${pattern}`;
      }),
  ];
  const rest = misses.length - SHOWN_MISSES;
  const shown = misses.slice(0, SHOWN_MISSES).map(printable);
  return [head, ...shown, ...(rest > 0 ? [`  … and ${rest} more`] : [])];
}

function runtimeLines({ runtimes }: ManifestResult): readonly string[] {
  const here = runtimes.filter(({ available }) => available).map(({ runtime }) => runtime);
  const absent = runtimes.flatMap((one) =>
    one.available ? [] : [`  NOT RUN in ${one.runtime}: ${one.reason}`],
  );
  return [`  run in ${here.join(', ')}`, ...absent].map(printable);
}

function totalLine(outcome: Outcome, colors: Colors): string {
  const { cases, passed, failed, checks } = summaryOf(outcome);
  const numbers = `${cases} ${cases === 1 ? 'case' : 'cases'}: ${passed} passed, ${failed} failed`;
  const inRuntimes = `${checks.passed + checks.failed} checks in runtimes, ${checks.skipped} skipped`;
  return `${failed === 0 ? colors.green(numbers) : colors.red(numbers)} (${inRuntimes})`;
}
