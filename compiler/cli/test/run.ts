/** Puts the cases of all tests of one manifest to every runtime that is here. */

import { diagnostic, failure, type Result } from '../../diagnostics/index.js';
import type { Compiled } from '../../pipeline.js';
import {
  type Answer,
  type Case,
  type Coverage,
  coverageOf,
  type Difference,
  differencesOf,
  type PolicyTest,
  TESTED_RUNTIMES,
  type TestedRuntime,
} from '../../policy-test/index.js';
import { openRuntime } from '../runtimes/open.js';
import type { Runtime, SightQuery } from '../runtimes/types.js';

/** One case in one runtime. A runtime that is not here has neither passed nor failed. */
export type Check = { readonly runtime: TestedRuntime } & (
  | { readonly status: 'skipped' }
  | {
      readonly status: 'passed' | 'failed';
      readonly answer: Answer;
      readonly differences: readonly Difference[];
    }
);

export interface CaseResult {
  readonly test: PolicyTest;
  readonly case: Case;
  readonly checks: readonly Check[];
}

export type Presence =
  | { readonly runtime: TestedRuntime; readonly available: true }
  | { readonly runtime: TestedRuntime; readonly available: false; readonly reason: string };

export interface ManifestResult {
  /** As the command names it in what it prints. */
  readonly name: string;
  readonly compiled: Compiled;
  readonly runtimes: readonly Presence[];
  readonly results: readonly CaseResult[];
  readonly coverage: Coverage;
}

interface Testimony {
  readonly presence: Presence;
  /** Null where the runtime is not here; otherwise one for each case. */
  readonly answers: readonly Answer[] | null;
}

/** Code `runtime/failed`, and `runtime/unavailable` for a runtime of `required` that this machine lacks. */
export async function runTests(
  name: string,
  compiled: Compiled,
  tests: readonly PolicyTest[],
  required: readonly TestedRuntime[] | undefined,
): Promise<Result<ManifestResult>> {
  const cases = tests.flatMap((test) => test.cases.map((one) => ({ test, case: one })));
  const asked: Testimony[] = [];
  for (const runtime of runtimesToAsk(required)) {
    const answers = await ask(
      runtime,
      compiled,
      cases.map((one) => one.case),
      required?.includes(runtime) === true,
    );
    if (!answers.ok) return answers;
    asked.push(answers.value);
  }
  const reference = asked.find(({ presence }) => presence.runtime === 'reference')?.answers;
  if (reference === undefined || reference === null) throw new Error('the reference always runs');
  const shown = asked.filter(({ presence }) => required?.includes(presence.runtime) ?? true);
  const results = cases.map((one, at) => ({
    ...one,
    checks: shown.map(({ presence, answers }) =>
      checkOf(one.case, presence.runtime, answers?.[at], reference[at]!),
    ),
  }));
  const requests = cases.flatMap((one) => (one.case.kind === 'request' ? [one.case.request] : []));
  const value = {
    name,
    compiled,
    runtimes: shown.map(({ presence }) => presence),
    results,
    coverage: coverageOf(compiled.policy, requests),
  };
  return { ok: true, value, diagnostics: [] };
}

/** The reference is always asked: it settles what a test leaves open. */
function runtimesToAsk(required: readonly TestedRuntime[] | undefined): readonly TestedRuntime[] {
  return TESTED_RUNTIMES.filter(
    (runtime) => runtime === 'reference' || required === undefined || required.includes(runtime),
  );
}

function checkOf(
  one: Case,
  runtime: TestedRuntime,
  answer: Answer | undefined,
  reference: Answer,
): Check {
  if (answer === undefined) return { runtime, status: 'skipped' };
  const differences = differencesOf(one, runtime, answer, reference);
  return { runtime, status: differences.length === 0 ? 'passed' : 'failed', answer, differences };
}

async function ask(
  name: TestedRuntime,
  compiled: Compiled,
  cases: readonly Case[],
  isRequired: boolean,
): Promise<Result<Testimony>> {
  const opened = await openRuntime(name, compiled);
  if (!opened.ok) {
    const isAbsent = opened.diagnostics.every(({ code }) => code === 'runtime/unavailable');
    if (isRequired || !isAbsent) return opened;
    const reason = opened.diagnostics.map(({ message }) => message).join('; ');
    const presence = { runtime: name, available: false, reason } as const;
    return { ok: true, value: { presence, answers: null }, diagnostics: [] };
  }
  try {
    const answers = await answersOf(opened.value, cases);
    const presence = { runtime: name, available: true } as const;
    return { ok: true, value: { presence, answers }, diagnostics: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failure(diagnostic('runtime/failed', { message: `${name}: ${reason}` }));
  } finally {
    await opened.value.close();
  }
}

async function answersOf(runtime: Runtime, cases: readonly Case[]): Promise<readonly Answer[]> {
  const verdicts = await runtime.verdicts(cases.map(sightOf));
  if (verdicts.length !== cases.length) throw new Error('queries were left unanswered');
  return cases.map((one, at) => {
    const verdict = verdicts[at]!;
    if (one.kind === 'connection' || runtime.decide === null) return { decision: null, verdict };
    const answer = runtime.decide(one.url, one.method);
    if ('error' in answer) throw new Error(`${one.name}: ${answer.error.message}`);
    return { decision: answer.decision, verdict };
  });
}

function sightOf(one: Case): SightQuery {
  if (one.kind === 'connection') return { ...one.host, port: one.port };
  return { ...one.request.host, port: one.request.port };
}

export function isFailed({ checks }: CaseResult): boolean {
  return checks.some(({ status }) => status === 'failed');
}
