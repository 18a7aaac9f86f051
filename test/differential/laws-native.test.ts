/** Law 2: the C tables and the maps in the kernel give the Node engine's verdicts. `LAWS_NATIVE_POLICIES` runs longer. */

import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { bpfBackend } from '../../compiler/emit/bpf/index.js';
import { cBackend } from '../../compiler/emit/c/index.js';
import type { Backend } from '../../compiler/emit/index.js';
import { canonicalHost, hostText } from '../../compiler/request/index.js';
import { openBpfRunner } from '../../runtime-bpf/runner.js';
import { openCRunner, type VerdictQuery, type VerdictRunner } from '../../runtime-c/runner.js';
import { policyOf } from '../policy/manifests.js';
import { manifest } from './arbitrary.js';
import { type Compiled, compile, QUERIES, type Query, verdictByEngine } from './laws.js';

const POLICIES = Number(process.env['LAWS_NATIVE_POLICIES'] ?? 50);
const SEED = Number(process.env['LAWS_SEED'] ?? 20261122);

const compiled: readonly Compiled[] = fc
  .sample(manifest, { numRuns: POLICIES, seed: SEED })
  .map((input) => compile(policyOf(input)));
const inCi = process.env['CI'] === 'true';
const opened: VerdictRunner[] = [];

afterAll(async () => {
  for (const runner of opened) await runner.close();
});

function headers(backend: Backend): string[] {
  return compiled.map(({ image, policy }) => {
    const origins = {
      file: 'policy.yaml',
      compilerVersion: '0',
      ruleLines: policy.rules.map(() => 1),
      kid: null,
    };
    const [artifact] = backend.emit(image, origins);
    return Buffer.from(artifact!.bytes).toString('utf8');
  });
}

/** Law 2 is over canonical hosts. */
function queryOf({ kind, host, port }: Query): VerdictQuery {
  const canonical = canonicalHost(host);
  if (!canonical.ok) throw new Error(canonical.error.message);
  const text = hostText(canonical.value);
  return kind === 'name' && canonical.value.kind === 'name'
    ? { kind: 'name', host: text, port }
    : { kind: kind === 'name' ? 'address' : kind, ip: text, port };
}

const RUNTIMES = [
  ['c', cBackend, openCRunner],
  ['bpf', bpfBackend, openBpfRunner],
] as const;

for (const [name, backend, open] of RUNTIMES)
  test(`${name} answers as Node does`, { timeout: 3_600_000 }, async (context) => {
    const runner = await open(headers(backend));
    if (!runner.ok) {
      const why = runner.diagnostics
        .map(({ message, hint }) => `${message} ${hint ?? ''}`)
        .join('\n');
      if (inCi) throw new Error(why);
      return context.skip(`${name}: ${why}`);
    }
    opened.push(runner.value);
    const queries = QUERIES.map(queryOf);
    for (const [index, { matcher }] of compiled.entries()) {
      const verdicts = await runner.value.verdicts(queries, index);
      const wanted = QUERIES.map((query) => verdictByEngine(matcher, query));
      const wrong = QUERIES.flatMap((query, at) =>
        verdicts[at] === wanted[at]
          ? []
          : [`policy ${index}: ${JSON.stringify(query)} ${verdicts[at]}, Node ${wanted[at]}`],
      );
      expect(wrong).toEqual([]);
    }
  });
