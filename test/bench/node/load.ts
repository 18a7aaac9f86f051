/**
 * What the generated module adds to a program's start: `npx tsx test/bench/node/load.ts [--pairs=N] [HOSTS...]`. Fresh
 * processes in pairs, one with the module as its preload and one with an empty module, in turns; and what the module loads.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judged, median, medianInterval, printTable, sorted } from '../table.js';
import { writeModule } from './emitted.js';
import { policyOfSize } from './workload.js';

const args = process.argv.slice(2);
const pairs = Number(
  args.find((arg) => arg.startsWith('--pairs='))?.slice('--pairs='.length) ?? 100,
);
const numbers = args.filter((arg) => !arg.startsWith('--')).map(Number);
const sizes = numbers.length > 0 ? numbers : [1000, 100_000];
const WARM = 3;

const { NODE_OPTIONS: _, ...env } = process.env;

interface Kind {
  readonly label: string;
  readonly flag: '--import' | '--require';
  readonly extension: 'mjs' | 'cjs';
}

const KINDS: readonly Kind[] = [
  { label: 'ESM, --import', flag: '--import', extension: 'mjs' },
  { label: 'CJS, --require', flag: '--require', extension: 'cjs' },
];

function run(flags: readonly string[], script: string, cwd: string): string {
  const done = spawnSync(process.execPath, [...flags, '-e', script], {
    cwd,
    env,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`node ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}

interface Start {
  /** From start to end of the process. */
  readonly wall: number;
  /** Processor time until the script runs: what a busy machine disturbs least. */
  readonly cpu: number;
}

/** Milliseconds of one process. */
function start(flags: readonly string[], cwd: string): Start {
  const begin = process.hrtime.bigint();
  const text = run(flags, 'const c = process.cpuUsage(); console.log(c.user + c.system)', cwd);
  return { wall: Number(process.hrtime.bigint() - begin) / 1e6, cpu: Number(text) / 1000 };
}

/** Milliseconds that the module adds, pair by pair; who goes first changes from pair to pair. */
function added(folder: string, { flag, extension }: Kind): Start[] {
  const module = [flag, `./node/matcher.${extension}`];
  const empty = [flag, `./empty.${extension}`];
  const all: Start[] = [];
  for (let pair = -WARM; pair < pairs; pair++) {
    const [first, second] = pair % 2 === 0 ? [module, empty] : [empty, module];
    const one = start(first, folder);
    const two = start(second, folder);
    const [ours, other] = pair % 2 === 0 ? [one, two] : [two, one];
    if (pair >= 0) all.push({ wall: ours.wall - other.wall, cpu: ours.cpu - other.cpu });
  }
  return all;
}

/** Modules of Node, and files that were required, that an empty preload does not load. */
function loadedBeside(folder: string, { flag, extension }: Kind): string[] {
  const list = 'JSON.stringify([...process.moduleLoadList, ...Object.keys(require.cache)])';
  const script = `console.log(${list})`;
  const listOf = (file: string): string[] =>
    JSON.parse(run([flag, file], script, folder)) as string[];
  const without = new Set(listOf(`./empty.${extension}`));
  return listOf(`./node/matcher.${extension}`).filter((name) => !without.has(name));
}

/** File access, and what Node itself loads with it. No parser, no validator, no crypto, no package is among these. */
const HARMLESS =
  /^(NativeModule (fs|path|stream|stream\/promises|internal\/(fs|streams)\/\S+|internal\/(abort_controller|modules\/esm\/initialize_import_meta))|Internal Binding fs\w*)$/;

function prove(folder: string, kind: Kind): string {
  const own = `matcher.${kind.extension}`;
  const extra = loadedBeside(folder, kind).filter((name) => !name.endsWith(own));
  const harmful = extra.filter((name) => !HARMLESS.test(name));
  if (harmful.length > 0) process.exitCode = 1;
  if (harmful.length > 0) return `${harmful.join(', ')}: MISSED`;
  return extra.length === 0 ? 'nothing' : `${extra.length} for files and streams`;
}

/** The bounds, in milliseconds. */
function boundOf(hosts: number): number {
  return hosts <= 1000 ? 2 : 6;
}

function withInterval(values: readonly number[]): string {
  const [low, high] = medianInterval(values);
  return `${median(values).toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
}

// No `node_modules` is above this folder: a module that imported a package would not start.
const work = mkdtempSync(join(tmpdir(), 'bi-load-'));
try {
  const rows: string[][] = [];
  for (const size of sizes) {
    const folder = join(work, String(size));
    mkdirSync(folder);
    for (const extension of ['mjs', 'cjs']) writeFileSync(join(folder, `empty.${extension}`), '');
    writeModule(policyOfSize(size), folder);
    const bin = statSync(join(folder, 'node', 'matcher.bin'), { throwIfNoEntry: false })?.size ?? 0;
    for (const kind of KINDS) {
      const text = statSync(join(folder, 'node', `matcher.${kind.extension}`)).size;
      const all = added(folder, kind);
      const walls = sorted(all.map(({ wall }) => wall));
      rows.push([
        String(size),
        kind.label,
        `${((text + bin) / 1024).toFixed(0)}`,
        withInterval(walls),
        `${walls[0]!.toFixed(1)}..${walls.at(-1)!.toFixed(1)}`,
        withInterval(all.map(({ cpu }) => cpu)),
        judged(median(walls), 'at most', boundOf(size)),
        prove(folder, kind),
      ]);
    }
  }
  console.log(
    `Start of Node with the generated module, less the same with an empty one: ${pairs} pairs of processes\n`,
  );
  printTable(
    [
      'hosts',
      'module',
      'KB',
      'ms added, median (95%)',
      'min..max',
      'processor ms added',
      'target',
      'loaded besides',
    ],
    rows,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
