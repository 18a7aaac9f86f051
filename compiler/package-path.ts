/** Finds files that ship beside the code: templates, schemas, the C and BPF sources. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json not found above the compiler');
    folder = parent;
  }
  return folder;
}

const root = findRoot();

/** Absolute path of a file of this package, in a checkout as in an installed package. */
export function packagePath(...segments: string[]): string {
  return join(root, ...segments);
}

/** Version in package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  throw new Error('package.json has no version');
}
