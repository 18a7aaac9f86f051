/** Finding a C compiler, and building in a private folder that goes away. */

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnostic } from '../compiler/diagnostics/index.js';
import type { Diagnostic, Result } from '../compiler/diagnostics/types.js';

/** The first of these that this machine has. */
export function findCommand(names: readonly string[]): string | null {
  return (
    names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) ?? null
  );
}

export function unavailable(runtime: string, reason: string, hint: string): Diagnostic {
  return diagnostic('runtime/unavailable', {
    message: `The ${runtime} runtime cannot run here: ${reason}.`,
    hint,
  });
}

export function failed(runtime: string, reason: string): Diagnostic {
  return diagnostic('runtime/failed', { message: `The ${runtime} runtime failed: ${reason}` });
}

/** A folder that only this user can read, and the function that removes it; it goes at the process's end at the latest. */
export function privateFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'broker-interceptor-'));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path, remove };
}

/** Runs a compiler. A failure carries its messages. */
export function runCompiler(command: string, args: readonly string[]): Promise<Result<null>> {
  return new Promise((resolve) => {
    execFile(command, [...args], { maxBuffer: 1 << 24 }, (error, _out, messages) => {
      if (error === null) resolve({ ok: true, value: null, diagnostics: [] });
      else resolve({ ok: false, diagnostics: [failed(command, messages.trim() || error.message)] });
    });
  });
}
