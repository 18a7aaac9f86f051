/** From lines to answers, in order, whatever stands in them. */

import type { Decision, Verdict } from '../../policy/index.js';
import type { RequestError } from '../../request/index.js';
import type { Runtime, SightQuery } from '../runtimes/types.js';
import { parseLine } from './query.js';

export type Answer =
  | {
      readonly action: Decision['action'];
      readonly rule: number | null;
      readonly integration_id: string | null;
      readonly reason?: 'ambiguous_path';
    }
  | { readonly verdict: Verdict }
  | { readonly error: RequestError };

/** A decision with the key names of the command's output. */
export function answerOf(decision: Decision): Answer {
  const { action, rule, integrationId, reason } = decision;
  return {
    action,
    rule,
    integration_id: integrationId,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** One answer for each line. The sights of all lines go to the runtime together. */
export async function answerLines(
  runtime: Runtime,
  lines: readonly Uint8Array[],
): Promise<readonly Answer[]> {
  const answers: (Answer | null)[] = [];
  const sights: SightQuery[] = [];
  for (const line of lines) {
    const parsed = parseLine(line);
    if (!parsed.ok) answers.push({ error: parsed.error });
    else if (parsed.query.kind === 'request') {
      answers.push(decide(runtime, parsed.query.url, parsed.query.method));
    } else {
      sights.push(parsed.query.sight);
      answers.push(null);
    }
  }
  const verdicts = sights.length === 0 ? [] : await runtime.verdicts(sights);
  if (verdicts.length !== sights.length) throw new Error(`${runtime.name} left queries unanswered`);
  let next = 0;
  return answers.map((answer) => answer ?? { verdict: verdicts[next++]! });
}

function decide(runtime: Runtime, url: string, method: string): Answer {
  if (runtime.decide === null) {
    const message = `the ${runtime.name} runtime sees connections, not requests: ask {"host", "port"} or {"ip", "port"}`;
    return { error: { code: 'request/bad-shape', message } };
  }
  const answer = runtime.decide(url, method);
  if ('error' in answer) {
    const { code, message } = answer.error;
    return { error: { code, message } };
  }
  return answerOf(answer.decision);
}
