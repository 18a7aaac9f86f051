/** Patterns of file names, for callers whose shell expands none: `*` and `?` in a name, `**` for any folders. */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../output/index.js';
import { UsageError } from '../exit.js';

/**
 * The files that the arguments name, each once, those of a pattern in sorted order. A name that is there is taken as
 * it is, whatever characters it has.
 * @throws UsageError where a pattern matches no file: nothing looked at is no success
 */
export async function expandFiles(named: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const name of named) {
    if (!/[*?]/.test(name) || existsSync(name)) {
      files.add(name);
      continue;
    }
    const found = await matching(name);
    if (found.length === 0) throw new UsageError(`no file matches ${name}`);
    for (const file of found) files.add(file);
  }
  return [...files];
}

async function matching(pattern: string): Promise<readonly string[]> {
  const steps = pattern.split('/');
  const rooted = steps[0] === '';
  const found = await below(rooted ? '/' : '', rooted ? steps.slice(1) : steps);
  return [...new Set(found)].sort();
}

/** Files below `folder` (empty: here) that the steps lead to. */
async function below(folder: string, steps: readonly string[]): Promise<readonly string[]> {
  const [step, ...rest] = steps;
  if (step === undefined) return [];
  if (!/[*?]/.test(step))
    return rest.length === 0 ? named(folder, step) : below(join(folder, step), rest);
  const any = step === '**';
  const test = any ? /^[^.]/ : nameTest(step);
  const found: string[] = any && rest.length > 0 ? [...(await below(folder, rest))] : [];
  for (const entry of await entriesOf(folder)) {
    if (!test.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (any && entry.name === 'node_modules') continue;
      found.push(...(await below(path, any ? steps : rest)));
    } else if (rest.length === 0) {
      found.push(path);
    }
  }
  return found;
}

function named(folder: string, name: string): readonly string[] {
  const path = join(folder, name);
  return existsSync(path) ? [path] : [];
}

/** As in a shell, a leading dot is matched by a dot only. */
function nameTest(step: string): RegExp {
  const body = step
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${/^[*?]/.test(step) ? '(?!\\.)' : ''}${body}$`, 'su');
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder === '' ? '.' : folder, { withFileTypes: true });
  } catch (error) {
    // A folder that is not there, or may not be entered, holds nothing that matches.
    if (errorCode(error) !== undefined) return [];
    throw error;
  }
}
