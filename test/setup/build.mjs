/** Builds `dist` when it is older than its sources. Plain Node, no dependency; `--force` builds always. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stampFile = join(root, 'dist', '.stamp');
const sources = ['compiler', 'runtime-c', 'runtime-bpf', 'runtime-node'];
const settings = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'test/setup/build.mjs',
];

/** @param {string} folder @returns {string[]} */
function sourceFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mts|cts|mjs|cjs|js|json)$/.test(name))
    .map((name) => `${folder}/${name}`);
}

function stampOfSources() {
  const hash = createHash('sha256');
  for (const file of [...sources.flatMap(sourceFiles), ...settings].sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Exactly what package-lock.json lists. The package's own scripts stay out of it: the build comes last, and once. */
export function installModules() {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  return spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}

/** @returns {boolean} false where the build failed; its messages are printed. */
export function build({ force = false } = {}) {
  const modules = join(root, 'node_modules');
  const compiler = join(modules, 'typescript', 'bin', 'tsc');
  // `npx intercept` in a bare clone runs `prepare` before anything was installed.
  if (!existsSync(modules) && !installModules()) return false;
  if (!existsSync(compiler)) {
    // An install without development packages keeps the dist that it was given.
    console.error('build: typescript is not installed; dist stays as it is');
    return true;
  }
  const stamp = stampOfSources();
  if (!force && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return true;
  // Built beside and moved into place: a build that fails, or that runs twice at once, leaves a whole dist.
  const fresh = join(root, `dist.${process.pid}`);
  const args = [compiler, '-p', 'tsconfig.build.json', '--outDir', fresh];
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status === 0) {
    writeFileSync(join(fresh, '.stamp'), stamp);
    // npx makes its link once, and the file behind it executable; a later build must not take that away.
    chmodSync(join(fresh, 'compiler', 'cli', 'main.js'), 0o755);
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(fresh, join(root, 'dist'));
  }
  rmSync(fresh, { recursive: true, force: true });
  return run.status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = build({ force: process.argv.includes('--force') }) ? 0 : 1;
}
