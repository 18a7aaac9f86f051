/** The C host table, compiled and asked; the BPF maps, loaded and asked in the kernel. */

import { openBpfRunner } from '../../../runtime-bpf/runner.js';
import { openCRunner, type VerdictQuery, type VerdictRunner } from '../../../runtime-c/runner.js';
import type { Result } from '../../diagnostics/index.js';
import { formatAddress } from '../../request/index.js';
import type { PolicySource, Runtime, RuntimeName, SightQuery } from './types.js';

export function openC(source: PolicySource): Promise<Result<Runtime>> {
  return open('c', textOf(source, 'c/broker_host_table.h'), openCRunner);
}

export function openBpf(source: PolicySource): Promise<Result<Runtime>> {
  return open('bpf', textOf(source, 'bpf/broker_policy_maps.h'), openBpfRunner);
}

function textOf({ artifacts }: PolicySource, path: string): string {
  const artifact = artifacts.find((one) => one.path === path);
  if (artifact === undefined) throw new Error(`${path} was not compiled`);
  return Buffer.from(artifact.bytes).toString('utf8');
}

async function open(
  name: RuntimeName,
  header: string,
  opener: (headers: readonly string[]) => Promise<Result<VerdictRunner>>,
): Promise<Result<Runtime>> {
  const opened = await opener([header]);
  if (!opened.ok) return opened;
  const runner = opened.value;
  const runtime: Runtime = {
    name,
    decide: null,
    verdicts: (queries) => runner.verdicts(queries.map(queryOf)),
    close: () => runner.close(),
  };
  return { ok: true, value: runtime, diagnostics: opened.diagnostics };
}

function queryOf(sight: SightQuery): VerdictQuery {
  return sight.kind === 'name'
    ? { kind: 'name', host: sight.name, port: sight.port }
    : { kind: 'address', ip: formatAddress(sight.address), port: sight.port };
}
