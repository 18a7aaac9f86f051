/** The engine as one piece of text, so that a generated module stands alone. */

import { readFileSync } from 'node:fs';
import { packagePath } from '../../package-path.js';
import type { Printed } from '../template.js';

/** In order of use: each file needs only those before it. */
const FILES = ['error', 'tables', 'path', 'host', 'rows', 'lookup', 'matcher'] as const;

let joined: Printed | undefined;

/** Source of the engine without imports and exports; a function of this package's files alone. */
export function engineText(): Printed {
  joined ??= FILES.map(inlined).join('\n') as Printed;
  return joined;
}

function inlined(name: string): string {
  return readFileSync(packagePath('compiler', 'emit', 'node', 'engine', `${name}.mjs`), 'utf8')
    .replace(/^import [\s\S]*?;\n/gm, '')
    .replace(/^export /gm, '')
    .replace(/^ *\/\/ biome-ignore.*\n/gm, '')
    .replaceAll("import('./index.mjs').", '')
    .replace(/ReturnType<typeof import\('\.\/tables\.mjs'\)\.readTables>/g, 'object')
    .trimStart();
}
