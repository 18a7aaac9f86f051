/** Whether an answer is what the test expects. What a test leaves open, the reference interpreter settles for the rest. */

import type { Decision } from '../policy/index.js';
import type { Answer, Case, Difference, TestedRuntime } from './types.js';

/** Empty where the answer of `runtime` is as expected. `reference` is the answer of the reference interpreter. */
export function differencesOf(
  one: Case,
  runtime: TestedRuntime,
  answer: Answer,
  reference: Answer,
): readonly Difference[] {
  const found: Difference[] = [];
  if (one.kind === 'request' && answer.decision !== null) {
    found.push(...decisionDifferences(one.expected, answer.decision, 'test'));
    const said = new Set(found.map(({ what }) => what));
    if (reference.decision !== null) {
      const rest = decisionDifferences(wholly(reference.decision), answer.decision, 'reference');
      found.push(...rest.filter(({ what }) => !said.has(what) && !isAsked(one.expected, what)));
    }
  }
  const wanted = one.verdicts[runtime];
  const expected = wanted ?? reference.verdict;
  if (answer.verdict !== expected) {
    const by = wanted === undefined ? 'reference' : 'test';
    found.push({ what: 'verdict', expected, got: answer.verdict, by });
  }
  return found;
}

type Expected = Extract<Case, { kind: 'request' }>['expected'];

function wholly({ action, rule, integrationId, reason }: Decision): Expected {
  return { action, rule, integrationId, reason: reason ?? null };
}

function isAsked(expected: Expected, what: Difference['what']): boolean {
  if (what === 'integration_id') return expected.integrationId !== undefined;
  return what === 'action' || (what !== 'verdict' && expected[what] !== undefined);
}

function decisionDifferences(
  expected: Expected,
  got: Decision,
  by: Difference['by'],
): Difference[] {
  const { action, rule, integrationId, reason } = expected;
  const pairs: readonly (readonly [
    Difference['what'],
    string | number | null | undefined,
    string | number | null,
  ])[] = [
    ['action', action, got.action],
    ['rule', rule, typeof rule === 'string' ? got.integrationId : got.rule],
    ['integration_id', integrationId, got.integrationId],
    ['reason', reason, got.reason ?? null],
  ];
  return pairs.flatMap(([what, wanted, given]) =>
    wanted === undefined || wanted === given ? [] : [{ what, expected: wanted, got: given, by }],
  );
}
