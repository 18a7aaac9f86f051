/** Laws 1, 3 and 4 over random policies: the reference interpreter against the Node engine. `LAWS_POLICIES` runs longer. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleDecision } from '../../compiler/policy/index.js';
import { canonicalParts } from '../../compiler/request/index.js';
import { policyOf } from '../policy/manifests.js';
import { HOSTS, METHODS, manifest, PATHS } from './arbitrary.js';
import {
  checkDecision,
  compile,
  QUERIES,
  type Query,
  sample,
  verdictByEngine,
  verdictByOracle,
} from './laws.js';

const POLICIES = Number(process.env['LAWS_POLICIES'] ?? 150);
const SAMPLES = 120;
let decisions = 0;

test('every decision and every verdict is the reference interpreter\u2019s', {
  timeout: 3_600_000,
}, () => {
  fc.assert(
    fc.property(
      manifest,
      fc.array(sample, { minLength: SAMPLES, maxLength: SAMPLES }),
      (input, samples) => {
        const compiled = compile(policyOf(input));
        for (const one of samples) checkDecision(compiled, one);
        for (const query of QUERIES) {
          expect(verdictByEngine(compiled.matcher, query), JSON.stringify(query)).toBe(
            verdictByOracle(compiled.policy, query),
          );
        }
        decisions += samples.length * 2 + QUERIES.length;
      },
    ),
    { numRuns: POLICIES, endOnFailure: false },
  );
  expect(decisions).toBeGreaterThan(POLICIES * 1000);
});

/** Rule decisions that really occur at a name, found by trying. */
function actionsByTrial(compiled: ReturnType<typeof compile>, { host, port }: Query): Set<string> {
  const actions = new Set<string>();
  for (const scheme of ['http', 'https']) {
    for (const method of METHODS) {
      for (const path of PATHS) {
        const request = canonicalParts(scheme, host, port, method, path);
        if (request.ok) actions.add(ruleDecision(compiled.policy, request.value).action);
      }
    }
  }
  return actions;
}

test('a verdict is what trying many requests shows', { timeout: 600_000 }, () => {
  const query = fc.record({
    kind: fc.constant('name' as const),
    host: fc.constantFrom(...HOSTS),
    port: fc.constantFrom(80, 443, 8000, 8443),
  });
  fc.assert(
    fc.property(manifest, query, (input, one) => {
      const compiled = compile(policyOf(input));
      const found = actionsByTrial(compiled, one);
      const verdict = verdictByEngine(compiled.matcher, one);
      if (found.size > 1 || found.has('execute')) expect(verdict).toBe('capture');
      else if (verdict !== 'capture') expect(found).toEqual(new Set([verdict]));
    }),
    { numRuns: POLICIES },
  );
});
