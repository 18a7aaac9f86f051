/** Writing all artefacts or none. */

import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Diagnostic, diagnostic, type Result } from '../diagnostics/index.js';
import type { Artifact } from '../emit/backend.js';
import { leftBehind } from './check.js';
import { errorCode, obstacles, readOrNull } from './folder.js';
import { digestOf, isArtifactPath, LOCK_PATH, lockedArtifacts } from './lock.js';

export interface Written {
  /** Paths below the folder, in the order of the artefacts. */
  readonly written: readonly string[];
  /** Artefacts of an older compile, unchanged since, that are no part of this one and were removed. */
  readonly removed: readonly string[];
}

/** One at a time may write into a folder; a second compile waits for nobody and says so. */
const STAGING = '.intercept-staging';

/**
 * Writes all artefacts below `folder`, or leaves it as it was. They are staged in the folder, synced to disk and then
 * renamed into place, the lock last: after a power cut between two renames `--check` reports the folder as stale.
 * Codes: `output/in-the-way`, `output/busy`, `output/write`.
 */
export async function writeArtifacts(
  folder: string,
  artifacts: readonly Artifact[],
): Promise<Result<Written>> {
  for (const { path } of artifacts) {
    if (!isArtifactPath(path)) throw new Error(`artefact path leaves its folder: ${path}`);
  }
  try {
    return await stageAndCommit(folder, artifacts);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return refused([cannotWrite(folder, error)]);
  }
}

function refused(diagnostics: readonly Diagnostic[]): Result<never> {
  return { ok: false, diagnostics };
}

function cannotWrite(folder: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return diagnostic('output/write', { message: `cannot write into ${folder}: ${reason}` });
}

async function stageAndCommit(
  folder: string,
  artifacts: readonly Artifact[],
): Promise<Result<Written>> {
  const paths = artifacts.map(({ path }) => path);
  const blocked = await obstacles(folder, paths);
  if (blocked.length > 0) return refused(blocked);
  await mkdir(folder, { recursive: true });
  const staging = join(folder, STAGING);
  if (!(await claim(staging))) return refused([busy(folder, staging)]);
  const madeFolders: string[] = [];
  try {
    await stage(staging, artifacts);
    // Looked at again under the claim: what was free a moment ago may not be now.
    const late = await obstacles(folder, paths);
    if (late.length > 0) return refused(late);
    const removed = await removable(folder, artifacts);
    await makeFolders(folder, paths, madeFolders);
    await commit(folder, staging, lockLast(paths), removed);
    madeFolders.length = 0;
    return { ok: true, value: { written: paths, removed }, diagnostics: [] };
  } finally {
    await rm(staging, { recursive: true, force: true });
    for (const made of madeFolders.reverse()) await rmdir(made).catch(() => undefined);
  }
}

/** Claims the folder for this process; takes over what a dead process left. */
async function claim(staging: string): Promise<boolean> {
  for (const last of [false, true]) {
    try {
      await mkdir(staging, { mode: 0o700 });
      await sayWhoseItIs(staging);
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    if (last || (await isAlive(staging))) return false;
    await rm(staging, { recursive: true, force: true });
  }
  return false;
}

async function sayWhoseItIs(staging: string): Promise<void> {
  try {
    await writeSynced(join(staging, 'pid'), Buffer.from(String(process.pid)));
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

async function isAlive(staging: string): Promise<boolean> {
  const text = await readFile(join(staging, 'pid'), 'utf8').catch(() => '');
  if (!/^[1-9]\d*$/.test(text)) return true;
  try {
    process.kill(Number(text), 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function busy(folder: string, staging: string): Diagnostic {
  return diagnostic('output/busy', {
    message: `another compile is writing into ${folder}`,
    hint: `If none is running, remove ${staging}.`,
  });
}

/** Where a staged file waits: flat, so that staging needs no folders of its own. */
function stagedName(path: string): string {
  return `new-${path.replaceAll('/', '+')}`;
}

async function stage(staging: string, artifacts: readonly Artifact[]): Promise<void> {
  for (const { path, bytes } of artifacts)
    await writeSynced(join(staging, stagedName(path)), bytes);
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What an older compile left and nobody changed since: it may go. */
async function removable(
  folder: string,
  artifacts: readonly Artifact[],
): Promise<readonly string[]> {
  const lockBytes = await readOrNull(join(folder, LOCK_PATH));
  const locked = (lockBytes === null ? null : lockedArtifacts(lockBytes)) ?? new Map();
  const unchanged: string[] = [];
  for (const path of await leftBehind(folder, artifacts)) {
    const bytes = await readOrNull(join(folder, path));
    if (bytes !== null && digestOf(bytes) === locked.get(path)) unchanged.push(path);
  }
  return unchanged;
}

async function makeFolders(
  folder: string,
  paths: readonly string[],
  made: string[],
): Promise<void> {
  for (const parent of new Set(paths.map(dirname).filter((path) => path !== '.'))) {
    const first = await mkdir(join(folder, parent), { recursive: true });
    if (first !== undefined) made.push(join(folder, parent));
  }
}

function lockLast(paths: readonly string[]): readonly string[] {
  return [
    ...paths.filter((path) => path !== LOCK_PATH),
    ...paths.filter((path) => path === LOCK_PATH),
  ];
}

/** Renames everything into place; where one step fails, the steps before it are undone. */
async function commit(
  folder: string,
  staging: string,
  paths: readonly string[],
  removed: readonly string[],
): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const path of removed) {
      const target = join(folder, path);
      const kept = join(staging, `old-${randomBytes(8).toString('hex')}`);
      await rename(target, kept);
      undo.push(() => rename(kept, target));
    }
    for (const path of paths) {
      const target = join(folder, path);
      const kept = join(staging, `old-${randomBytes(8).toString('hex')}`);
      const existed = await keepOld(target, kept);
      await rename(join(staging, stagedName(path)), target);
      undo.push(() => (existed ? rename(kept, target) : rm(target, { force: true })));
    }
    for (const parent of new Set(paths.map(dirname))) await syncFolder(join(folder, parent));
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

async function keepOld(target: string, kept: string): Promise<boolean> {
  try {
    await link(target, kept);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    // Not every file system has hard links.
    await copyFile(target, kept);
    return true;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
