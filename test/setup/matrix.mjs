/**
 * `npm run test:matrix [VERSION...]`: other versions of Node must compile the example into the same bytes, and decide the
 * same lines alike. They come from the npm package `node` and are kept in node_modules/.cache.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = join(root, 'dist', 'compiler', 'cli', 'main.js');
const example = join(root, 'schemas', 'examples', 'providers.yaml');
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26'];

const LINES = [
  { url: 'https://api.openai.com/v1/models' },
  { url: 'https://API.OpenAI.COM./v1/%6dodels' },
  { url: 'https://api.openai.com//v1/models' },
  { url: 'http://0xa9fea9fe/' },
  { url: 'https://ａｐｉ.openai.com/v1/models' },
  { url: 'nonsense' },
  { host: 'team.openai.azure.com', port: 443 },
  { ip: 'fd00:ec2::254', port: 80 },
];

/** @param {string} version @returns {string} the path of that version's `node` */
function nodeOf(version) {
  const folder = join(root, 'node_modules', '.cache', 'node-matrix', version);
  const program = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--no-audit', '--no-fund', '--loglevel', 'error', '--prefix', folder];
    execFileSync('npm', [...args, `node@${version}`], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
  return program;
}

/** @param {string} folder */
function digestOf(folder) {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort();
  for (const file of files) hash.update(file.slice(folder.length)).update(readFileSync(file));
  return `${files.length} files ${hash.digest('hex').slice(0, 16)}`;
}

/** @param {string} node */
function results(node) {
  const out = mkdtempSync(join(tmpdir(), 'matrix-'));
  const input = LINES.map((line) => `${JSON.stringify(line)}\n`).join('');
  const intercept = (/** @type {string[]} */ ...args) =>
    execFileSync(node, [entry, ...args], { input, stdio: ['pipe', 'pipe', 'ignore'] }).toString();
  intercept('compile', example, '--allow-unsigned', '--out', out, '--at', '2026-12-24T00:00:00Z');
  const answers = ['reference', 'node'].map((runtime) =>
    intercept('decide', '--manifest', example, '--runtime', runtime),
  );
  const digest = digestOf(out);
  rmSync(out, { recursive: true });
  return `${digest}, answers ${createHash('sha256').update(answers.join()).digest('hex').slice(0, 16)}`;
}

const found = new Map();
for (const version of versions) {
  const node = nodeOf(version);
  const name = execFileSync(node, ['--version']).toString().trim();
  found.set(name, results(node));
  console.log(`${name.padEnd(10)} ${found.get(name)}`);
}
if (new Set(found.values()).size > 1) {
  console.error('these versions of Node do not agree');
  process.exitCode = 1;
} else {
  console.log(`${found.size} versions of Node agree`);
}
