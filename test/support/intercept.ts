/** Runs the real command line, built, in a process of its own. */

import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../setup/build.mjs';

if (!build()) throw new Error('the build failed; see above');

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const entry = join(root, 'dist', 'compiler', 'cli', 'main.js');

/** `lower … 1.2 s`: said on stderr where a compile takes longer than a second, which depends on the machine alone. */
const PROGRESS = /^\w+ … \d+\.\d s\n/gm;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** `intercept ARGS`; stdin is empty unless given. */
export function intercept(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return runProgram(process.execPath, [entry, ...args], options);
}

export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    // A command that never reads its input may be gone before all of it is written.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
      resolve({ code, stdout: text(out), stderr: text(err).replace(PROGRESS, '') });
    });
    child.stdin.end(options.input ?? '');
  });
}

export const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'intercept-test-'));

/** A folder as `init` makes it, the manifest signed. */
export async function starter(): Promise<string> {
  const folder = join(freshFolder(), 'p');
  await expectFine(['init', folder]);
  await expectFine(['sign', join(folder, 'policy.yaml'), '--key', join(folder, 'key.json')]);
  return folder;
}

/** Runs a command that must succeed. */
export async function expectFine(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const run = await intercept(args, options);
  if (run.code !== 0) {
    throw new Error(`intercept ${args.join(' ')} exited ${run.code}\n${run.stdout}${run.stderr}`);
  }
  return run;
}
