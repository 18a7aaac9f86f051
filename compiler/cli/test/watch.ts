/** Runs tests again whenever something changes that the last run read; each run says what that was. */

import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { errorCode } from '../../output/index.js';

/** Editors write in several steps; a change is taken up once they are quiet for this long. */
const QUIET_MS = 100;

export interface Watched {
  /** Read by the run, or looked for. */
  readonly files: readonly string[];
  /** Folders in which a new file may matter, and how its name ends. */
  readonly folders: readonly string[];
  readonly suffix: string;
}

/** Resolves on SIGINT or SIGTERM, once the run that is under way has ended. */
export async function watchRuns(run: () => Promise<Watched>): Promise<void> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  while (!end.signal.aborted) {
    const started = Date.now();
    const watched = await run();
    await changeOf(watched, started, end.signal);
  }
}

/** Resolves when a file changes, or has changed since `started`, or at the end. */
async function changeOf(watched: Watched, started: number, end: AbortSignal): Promise<void> {
  const done = new AbortController();
  const files = watched.files.map((file) => resolve(file));
  const changed = new Promise<void>((settle) => {
    let timer: NodeJS.Timeout | undefined;
    const again = (): void => {
      clearTimeout(timer);
      timer = setTimeout(settle, QUIET_MS);
    };
    watchFolders({ ...watched, files }, again, done.signal);
    // What changed while the run was reading is no event any more.
    void changedSince(files, started).then((late) => (late ? again() : undefined));
    end.addEventListener('abort', () => settle(), { once: true, signal: done.signal });
    if (end.aborted) settle();
  });
  await changed;
  done.abort();
}

/** Folders are watched, not files: an editor that replaces a file would end the watch on it. */
function watchFolders(
  { files, folders, suffix }: Watched,
  again: () => void,
  signal: AbortSignal,
): void {
  const open = folders.map((folder) => resolve(folder));
  for (const folder of new Set([...files.map((file) => dirname(file)), ...open])) {
    const names = new Set(
      files.filter((file) => dirname(file) === folder).map((file) => basename(file)),
    );
    try {
      watch(folder, { signal }, (_event, name) => {
        const isNew = name !== null && open.includes(folder) && name.endsWith(suffix);
        if (name === null || names.has(name) || isNew) again();
      });
    } catch (error) {
      // A folder that is not there has no change to tell of.
      if (errorCode(error) === undefined) throw error;
    }
  }
}

/** A time that lies ahead is a wrong clock's, and no change. */
async function changedSince(files: readonly string[], started: number): Promise<boolean> {
  const now = Date.now();
  const times = await Promise.all(
    files.map(async (file) => (await stat(file).catch(() => null))?.ctimeMs ?? 0),
  );
  return times.some((time) => time >= started && time <= now);
}
