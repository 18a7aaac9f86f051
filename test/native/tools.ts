/** What the native tests need of the machine, and how they say that it is not there. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import type { Result } from '../../compiler/diagnostics/types.js';

const inCi = process.env['CI'] === 'true';

export function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Skips the test, loudly, where the machine lacks something; in CI that is a failure. */
export function needs(context: TestContext, there: boolean, what: string): void {
  if (there) return;
  if (inCi) throw new Error(`CI lacks ${what}`);
  console.warn(`SKIPPED, this machine lacks ${what}: ${context.task.name}`);
  context.skip(`lacks ${what}`);
}

/** The value; a test whose runtime is not available here is skipped. */
export function available<T>(context: TestContext, result: Result<T>): T {
  if (result.ok) return result.value;
  const reason = result.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n');
  if (result.diagnostics.some(({ code }) => code !== 'runtime/unavailable'))
    throw new Error(reason);
  needs(context, false, reason);
  throw new Error('unreachable');
}

export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'bi-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Runs a command; throws with its messages where it fails. */
export function run(command: string, args: readonly string[], input?: Uint8Array): string {
  const done = spawnSync(command, [...args], { input, maxBuffer: 1 << 28 });
  if (done.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')}\n${done.stderr?.toString() ?? ''}${done.error?.message ?? ''}`,
    );
  }
  return done.stdout.toString();
}
