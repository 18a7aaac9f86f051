/** A private temporary folder that artefacts are run from. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Artifact } from '../../emit/index.js';

export interface Scratch {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** Writes artefacts below a fresh folder that only this user may enter. */
export async function scratchOf(artifacts: readonly Artifact[]): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'intercept-'));
  for (const { path, bytes } of artifacts) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes, { flag: 'wx' });
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
