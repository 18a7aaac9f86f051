/**
 * Sets a fresh clone up: npm packages, Debian packages, build. Plain Node, no dependency. Does nothing where all is
 * there. `--bench` also wants what only the benchmarks use. A missing Debian package that cannot be installed is said,
 * with the command, and is no failure here: the tests that need it then say that they skip (and fail under CI).
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, installModules } from './build.mjs';
import { debianPackages } from './packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string} text */
const say = (text) => process.stderr.write(`setup: ${text}\n`);

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env }).status === 0;
}

/** @param {string} file @returns {Record<string, {version?: string, optional?: boolean}>} */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** True where node_modules holds exactly the versions of package-lock.json. */
function modulesAreCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = lockedPackages(installed);
  return Object.entries(lockedPackages(join(root, 'package-lock.json'))).every(
    ([path, wanted]) =>
      path === '' ||
      (have[path] === undefined ? wanted.optional === true : have[path].version === wanted.version),
  );
}

/** @param {boolean} bench @returns {string[] | null} null on a system without dpkg */
function missingDebianPackages(bench) {
  const wanted = debianPackages.filter((entry) => bench || entry.bench !== true);
  const format = ['Package', 'db:Status-Status'].map((field) => `$\{${field}}`).join(' ');
  const query = spawnSync('dpkg-query', ['-W', '-f', `${format}\\n`], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (query.error !== undefined || query.status !== 0) return null;
  const present = new Set(query.stdout.split('\n').filter((line) => line.endsWith(' installed')));
  return wanted.map(({ name }) => name).filter((name) => !present.has(`${name} installed`));
}

/** @param {boolean} bench */
function installDebianPackages(bench) {
  const missing = missingDebianPackages(bench);
  if (missing === null) {
    say(
      `no dpkg here; install what stands for: ${debianPackages.map(({ name }) => name).join(' ')}`,
    );
    return;
  }
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (process.getuid?.() === 0) {
    say(`apt-get install ${missing.join(' ')}`);
    if (run('apt-get', ['update', '-qq'], env) && run('apt-get', install, env)) return;
  }
  say('missing Debian packages; what needs them is skipped, loudly. To get them:');
  say(`  sudo apt-get update && sudo apt-get ${install.join(' ')}`);
}

if (!modulesAreCurrent()) {
  say('npm ci');
  if (!installModules()) {
    say('npm ci failed');
    process.exit(1);
  }
}
installDebianPackages(process.argv.includes('--bench'));
if (!build()) {
  say('the build failed');
  process.exit(1);
}
