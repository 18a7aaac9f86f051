/**
 * `npx tsx test/bench/c/c-lookup.ts [N...]`: our C look-up beside gperf and uthash, over the same names in one run. Prints
 * nanoseconds and the ratios that issue 2 bounds. Needs cc, and gperf and uthash.h (Debian: gperf, uthash-dev).
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitCHeader } from '../../../compiler/emit/c/index.js';
import { packagePath } from '../../../compiler/package-path.js';
import { ORIGINS } from '../../native/tables.js';
import { imageOf, name, policyOf, rule, suffix } from '../../support/policies.js';
import { makeMisses, makeNames, randomNumbers } from './names.js';

const QUERIES = 8192;
const ROUNDS = '31';
/** gperf takes minutes beyond this. */
const GPERF_MAX = 10000;

function pick(names: readonly string[], count: number, seed: number): string[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => names[random(names.length)]!);
}

/** What the compiler makes of one rule for all hosts. */
function writeHeader(path: string, hosts: readonly string[]): void {
  const patterns = hosts.map((host) =>
    host.startsWith('*.') ? suffix(host.slice(2)) : name(host),
  );
  const image = imageOf(policyOf([rule(0, patterns)]));
  writeFileSync(path, emitCHeader(image, ORIGINS));
}

function compile(folder: string, source: string, name: string, ...defines: string[]): string {
  const object = join(folder, `${name}.o`);
  const core = packagePath('runtime-c', 'core');
  const flags = ['-std=c11', '-O2', '-fPIC', `-I${folder}`, `-I${core}`];
  execFileSync('cc', [...flags, ...defines.map((text) => `-D${text}`), '-c', source, '-o', object]);
  return object;
}

function compileGperf(folder: string, names: readonly string[]): string {
  writeFileSync(join(folder, 'names.gperf'), `%%\n${names.join('\n')}\n%%\n`);
  const options = ['-L', 'ANSI-C', '-C', '-l', '-N', 'in_gperf', join(folder, 'names.gperf')];
  const source = join(folder, 'gperf.c');
  const text = execFileSync('gperf', options, { maxBuffer: 1 << 28 });
  writeFileSync(source, `#include <string.h>\n${text.toString()}`);
  return compile(folder, source, 'gperf');
}

function measure(folder: string, count: number): Map<string, number> {
  const taken = new Set<string>();
  const names = makeNames(count, 1, taken);
  const misses = makeMisses(names, QUERIES, 2, taken);
  const file = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    return join(folder, name);
  };
  writeHeader(join(folder, 'exact.h'), names);
  writeHeader(
    join(folder, 'wild.h'),
    names.map((name, i) => (i % 10 === 0 ? `*.${name}` : name)),
  );
  const ours = join(import.meta.dirname, 'lookup_ours.c');
  const objects = [
    compile(folder, ours, 'exact', 'FIND=find_exact', 'HEADER="exact.h"'),
    compile(folder, ours, 'wild', 'FIND=find_wild', 'HEADER="wild.h"'),
    compile(folder, ours, 'canonical', 'FIND=find_canonical', 'HEADER="exact.h"', 'CANONICAL'),
  ];
  const gperf = count <= GPERF_MAX;
  if (gperf) objects.push(compileGperf(folder, names));
  const bench = compile(
    folder,
    join(import.meta.dirname, 'lookup_bench.c'),
    'bench',
    ...(gperf ? ['WITH_GPERF'] : []),
  );
  const program = join(folder, 'bench');
  execFileSync('cc', [bench, ...objects, '-o', program]);
  const size = execFileSync('size', ['-A', join(folder, 'exact.o')]).toString();
  const rodata = [...size.matchAll(/^\.rodata\S*\s+(\d+)/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
  const hits = file('hits.txt', pick(names, QUERIES, 3));
  const text = execFileSync(program, [
    file('names.txt', names),
    hits,
    file('misses.txt', misses),
    ROUNDS,
  ]).toString();
  const out = new Map<string, number>([['rodata', rodata]]);
  for (const line of text.trim().split('\n')) {
    const [label, ns, found] = line.split('\t') as [string, string, string];
    const expected = label.endsWith('hit') ? QUERIES : 0;
    if (Number(found) !== expected)
      throw new Error(`${label}: ${found} found, expected ${expected}`);
    out.set(label, Number(ns));
  }
  return out;
}

interface Bound {
  readonly text: string;
  readonly of: string;
  readonly to: readonly string[];
  readonly limit: (count: number) => number | null;
}

const BOUNDS: readonly Bound[] = [
  {
    text: 'hit / gperf hit',
    of: 'ours hit',
    to: ['gperf hit'],
    limit: (n) => (n >= 10000 ? 1 : n >= 1000 ? 1.3 : null),
  },
  { text: 'uthash hit / hit', of: 'uthash hit', to: ['ours hit'], limit: () => 3.5 },
  { text: 'miss / gperf miss', of: 'ours miss', to: ['gperf miss'], limit: () => 1.2 },
  {
    text: 'miss with a tenth wildcards / gperf miss',
    of: 'wild miss',
    to: ['gperf miss'],
    limit: () => 2,
  },
  { text: 'canonical hit / hit', of: 'canonical hit', to: ['ours hit'], limit: () => 2 },
];

function report(count: number, times: ReadonlyMap<string, number>): boolean {
  let fine = true;
  console.log(
    `\n${count} names: ${[...times]
      .filter(([label]) => label !== 'rodata')
      .map(([label, ns]) => `${label} ${ns.toFixed(1)}`)
      .join(', ')} ns`,
  );
  console.log(`  .rodata ${((times.get('rodata') ?? 0) / 1e6).toFixed(2)} MB`);
  for (const { text, of, to, limit } of BOUNDS) {
    const base = times.get(to[0]!);
    if (base === undefined) continue;
    const ratio = times.get(of)! / base;
    const bound = limit(count);
    const atLeast = text.startsWith('uthash');
    const good = bound === null || (atLeast ? ratio >= bound : ratio <= bound);
    fine &&= good;
    const wanted = bound === null ? 'no bound' : `${atLeast ? 'at least' : 'at most'} ${bound}`;
    console.log(
      `  ${text.padEnd(42)} ${ratio.toFixed(2).padStart(6)}   ${wanted.padEnd(14)} ${good ? 'ok' : 'MISSED'}`,
    );
  }
  return fine;
}

const folder = mkdtempSync(join(tmpdir(), 'bi-bench-'));
try {
  const counts =
    process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 1000, 10000, 100000];
  const fine = counts.map((count) => report(count, measure(folder, count)));
  if (fine.includes(false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
