/** Runs a task whenever one of some files changes, until the process is told to end. */

import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Editors write in several steps; a change is taken up once they are quiet for this long. */
const QUIET_MS = 100;

/**
 * Runs `task` at once and after each change; resolves on SIGINT or SIGTERM, rejects where a task does. Tasks never
 * overlap.
 */
export async function watchFiles(
  files: readonly string[],
  task: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let watchers: readonly FSWatcher[] = [];
  try {
    await new Promise<void>((end, fail) => {
      const run = (): void => {
        running = running.then(task);
        running.catch(fail);
      };
      const again = (): void => {
        clearTimeout(timer);
        timer = setTimeout(run, QUIET_MS);
      };
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
      watchers = watchersOf(files, again);
      run();
    });
    await running;
  } finally {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  }
}

/** The folder is watched, not the file: an editor that replaces the file would end the watch on it. */
function watchersOf(files: readonly string[], changed: () => void): readonly FSWatcher[] {
  const names = new Map<string, Set<string>>();
  for (const file of files.map((name) => resolve(name))) {
    const folder = dirname(file);
    names.set(folder, (names.get(folder) ?? new Set()).add(basename(file)));
  }
  return [...names].map(([folder, wanted]) =>
    watch(folder, (_event, name) => {
      if (name === null || wanted.has(name)) changed();
    }),
  );
}
