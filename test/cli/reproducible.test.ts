/** The same input gives the same bytes: in another folder, time zone, locale and umask, from the library and the command. */

import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { compileManifest } from '../../compiler/index.js';
import { entry, expectFine, freshFolder, root, runProgram } from '../support/intercept.js';

let source: string;

beforeAll(async () => {
  source = freshFolder();
  cpSync(join(root, 'schemas', 'examples', 'providers.yaml'), join(source, 'providers.yaml'));
  await expectFine(['keygen'], { cwd: source });
  await expectFine(['sign', 'providers.yaml', '--key', 'key.json'], { cwd: source });
});

/** Within the validity of the example, whenever this runs. */
const AT = '2026-12-24T00:00:00Z';

function bytesBelow(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'base64')]),
  );
}

async function compiledIn(
  folder: string,
  env: NodeJS.ProcessEnv = {},
  umask = '022',
): Promise<ReadonlyMap<string, string>> {
  mkdirSync(folder, { recursive: true });
  for (const name of ['providers.yaml', 'keys.json'])
    cpSync(join(source, name), join(folder, name));
  const command = `umask ${umask} && exec node "${entry}" compile "$PWD/providers.yaml" --keys keys.json --out out --at ${AT}`;
  const run = await runProgram('sh', ['-c', command], { cwd: folder, env });
  expect(run.code, run.stderr).toBe(0);
  return bytesBelow(join(folder, 'out'));
}

it.each<[string, string, NodeJS.ProcessEnv, string]>([
  ['another folder', 'a folder/mit Leerzeichen/ünïcode', {}, '022'],
  ['another time zone', 'tz', { TZ: 'Pacific/Kiritimati' }, '022'],
  ['another locale', 'lc', { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' }, '022'],
  ['another umask', 'umask', {}, '077'],
])('in %s', async (_name, path, env, umask) => {
  const here = await compiledIn(join(freshFolder(), 'here'));
  const there = await compiledIn(join(freshFolder(), path), env, umask);
  expect(here.size).toBeGreaterThan(8);
  expect([...there.keys()]).toEqual([...here.keys()]);
  for (const [file, bytes] of here) expect(there.get(file) === bytes, file).toBe(true);
});

it('from the library', async () => {
  const folder = join(freshFolder(), 'here');
  const command = await compiledIn(folder);
  const compiled = await compileManifest(readFileSync(join(folder, 'providers.yaml')), {
    file: 'providers.yaml',
    keys: readFileSync(join(folder, 'keys.json')),
    at: new Date(AT),
  });
  expect(compiled.ok).toBe(true);
  if (!compiled.ok) return;
  expect(compiled.value.artifacts.map(({ path }) => path).sort()).toEqual(
    [...command.keys()].sort(),
  );
  for (const { path, bytes } of compiled.value.artifacts) {
    expect(Buffer.from(bytes).toString('base64') === command.get(path), path).toBe(true);
  }
});

it('names no folder, no user and no time of day', async () => {
  const folder = join(freshFolder(), 'telltale-folder');
  const files = await compiledIn(folder);
  for (const [file, base64] of files) {
    const text = Buffer.from(base64, 'base64').toString('latin1');
    expect(text.includes('telltale-folder'), file).toBe(false);
    expect(text.includes('/tmp/'), file).toBe(false);
  }
});
