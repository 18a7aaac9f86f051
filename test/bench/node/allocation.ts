/**
 * Run by plain Node with `--expose-gc` and a young generation that no round fills: `allocation.js FOLDER`. FOLDER holds a
 * generated module and `kinds.json`, requests by kind. Prints bytes of heap that a decision of each kind leaves behind.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Matcher } from '../../../compiler/emit/node/engine/index.mjs';
import type { Request } from './workload.js';

const DECISIONS = 1_000_000;

const [folder] = process.argv.slice(2) as [string];
const kinds = JSON.parse(readFileSync(join(folder, 'kinds.json'), 'utf8')) as Record<
  string,
  Request[]
>;
const ours: Matcher = await import(pathToFileURL(join(folder, 'node', 'matcher.mjs')).href);
const { gc } = globalThis;
if (gc === undefined) throw new Error('needs --expose-gc');

type Step = (request: Request) => unknown;

const decide: Step = (r) => ours.decide(r.scheme, r.host, r.port, r.method, r.path);
const verdict: Step = (r) => ours.verdict(r.host, r.port);
/** One small object a decision: what the measurement must be able to see. */
const control: Step = (r) => ({ action: 'pass', rule: r.port });

let last: unknown;

function bytesEach(requests: readonly Request[], step: Step): number {
  const run = (): void => {
    for (let i = 0; i < DECISIONS; i++) last = step(requests[i % requests.length]!);
  };
  // Twice: the second time with what the first taught the optimiser.
  run();
  run();
  gc!();
  const before = process.memoryUsage().heapUsed;
  run();
  return (process.memoryUsage().heapUsed - before) / DECISIONS;
}

const result: Record<string, number> = {};
for (const [kind, requests] of Object.entries(kinds)) {
  result[kind] = bytesEach(requests, decide);
  result[`${kind}, verdict`] = bytesEach(requests, verdict);
}
result['control: one object'] = bytesEach(Object.values(kinds)[0]!, control);
if (last === undefined) throw new Error('nothing was decided');
console.log(JSON.stringify(result));
