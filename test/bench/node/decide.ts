/**
 * Decisions in Node, side by side in one run: `npx tsx test/bench/node/decide.ts [--peers] [SIZE...]`. With `--peers`, routers
 * are installed into a temporary folder with npm.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBenches, runProgram } from '../plain.js';
import { judged, median, printTable, sorted } from '../table.js';
import { allocationKinds, allocationPolicy } from './allocation-kinds.js';
import { writeModule } from './emitted.js';
import { PEER_PACKAGES } from './peers.js';
import type { Timing } from './timing.js';
import { policyOfSize, requestsOf } from './workload.js';

const REQUESTS = 8192;
/** Beyond this the routers take minutes and gigabytes. */
const PEERS_MAX = 10_000;
const LIMIT = 'limit:hash parsed';
const OURS = 'decide on parts';

const args = process.argv.slice(2);
const numbers = args.filter((arg) => !arg.startsWith('--')).map(Number);
const sizes = numbers.length > 0 ? numbers : [10, 1000, 10_000, 100_000];
const work = mkdtempSync(join(tmpdir(), 'bi-bench-'));
const built = buildBenches(work);

function installPeers(): string | undefined {
  if (!args.includes('--peers')) return undefined;
  const folder = join(work, 'peers');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  try {
    execFileSync('npm', ['install', ...flags, ...PEER_PACKAGES], { cwd: folder, stdio: 'pipe' });
  } catch {
    console.log(
      `peers: not measured, since npm could not install ${PEER_PACKAGES.join(' and ')}\n`,
    );
    return undefined;
  }
  return folder;
}

/** Rounds of each implementation at one size, in a process of its own. */
function timingsAt(size: number, peers: string | undefined): readonly Timing[] {
  const folder = join(work, String(size));
  const policy = policyOfSize(size);
  writeModule(policy, folder);
  // Programs are the image's; the limit and the peers have regular expressions of their own.
  const rules = JSON.stringify(policy, (key, value: unknown) =>
    key === 'program' ? undefined : value,
  );
  writeFileSync(join(folder, 'policy.json'), rules);
  writeFileSync(join(folder, 'requests.json'), JSON.stringify(requestsOf(size, REQUESTS)));
  const operands = peers !== undefined && size <= PEERS_MAX ? [folder, peers] : [folder];
  return runProgram(join(built, 'node', 'timing.js'), operands, [
    '--max-old-space-size=8192',
  ]) as Timing[];
}

/** Median of the ratios within one round, so that a machine's slow moments count for both. */
function ratio(of: Timing, to: Timing): number {
  return median(of.rounds.map((ns, round) => ns / to.rounds[round]!));
}

function limitBound(size: number): number | null {
  if (size >= 1000) return 1;
  return size <= 10 ? 1.4 : null;
}

function targetOf(timing: Timing, ours: Timing, limit: Timing, size: number): string {
  if (timing.label === OURS) return judged(ratio(ours, limit), 'at most', limitBound(size));
  if (timing.setupMs > 0 && !timing.label.includes('before') && size >= 1000)
    return `of ours ${judged(ratio(timing, ours), 'at least', 10)}`;
  return '';
}

function decisions(peers: string | undefined): void {
  const rows: string[][] = [];
  const own = new Map<number, number>();
  for (const size of sizes) {
    const timings = timingsAt(size, peers);
    const find = (label: string): Timing => timings.find((timing) => timing.label === label)!;
    const limit = find(LIMIT);
    const ours = find(OURS);
    own.set(size, median(ours.rounds));
    for (const timing of timings) {
      const rounds = sorted(timing.rounds);
      rows.push([
        String(size),
        timing.label,
        `${median(rounds).toFixed(0)} (${rounds[0]!.toFixed(0)}..${rounds.at(-1)!.toFixed(0)})`,
        ratio(timing, limit).toFixed(2),
        ratio(timing, ours).toFixed(2),
        `${timing.agree}/${REQUESTS}`,
        targetOf(timing, ours, limit, size),
      ]);
    }
  }
  console.log(
    'Decisions in Node, half of them hits: ns a decision, median (min..max) of 31 rounds\n',
  );
  printTable(['rules', 'implementation', 'ns', 'of limit', 'of ours', 'agree', 'target'], rows);
  const first = sizes[0]!;
  const last = sizes.at(-1)!;
  if (last > first) {
    const growth = own.get(last)! / own.get(first)!;
    console.log(
      `\ndecide on parts, ${last} rules over ${first}: ${growth.toFixed(2)} (${judged(growth, 'at most', 3)})`,
    );
  }
}

function allocations(): void {
  const folder = join(work, 'allocation');
  const policy = allocationPolicy();
  writeModule(policy, folder);
  writeFileSync(join(folder, 'kinds.json'), JSON.stringify(allocationKinds()));
  const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];
  const result = runProgram(join(built, 'node', 'allocation.js'), [folder], flags) as Record<
    string,
    number
  >;
  console.log(
    '\nHeap that a decision on canonical parts leaves behind, over 1,000,000 of each kind\n',
  );
  const rows = Object.entries(result).map(([kind, bytes]) => [
    kind,
    bytes.toFixed(3),
    kind.startsWith('control') ? judged(bytes, 'at least', 16) : judged(bytes, 'at most', 0.5),
  ]);
  printTable(['kind', 'bytes a decision', 'target'], rows);
}

try {
  decisions(installPeers());
  allocations();
} finally {
  rmSync(work, { recursive: true, force: true });
}
