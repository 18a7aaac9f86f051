/** Programs that are measured run in plain Node, without a loader in between: as what users run does. */

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What the compiled package finds beside `dist`. */
const BESIDE = ['compiler', 'runtime-bpf', 'runtime-c', 'schemas', 'node_modules'];

/**
 * Compiles the package and its benches into `folder`, as the published package is laid out; types are checked elsewhere.
 * Gives back where the benches stand.
 */
export function buildBenches(folder: string): string {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noCheck', '--noEmit', 'false', '--declaration', 'false'];
  const args = [compiler, '-p', 'tsconfig.json', ...options, '--outDir', join(folder, 'dist')];
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  for (const name of BESIDE) symlinkSync(join(root, name), join(folder, name));
  return join(folder, 'dist', 'test', 'bench');
}

/** Runs a compiled program and gives back the JSON that it prints. What a shell sets for other programs stays out. */
export function runProgram(
  program: string,
  args: readonly string[],
  flags: readonly string[] = [],
): unknown {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const run = spawnSync(process.execPath, [...flags, program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (run.status !== 0) throw new Error(`${program} ended with ${run.status ?? run.signal}`);
  return JSON.parse(run.stdout);
}
