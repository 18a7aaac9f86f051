/** `--check`: does a folder hold exactly these artefacts? */

import { join } from 'node:path';
import { type Diagnostic, diagnostic } from '../diagnostics/index.js';
import type { Artifact } from '../emit/backend.js';
import { obstacles, readOrNull } from './folder.js';
import { LOCK_PATH, lockedArtifacts } from './lock.js';

/**
 * Every artefact that is missing, whose bytes differ, or that an older compile left behind; empty where the folder is
 * up to date. Codes `output/missing`, `output/stale`, `output/extra`, `output/in-the-way`.
 */
export async function checkArtifacts(
  folder: string,
  artifacts: readonly Artifact[],
): Promise<readonly Diagnostic[]> {
  const blocked = await obstacles(
    folder,
    artifacts.map(({ path }) => path),
  );
  if (blocked.length > 0) return blocked;
  const found: Diagnostic[] = [];
  for (const { path, bytes } of artifacts) {
    const present = await readOrNull(join(folder, path));
    if (present === null) {
      found.push(diagnostic('output/missing', { message: `${join(folder, path)} is missing` }));
    } else if (!Buffer.from(bytes).equals(present)) {
      found.push(diagnostic('output/stale', { message: `${join(folder, path)} is stale` }));
    }
  }
  for (const path of await leftBehind(folder, artifacts)) {
    found.push(
      diagnostic('output/extra', {
        message: `${join(folder, path)} was left behind by an older compile`,
      }),
    );
  }
  return found;
}

/** Paths that the folder's own lock lists, that exist, and that are no artefact any more. */
export async function leftBehind(
  folder: string,
  artifacts: readonly Artifact[],
): Promise<readonly string[]> {
  const wanted = new Set(artifacts.map(({ path }) => path));
  const bytes = await readOrNull(join(folder, LOCK_PATH));
  const locked = bytes === null ? null : lockedArtifacts(bytes);
  const left: string[] = [];
  for (const path of locked?.keys() ?? []) {
    if (wanted.has(path)) continue;
    if ((await obstacles(folder, [path])).length > 0) continue;
    if ((await readOrNull(join(folder, path))) !== null) left.push(path);
  }
  return left;
}
