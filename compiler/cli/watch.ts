/** Runs a task whenever one of some files changes, until the process is told to end. */

import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Editors write in several steps; a change is taken up once they are quiet for this long. */
const QUIET_MS = 100;

/** Runs `task` at once and after each change; resolves on SIGINT or SIGTERM. Tasks never overlap. */
export async function watchFiles(
  files: readonly string[],
  task: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = task();
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(task);
    }, QUIET_MS);
  };
  // The folder is watched, not the file: an editor that replaces the file would end the watch on it.
  const names = new Map<string, Set<string>>();
  for (const file of files.map((name) => resolve(name))) {
    const folder = dirname(file);
    names.set(folder, (names.get(folder) ?? new Set()).add(basename(file)));
  }
  const watchers = [...names].map(([folder, wanted]) =>
    watch(folder, (_event, name) => {
      if (name === null || wanted.has(name)) again();
    }),
  );
  await new Promise<void>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  });
  clearTimeout(timer);
  for (const watcher of watchers) watcher.close();
  await running;
}
