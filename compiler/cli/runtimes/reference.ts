/** The reference interpreter, straight from the policy. */

import { evaluate, type Policy, sightOf, verdictOf } from '../../policy/index.js';
import { canonicalUrl } from '../../request/index.js';
import type { Runtime, SightQuery } from './types.js';

export function referenceRuntime(policy: Policy): Runtime {
  const judge = (query: SightQuery) => verdictOf(policy, sightOf(query, query.port));
  return {
    name: 'reference',
    decide: (url, method) => {
      const request = canonicalUrl(url, method);
      return request.ok ? { decision: evaluate(policy, request.value) } : { error: request.error };
    },
    verdicts: async (queries) => queries.map(judge),
    close: async () => undefined,
  };
}
