/** Where a file stands in the repository: annotations and code scanning go by that path. */

import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { PathFromRoot } from '../../report/index.js';

/** The nearest folder around `folder` that holds `.git`; undefined where none does. */
export function gitRoot(folder: string): string | undefined {
  let here = resolve(folder);
  while (!existsSync(join(here, '.git'))) {
    const parent = dirname(here);
    if (parent === here) return undefined;
    here = parent;
  }
  return here;
}

/** Paths from `root`, with `/`; null for what stands outside. */
export function pathsFrom(root: string): PathFromRoot {
  return (file) => {
    const path = relative(root, resolve(file));
    if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path))
      return null;
    return path.split(sep).join('/');
  };
}
