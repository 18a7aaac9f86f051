/** Single files: new ones that overwrite nothing, and the replacement of one that is there. */

import { chmod, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Diagnostic, diagnostic } from '../diagnostics/index.js';
import { errorCode } from './folder.js';

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Permission bits; the umask takes from them. */
  readonly mode: number;
}

async function create(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function failed(path: string, error: unknown): Diagnostic {
  if (errorCode(error) === undefined) throw error;
  if (errorCode(error) === 'EEXIST') {
    return diagnostic('output/exists', { message: `${path} exists and is not overwritten` });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return diagnostic('output/write', { message: `cannot write ${path}: ${reason}` });
}

/** Creates all files or none, following no link; null where that worked. Codes `output/exists`, `output/write`. */
export async function writeNewFiles(files: readonly NewFile[]): Promise<Diagnostic | null> {
  const made: string[] = [];
  for (const { path, bytes, mode } of files) {
    try {
      await create(path, bytes, mode);
      made.push(path);
    } catch (error) {
      for (const file of made) await rm(file, { force: true });
      return failed(path, error);
    }
  }
  return null;
}

/** Puts `bytes` in the place of a file at once; it keeps its permissions. Code `output/write`. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<Diagnostic | null> {
  let staged: string | undefined;
  try {
    // Behind a link it is the file that is replaced, not the link.
    const target = await realpath(path);
    const { mode } = await stat(target);
    const beside = join(dirname(target), `.${basename(target)}.${process.pid}.new`);
    await create(beside, bytes, 0o600);
    staged = beside;
    await chmod(beside, mode & 0o777);
    await rename(beside, target);
    return null;
  } catch (error) {
    if (staged !== undefined) await rm(staged, { force: true });
    return failed(path, error);
  }
}
