/** An explanation as text. Everything that stands in the manifest or the URL is made printable first. */

import type { Compiled } from '../../pipeline.js';
import type { Decision } from '../../policy/index.js';
import { printable } from '../console.js';
import type { Question, Testimony } from './ask.js';
import { canonicalText, type Trace } from './trace.js';

/** Lines of a rule that are shown. */
const FRAME_LINES = 24;
/** Earlier rules that are listed; the rest are counted. */
const MISSES = 20;

export function explanation(
  compiled: Compiled,
  question: Question,
  decision: Decision,
  trace: Trace,
  testimonies: readonly Testimony[],
): string {
  const lines = [
    `request    ${question.method} ${question.url}`,
    `canonical  ${question.request.method} ${canonicalText(question.request)}`,
    `decision   ${decisionText(decision)}`,
    ...ruleLines(compiled, decision),
    ...readingLines(decision, trace),
    ...missLines(compiled, trace),
    '',
    'runtime    decision              verdict',
    ...testimonies.map(testimonyLine),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function decisionText({ action, rule, integrationId, reason }: Decision): string {
  if (reason === 'ambiguous_path') return `${action}: servers may read this path in several ways`;
  return rule === null
    ? `${action}: no rule matches`
    : `${action} by rule ${rule} (${integrationId})`;
}

function place({ document }: Compiled, rule: number): string {
  return `${document.file}:${document.locate(['match_rules', rule]).line}`;
}

function ruleLines(compiled: Compiled, { rule }: Decision): readonly string[] {
  if (rule === null) return [];
  const { document } = compiled;
  const { line, endLine, endColumn } = document.locate(['match_rules', rule]);
  // A block ends at the start of the line behind it.
  const last = endColumn === 1 && endLine > line ? endLine - 1 : endLine;
  const shown = Math.min(last, line + FRAME_LINES - 1);
  const width = String(shown).length;
  const source = Array.from({ length: shown - line + 1 }, (_, at) => {
    const number = String(line + at).padStart(width);
    return `  ${number} | ${document.source.line(line + at).slice(0, 200)}`.trimEnd();
  });
  const more = last > shown ? [`  ${' '.repeat(width)} | … ${last - shown} more lines`] : [];
  return ['', place(compiled, rule), ...source, ...more];
}

function readingLines(decision: Decision, { readings }: Trace): readonly string[] {
  if (readings.length < 2) return [];
  const heading =
    decision.reason === 'ambiguous_path'
      ? 'readings of the path, which are decided differently'
      : 'readings of the path, all of one effect';
  return ['', heading, ...readings.map(({ path, decision: text }) => `  ${path}  ${text}`)];
}

function missLines(compiled: Compiled, trace: Trace): readonly string[] {
  const { misses, otherHosts, exemption } = trace;
  const listed = misses
    .slice(0, MISSES)
    .map(({ rule, reason }) => `  rule ${rule} at ${place(compiled, rule)}: ${reason}`);
  if (misses.length > MISSES) listed.push(`  … and ${misses.length - MISSES} more on this host`);
  if (otherHosts > 0) {
    const rules = otherHosts === 1 ? '1 rule is' : `${otherHosts} rules are`;
    listed.push(`  ${rules} for other hosts`);
  }
  if (exemption !== null) listed.push(`  ${exemption}`);
  return listed.length === 0 ? [] : ['', 'why no earlier rule', ...listed];
}

function testimonyLine(one: Testimony): string {
  const name = one.runtime.padEnd(10);
  if (!one.available) return `${name} not available: ${one.reason}`;
  const decision = one.decision === null ? 'sees no request' : shortText(one.decision);
  return `${name} ${decision.padEnd(21)} ${one.verdict}`;
}

function shortText({ action, rule, reason }: Decision): string {
  if (reason !== undefined) return `${action}, ${reason}`;
  return rule === null ? `${action}, no rule` : `${action}, rule ${rule}`;
}
