/** The package as it would be published, installed in an empty project: command line, library and types. */

import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshFolder, root, runProgram } from '../support/intercept.js';

let project: string;

beforeAll(() => {
  project = freshFolder();
  const npm = (cwd: string, ...args: string[]): void => {
    execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  // The build is there already; packing must not start another one under the tests that run beside.
  npm(root, 'pack', '--ignore-scripts', '--loglevel', 'error', '--pack-destination', project);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'))!;
  writeFileSync(join(project, 'package.json'), '{"name": "empty", "private": true}\n');
  npm(
    project,
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel',
    'error',
    `./${tarball}`,
  );
}, 300_000);

const npx = (...args: string[]) =>
  runProgram('npx', ['--no-install', 'intercept', ...args], { cwd: project });

describe('the installed package', () => {
  it('runs the tour', async () => {
    for (const args of [
      ['init', 'p'],
      ['sign', 'p/policy.yaml', '--key', 'p/key.json'],
      ['verify', 'p/policy.yaml', '--keys', 'p/keys.json'],
      ['compile', 'p/policy.yaml', '--keys', 'p/keys.json', '--out', 'p/build'],
      ['compile', 'p/policy.yaml', '--keys', 'p/keys.json', '--out', 'p/build', '--check'],
    ]) {
      expect(await npx(...args), args.join(' ')).toMatchObject({ code: 0 });
    }
  });

  it('brings what every runtime needs', async () => {
    const run = await npx(
      'explain',
      'https://api.openai.com/',
      '--manifest',
      'p/policy.yaml',
      '--keys',
      'p/keys.json',
      '--format',
      'json',
    );
    expect(run.code).toBe(0);
    for (const one of JSON.parse(run.stdout).runtimes) {
      expect(one).toMatchObject({ available: true, verdict: 'capture' });
    }
  });

  it('is a library', async () => {
    writeFileSync(
      join(project, 'use.mjs'),
      `import { readFileSync } from 'node:fs';
       import { compileManifest, parseManifest, verifyManifest } from 'broker-interceptor';
       const text = readFileSync('p/policy.yaml');
       const keys = readFileSync('p/keys.json');
       const compiled = await compileManifest(text, { file: 'policy.yaml', keys });
       const refused = await compileManifest(text, { file: 'policy.yaml' });
       const verified = await verifyManifest(text, { keys });
       const broken = parseManifest('a: [');
       console.log(JSON.stringify([
         compiled.ok, compiled.value.artifacts.map(({ path }) => path).includes('policy.lock.json'),
         refused.ok, refused.diagnostics.map(({ code }) => code), verified.ok, broken.ok,
       ]));\n`,
    );
    const run = await runProgram(process.execPath, ['use.mjs'], { cwd: project });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual([true, true, false, ['sign/no-keys'], true, false]);
  });

  it('has types', async () => {
    writeFileSync(
      join(project, 'use.mts'),
      `import { compileManifest, type Compiled, type Result } from 'broker-interceptor';
       const compiled: Result<Compiled> = await compileManifest('', { allowUnsigned: true });
       // @ts-expect-error a failure has no value
       console.log(compiled.value);
       if (compiled.ok) console.log(compiled.value.lock.policy_id satisfies string);\n`,
    );
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const args = [tsc, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    const types = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node'];
    const run = await runProgram(process.execPath, [...args, ...types, 'use.mts'], {
      cwd: project,
    });
    expect(`${run.stdout}${run.stderr}`).toBe('');
    expect(run.code).toBe(0);
  });

  it('generates modules that are typed and need nothing', async () => {
    writeFileSync(
      join(project, 'matcher.cts'),
      `import matcher = require('./p/build/node/matcher.cjs');
       const { action }: matcher.Decision = matcher.decideUrl('https://api.openai.com/');
       console.log(action satisfies 'execute' | 'deny' | 'pass');\n`,
    );
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const args = [tsc, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    const types = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node'];
    const run = await runProgram(process.execPath, [...args, ...types, 'matcher.cts'], {
      cwd: project,
    });
    expect(`${run.stdout}${run.stderr}`).toBe('');
    expect(run.code).toBe(0);
  });
});
