/** Reading artefacts back: the whole set that the lock lists, each with the digest that it lists. */

import { join } from 'node:path';
import { diagnostic, failure, type Result } from '../diagnostics/index.js';
import type { Artifact } from '../emit/backend.js';
import { obstacles, readOrNull } from './folder.js';
import { digestOf, LOCK_PATH, lockedArtifacts } from './lock.js';

/** Codes `output/lock`, `output/in-the-way`. */
export async function readArtifacts(folder: string): Promise<Result<readonly Artifact[]>> {
  const blocked = await obstacles(folder, [LOCK_PATH]);
  if (blocked.length > 0) return failure(...blocked);
  const lockBytes = await readOrNull(join(folder, LOCK_PATH));
  const locked = lockBytes === null ? null : lockedArtifacts(lockBytes);
  if (locked === null) return refused(`${join(folder, LOCK_PATH)} is missing or no lock`);
  const late = await obstacles(folder, [...locked.keys()]);
  if (late.length > 0) return failure(...late);
  const artifacts: Artifact[] = [];
  for (const [path, digest] of locked) {
    const bytes = await readOrNull(join(folder, path));
    if (bytes === null) return refused(`${join(folder, path)} is missing`);
    if (digestOf(bytes) !== digest) return refused(`${join(folder, path)} was changed`);
    artifacts.push({ path, bytes });
  }
  return { ok: true, value: artifacts, diagnostics: [] };
}

function refused(message: string): Result<never> {
  return failure(diagnostic('output/lock', { message, hint: 'Compile again.' }));
}
