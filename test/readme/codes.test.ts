/** The README's tables that are made from code: kept true here, rewritten with `UPDATE_README=1`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CATALOG } from '../../compiler/diagnostics/index.js';
import { debianPackages } from '../setup/packages.mjs';

const file = new URL('../../README.md', import.meta.url);

const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const TABLES: Readonly<Record<string, string>> = {
  codes: table(
    ['code', 'severity', 'what it says', 'what to do'],
    Object.entries(CATALOG).map(([code, { severity, title, help }]) => [
      `\`${code}\``,
      severity,
      title,
      help,
    ]),
  ),
  packages: table(
    ['package', 'what for'],
    debianPackages.map(({ name, why, bench }) => [
      `\`${name}\``,
      bench === true ? `${why} (benchmarks only)` : why,
    ]),
  ),
};

it.each(Object.keys(TABLES))('README: the table of %s is up to date', (name) => {
  const readme = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- begin ${name} -->\n`, `\n<!-- end ${name} -->`];
  const from = readme.indexOf(begin) + begin.length;
  const to = readme.indexOf(end);
  expect(from, `README.md has the marker of ${name}`).toBeGreaterThan(begin.length);
  expect(to).toBeGreaterThan(from);
  if (process.env['UPDATE_README'] === '1') {
    writeFileSync(file, readme.slice(0, from) + TABLES[name] + readme.slice(to));
    return;
  }
  expect(readme.slice(from, to)).toBe(TABLES[name]);
});
