/**
 * The compiler, stage by stage: `npx tsx test/bench/compile.ts [--cpu-prof=DIR] [RULES...]`. Each run is a fresh process, as a
 * user's is, so the time of the optimiser counts.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signedManifest } from './compile/manifest.js';
import type { StageTime } from './compile/stages.js';
import { buildBenches, runProgram } from './plain.js';
import { judged, median, printTable } from './table.js';

const args = process.argv.slice(2);
const numbers = args.filter((arg) => !arg.startsWith('--')).map(Number);
const sizes = numbers.length > 0 ? numbers : [1000, 10_000];
const profile = args.find((arg) => arg.startsWith('--cpu-prof='))?.slice('--cpu-prof='.length);

function runStages(folder: string, what: 'parse' | 'all', flags: readonly string[]): StageTime[] {
  const program = join(built, 'compile', 'stages.js');
  return runProgram(
    program,
    [folder, what],
    ['--max-old-space-size=12288', ...flags],
  ) as StageTime[];
}

/** Median times of several runs; the memory is the first's. */
function medianRun(runs: readonly StageTime[][]): StageTime[] {
  return runs[0]!.map((stage, i) => ({ ...stage, ms: median(runs.map((run) => run[i]!.ms)) }));
}

const total = (stages: readonly StageTime[]): number => stages.reduce((sum, { ms }) => sum + ms, 0);

/** Table of one size; gives back microseconds a rule of everything, and of everything behind the parse. */
function report(rules: number, parse: readonly StageTime[], all: readonly StageTime[]): void {
  const [start, read, ...rest] = all as [StageTime, StageTime, ...StageTime[]];
  const row = ({ stage, ms, rss, peak }: StageTime): string[] => [
    stage,
    ms.toFixed(1),
    ((ms * 1000) / rules).toFixed(2),
    (ms / read.ms).toFixed(3),
    rss.toFixed(0),
    peak.toFixed(0),
  ];
  console.log(`\nCompiling ${rules} rules\n`);
  const alone = { ...parse.at(-1)!, stage: 'yaml library alone', ms: total(parse) };
  const after = { ...rest.at(-1)!, stage: 'all behind read', ms: total(rest) };
  printTable(
    ['stage', 'ms', 'us a rule', 'of read', 'RSS MB after', 'peak MB'],
    [row(alone), ...all.map(row), row(after)],
  );
  const memory = (after.peak - read.peak) / (read.peak - start.peak);
  console.log(
    `\nbehind read, of read: ${(after.ms / read.ms).toFixed(2)} (${judged(after.ms / read.ms, 'at most', 1)})`,
  );
  console.log(
    `behind read, of the yaml library alone: ${(after.ms / alone.ms).toFixed(2)} (${judged(after.ms / alone.ms, 'at most', 1)})`,
  );
  console.log(
    `peak memory behind read, of read's: ${memory.toFixed(2)} (${judged(memory, 'at most', 1)})`,
  );
}

/** Time a rule from one size to the next: 1 is linear. */
function growth(runs: ReadonlyMap<number, readonly StageTime[]>): void {
  const [first, ...larger] = [...runs];
  if (first === undefined || larger.length === 0) return;
  const [base, stages] = first;
  console.log(`\nTime a rule, of that at ${base} rules\n`);
  const rows = stages
    .slice(1)
    .map(({ stage, ms }, i) => [
      stage,
      ...larger.map(([rules, run]) => (run[i + 1]!.ms / rules / (ms / base)).toFixed(2)),
    ]);
  const sum = larger.map(([rules, run]) =>
    (total(run) / rules / (total(stages) / base)).toFixed(2),
  );
  printTable(['stage', ...larger.map(([rules]) => String(rules))], [...rows, ['all', ...sum]]);
}

const work = mkdtempSync(join(tmpdir(), 'bi-compile-'));
const built = buildBenches(work);
try {
  const runs = new Map<number, readonly StageTime[]>();
  for (const rules of sizes) {
    const folder = join(work, String(rules));
    mkdirSync(folder);
    const { text, keys } = await signedManifest(rules);
    writeFileSync(join(folder, 'policy.yaml'), text);
    writeFileSync(join(folder, 'keys.json'), keys);
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const count = rules > 20_000 || profile !== undefined ? 1 : 3;
    const repeat = (what: 'parse' | 'all'): StageTime[] =>
      medianRun(Array.from({ length: count }, () => runStages(folder, what, flags)));
    const all = repeat('all');
    report(rules, repeat('parse'), all);
    runs.set(rules, all);
  }
  growth(runs);
} finally {
  rmSync(work, { recursive: true, force: true });
}
