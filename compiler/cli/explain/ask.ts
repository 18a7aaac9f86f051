/** Asks every runtime for one request, each from its own artefact, and compares. */

import { diagnostic, failure, type Result } from '../../diagnostics/index.js';
import type { Compiled } from '../../pipeline.js';
import type { Decision, Verdict } from '../../policy/index.js';
import type { CanonicalRequest } from '../../request/index.js';
import { openRuntime } from '../runtimes/open.js';
import { RUNTIMES, type Runtime, type RuntimeName, type SightQuery } from '../runtimes/types.js';

export type Testimony = {
  readonly runtime: RuntimeName;
} & (
  | { readonly available: false; readonly reason: string }
  | {
      readonly available: true;
      /** Null where the runtime sees connections only. */
      readonly decision: Decision | null;
      readonly verdict: Verdict;
    }
);

export interface Question {
  readonly url: string;
  readonly method: string;
  readonly request: CanonicalRequest;
}

/** Code `runtime/failed`: a runtime that fails has said nothing, and nothing is made of that. */
export async function askAll(
  compiled: Compiled,
  question: Question,
): Promise<Result<readonly Testimony[]>> {
  const testimonies: Testimony[] = [];
  for (const name of RUNTIMES) {
    const opened = await openRuntime(name, compiled);
    if (opened.ok) {
      const asked = await ask(opened.value, question);
      if (!asked.ok) return asked;
      testimonies.push(asked.value);
    } else if (opened.diagnostics.every(({ code }) => code === 'runtime/unavailable')) {
      const reason = opened.diagnostics.map(({ message }) => message).join('; ');
      testimonies.push({ runtime: name, available: false, reason });
    } else {
      return opened;
    }
  }
  return { ok: true, value: testimonies, diagnostics: [] };
}

async function ask(runtime: Runtime, question: Question): Promise<Result<Testimony>> {
  try {
    return { ok: true, value: await hear(runtime, question), diagnostics: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failure(diagnostic('runtime/failed', { message: `${runtime.name}: ${reason}` }));
  } finally {
    await runtime.close();
  }
}

async function hear(runtime: Runtime, question: Question): Promise<Testimony> {
  const { host, port } = question.request;
  const sight: SightQuery = { ...host, port };
  const [verdict] = await runtime.verdicts([sight]);
  if (verdict === undefined) throw new Error('no verdict');
  const answer = runtime.decide?.(question.url, question.method) ?? null;
  if (answer !== null && 'error' in answer) throw new Error(answer.error.message);
  return { runtime: runtime.name, available: true, decision: answer?.decision ?? null, verdict };
}

/** What is wrong with the testimonies taken together; empty where they agree and no verdict lets the request slip. */
export function conflicts(testimonies: readonly Testimony[]): readonly string[] {
  const heard = testimonies.flatMap((one) => (one.available ? [one] : []));
  const [first] = heard;
  if (first === undefined || first.decision === null) throw new Error('the reference always runs');
  const { decision, verdict } = first;
  const found: string[] = [];
  for (const one of heard) {
    if (one.decision !== null && !sameDecision(one.decision, decision)) {
      found.push(`${one.runtime} decides otherwise than ${first.runtime}`);
    }
    if (one.verdict !== verdict) {
      found.push(`the verdict of ${one.runtime} is ${one.verdict}, of ${first.runtime} ${verdict}`);
    }
    if (decision.action !== 'pass' && one.verdict === 'pass') {
      found.push(
        `${one.runtime} would pass a connection whose request is decided ${decision.action}`,
      );
    }
  }
  return found;
}

function sameDecision(a: Decision, b: Decision): boolean {
  return (
    a.action === b.action &&
    a.rule === b.rule &&
    a.integrationId === b.integrationId &&
    a.reason === b.reason
  );
}
