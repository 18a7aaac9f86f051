/** The generated Node matcher, imported and asked. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Verdict } from '../../policy/index.js';
import { hostText } from '../../request/index.js';
import { scratchOf } from './scratch.js';
import type { PolicySource, Runtime } from './types.js';

/** What `matcher.mjs` exports (its `.d.mts` is generated beside it). */
interface MatcherModule {
  readonly decideUrl: (
    url: string,
    method: string,
  ) => {
    readonly action: 'execute' | 'deny' | 'pass';
    readonly rule: number | null;
    readonly integration_id: string | null;
    readonly reason?: 'ambiguous_path';
  };
  readonly verdict: (host: string, port: number) => Verdict;
}

function isMatcher(module: unknown): module is MatcherModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'decideUrl' in module &&
    typeof module.decideUrl === 'function' &&
    'verdict' in module &&
    typeof module.verdict === 'function'
  );
}

/** The error that the generated module throws on what is no request; anything else is a bug in it. */
function requestErrorOf(error: unknown): { code: string; message: string } {
  if (error instanceof Error && error.name === 'RequestError' && 'code' in error) {
    return { code: String(error.code), message: error.message };
  }
  throw error;
}

export async function nodeRuntime(source: PolicySource): Promise<Runtime> {
  const scratch = await scratchOf(source.artifacts.filter(({ path }) => path.startsWith('node/')));
  const file = pathToFileURL(join(scratch.folder, 'node', 'matcher.mjs'));
  const matcher: unknown = await import(file.href);
  if (!isMatcher(matcher)) throw new Error('node/matcher.mjs is no matcher');
  return {
    name: 'node',
    decide: (url, method) => {
      try {
        const { integration_id: integrationId, ...rest } = matcher.decideUrl(url, method);
        return { decision: { ...rest, integrationId } };
      } catch (error) {
        return { error: requestErrorOf(error) };
      }
    },
    verdicts: async (queries) =>
      queries.map((query) => matcher.verdict(hostText(query), query.port)),
    close: scratch.remove,
  };
}
