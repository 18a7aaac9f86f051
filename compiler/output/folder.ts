/** Reading an output folder without following what does not belong there. */

import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Diagnostic, diagnostic } from '../diagnostics/index.js';

/** The code of a system error (`ENOENT`); undefined where it is none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

async function statOrNull(read: () => Promise<Stats>): Promise<Stats | null> {
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** What stands in the way of writing or reading `paths` below `folder`; empty where nothing does. */
export async function obstacles(
  folder: string,
  paths: readonly string[],
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  const inTheWay = (path: string, what: string): void => {
    found.push(diagnostic('output/in-the-way', { message: `${join(folder, path)} is ${what}` }));
  };
  // The folder itself was named by the user and may be a link; what is below it may not.
  const top = await statOrNull(() => stat(folder));
  if (top !== null && !top.isDirectory()) inTheWay('', 'not a folder');
  if (top === null || found.length > 0) return found;
  for (const path of new Set(paths.map(dirname).filter((parent) => parent !== '.'))) {
    const at = await statOrNull(() => lstat(join(folder, path)));
    if (at !== null && !at.isDirectory()) inTheWay(path, describe(at, 'not a folder'));
  }
  if (found.length > 0) return found;
  for (const path of paths) {
    const at = await statOrNull(() => lstat(join(folder, path)));
    if (at !== null && !at.isFile()) inTheWay(path, describe(at, 'not a regular file'));
  }
  return found;
}

function describe(at: Stats, otherwise: string): string {
  if (at.isSymbolicLink()) return 'a symbolic link';
  return at.isDirectory() ? 'a folder' : otherwise;
}

/** The bytes of a file; null where there is none. */
export async function readOrNull(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
