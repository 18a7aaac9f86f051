/** Programs that are measured run in plain Node, without a loader in between: as what users run does. */

import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles the bench programs `names` of `folder` into `out`, each file by itself; their types are checked elsewhere. */
export function compilePrograms(folder: string, names: readonly string[], out: string): void {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options =
    '--ignoreConfig --noCheck --noResolve --module esnext --target es2022 --verbatimModuleSyntax';
  const files = names.map((name) => join(folder, `${name}.ts`));
  execFileSync(process.execPath, [
    compiler,
    ...options.split(' '),
    '--rootDir',
    folder,
    '--outDir',
    out,
    ...files,
  ]);
  writeFileSync(join(out, 'package.json'), '{"type": "module"}\n');
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
