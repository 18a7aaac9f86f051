import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../compiler/diagnostics/catalog.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const areas = [...new Set(Object.keys(CATALOG).map((code) => code.split('/')[0]))];
const literal = new RegExp(`'((?:${areas.join('|')})/[a-z0-9-]+)'`, 'g');

/** Codes that stand as literals in the sources, with the files that hold them. */
function codesInSources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of ['compiler', 'runtime-c', 'runtime-bpf']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file === join('diagnostics', 'catalog.ts')) continue;
      const text = readFileSync(join(root, folder, file), 'utf8');
      for (const [, code] of text.matchAll(literal)) found.set(code!, join(folder, file));
      // `area/${word}`: the words stand as literals in the same file.
      for (const [, area] of text.matchAll(/`([a-z]+)\/\$\{/g)) {
        for (const [, word] of text.matchAll(/'([a-z0-9-]+)'/g)) {
          if (Object.hasOwn(CATALOG, `${area}/${word}`))
            found.set(`${area}/${word}`, join(folder, file));
        }
      }
    }
  }
  return found;
}

describe('the catalog', () => {
  const used = codesInSources();

  it('has a row for every code in the sources', () => {
    const missing = [...used].filter(([code]) => !Object.hasOwn(CATALOG, code));
    expect(missing).toEqual([]);
  });

  it('has no row that nothing reports', () => {
    const unused = Object.keys(CATALOG).filter((code) => !used.has(code));
    expect(unused).toEqual([]);
  });
});
