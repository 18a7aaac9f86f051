/** `intercept lint` for CI: formats, several outputs, stdin, patterns of files. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectFine, freshFolder, intercept, type RunOptions } from '../support/intercept.js';

let text: string;
beforeAll(async () => {
  const folder = join(freshFolder(), 'p');
  await expectFine(['init', folder]);
  text = readFileSync(join(folder, 'policy.yaml'), 'utf8').replace(
    'hosts: [api.openai.com]',
    'hosts: ["*.co.uk"]',
  );
});

/** A repository with a manifest in it whose first rule has a finding. */
function repository(): string {
  const root = freshFolder();
  for (const name of ['.git', 'policies/deep', 'policies/.hidden', 'policies/node_modules']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  for (const name of ['a.yaml', 'deep/b.yaml', '.hidden/c.yaml', 'node_modules/d.yaml']) {
    writeFileSync(join(root, 'policies', name), text);
  }
  return root;
}

const lint = (args: readonly string[], options: RunOptions = {}) =>
  intercept(['lint', ...args], { ...options, env: { GITHUB_WORKSPACE: '', ...options.env } });

describe('formats', () => {
  it('sarif names files from the root of the repository, wherever it runs', async () => {
    const root = repository();
    const uris = async (args: readonly string[], cwd: string) => {
      const run = await lint([...args, '--format', 'sarif'], { cwd });
      expect(run.code).toBe(0);
      const [{ results }] = JSON.parse(run.stdout).runs;
      const found = results.filter(
        (one: { ruleId: string }) => one.ruleId === 'host/public-suffix',
      );
      return found.map((one: { locations: object[]; properties: object }) => [
        one.locations[0],
        one.properties,
      ]);
    };
    const fromRoot = await uris(['policies/a.yaml'], root);
    expect(fromRoot).toMatchObject([
      [
        { physicalLocation: { artifactLocation: { uri: 'policies/a.yaml' } } },
        { integrationId: 'openai', rule: 0 },
      ],
    ]);
    expect(await uris(['../a.yaml'], join(root, 'policies/deep'))).toEqual(fromRoot);
    expect(await uris([join(root, 'policies/a.yaml')], join(root, 'policies'))).toEqual(fromRoot);
  });

  it('github names files from the workspace', async () => {
    const root = repository();
    const args = ['policies/a.yaml', '--format', 'github'];
    const run = await lint(args, { cwd: root });
    expect(run.stdout).toMatch(/^::warning file=policies\/a\.yaml,line=\d+,col=\d+,title=host/m);
    const env = { GITHUB_WORKSPACE: join(root, 'policies') };
    expect((await lint(args, { cwd: root, env })).stdout).toContain('file=a.yaml,');
  });

  it('several at once, to files and to stdout, each the same as on its own', async () => {
    const root = repository();
    writeFileSync(join(root, 'out.json'), 'an older report');
    const outputs = ['sarif=out.sarif', 'json=out.json', 'junit=out.xml', 'github=out.txt'];
    const args = ['policies/a.yaml', '--fail-on', 'warning'];
    const all = outputs.flatMap((output) => ['--output', output]);
    const run = await lint([...args, ...all, '--format', 'github'], { cwd: root });
    expect(run.code).toBe(1);
    for (const output of outputs) {
      const [format = '', file = ''] = output.split('=');
      const alone = await lint([...args, '--format', format], { cwd: root });
      expect(readFileSync(join(root, file), 'utf8')).toBe(alone.stdout);
      if (format === 'github') expect(run.stdout).toBe(alone.stdout);
      if (format === 'junit') expect(alone.stdout).toContain('<failure type="warning"');
    }
    expect(readdirSync(root).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('json findings carry everything', async () => {
    const run = await lint(['policies/a.yaml', '--format', 'json'], { cwd: repository() });
    const { summary, diagnostics } = JSON.parse(run.stdout);
    expect(summary).toMatchObject({ files: 1, rules: 2, errors: 0 });
    const [found] = diagnostics.filter(
      (one: { code: string }) => one.code === 'host/public-suffix',
    );
    expect(Object.keys(found)).toEqual([
      ...['code', 'severity', 'message', 'file', 'line', 'column', 'endLine', 'endColumn'],
      ...['hint', 'rule', 'witness'],
    ]);
    for (const { file } of diagnostics) expect(file).toBe('policies/a.yaml');
    expect(run.stderr).toBe(`1 file, 2 rules, ${diagnostics.length} findings\n`);
  });

  it('of what cannot be read are results too, with exit 3, whatever --fail-on says', async () => {
    for (const format of ['sarif', 'github', 'junit']) {
      const run = await lint(['absent.yaml', '--format', format, '--fail-on', 'never']);
      expect(run).toMatchObject({ code: 3, stderr: '' });
      expect(run.stdout).toContain('source/unreadable');
    }
  });
});

describe('--output', () => {
  it.each([['xml=a'], ['sarif'], ['sarif='], ['=a']])('%s exits 2', async (output) => {
    const run = await lint(['policies/a.yaml', '--output', output], { cwd: repository() });
    expect(run).toMatchObject({ code: 2, stdout: '' });
  });

  it('never overwrites a manifest or another output', async () => {
    const cwd = repository();
    const over = await lint(['policies/a.yaml', '--output', 'json=./policies/a.yaml'], { cwd });
    expect(over).toMatchObject({ code: 2, stdout: '' });
    expect(readFileSync(join(cwd, 'policies/a.yaml'), 'utf8')).toBe(text);
    const twice = ['--output', 'json=o', '--output', 'sarif=o'];
    expect((await lint(['policies/a.yaml', ...twice], { cwd })).code).toBe(2);
  });

  it('that cannot be written exits 3, and says so', async () => {
    const run = await lint(['policies/a.yaml', '--output', 'json=no/such/o'], {
      cwd: repository(),
    });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('output/write');
  });
});

describe('stdin', () => {
  it('is named as asked', async () => {
    const args = ['-', '--stdin-filename', 'policies/x.yaml', '--format', 'github'];
    const run = await lint(args, { cwd: repository(), input: text });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('file=policies/x.yaml,line=');
    const unnamed = await lint(['-'], { input: 'a: 1\n' });
    expect(unnamed.code).toBe(3);
    expect(unnamed.stderr).toContain('<stdin>:1:1');
  });

  it('without a manifest from it, a name for it is wrong use', async () => {
    const run = await lint(['policies/a.yaml', '--stdin-filename', 'x'], { cwd: repository() });
    expect(run).toMatchObject({ code: 2, stdout: '' });
  });

  it('that is empty is no success', async () => {
    expect((await lint(['-'], { input: '' })).code).toBe(3);
  });
});

describe('patterns', () => {
  const filesOf = async (args: readonly string[], cwd: string): Promise<readonly string[]> => {
    const run = await lint([...args, '--format', 'json'], { cwd });
    expect(run.code).toBe(0);
    const { diagnostics } = JSON.parse(run.stdout);
    return [...new Set<string>(diagnostics.map((one: { file: string }) => one.file))];
  };

  it.each([
    ['policies/*.yaml', ['policies/a.yaml']],
    ['policies/**/*.yaml', ['policies/a.yaml', 'policies/deep/b.yaml']],
    ['**/?.yaml', ['policies/a.yaml', 'policies/deep/b.yaml']],
    ['policies/**', ['policies/a.yaml', 'policies/deep/b.yaml']],
    ['*/.hidden/c.yaml', ['policies/.hidden/c.yaml']],
    ['policies/../policies/d*/*', ['policies/deep/b.yaml']],
  ])('%s', async (pattern, wanted) => {
    expect(await filesOf([pattern], repository())).toEqual(wanted);
  });

  it('name each file once, and one that has their characters as itself', async () => {
    const root = repository();
    writeFileSync(join(root, 'x*.yaml'), text);
    writeFileSync(join(root, 'xy.yaml'), text);
    expect(await filesOf(['x*.yaml', 'x*.yaml'], root)).toEqual(['x*.yaml']);
  });

  it('that match nothing exit 2, also beside others', async () => {
    const run = await lint(['policies/a.yaml', 'none/*.yaml'], { cwd: repository() });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('no file matches none/*.yaml');
  });
});

describe('settings', () => {
  const waivers = (rule: string): string =>
    `waivers:\n  - {code: host/public-suffix, rule: ${rule}, reason: r, expires: 9999-12-31}\n`;
  const codesOf = async (args: readonly string[], cwd: string) => {
    const run = await lint([...args, '--format', 'json'], { cwd });
    const { diagnostics } = JSON.parse(run.stdout);
    const codes = diagnostics.map(
      (one: { code: string; file: string }) => `${one.file} ${one.code}`,
    );
    return { code: run.code, codes };
  };
  const finding = 'policies/deep/b.yaml host/public-suffix';
  const args = ['policies/deep/b.yaml'];

  it('are found above a manifest up to the root of the repository; the nearest counts', async () => {
    const cwd = repository();
    expect((await codesOf(args, cwd)).codes).toContain(finding);
    writeFileSync(join(cwd, '.intercept.yaml'), waivers('openai'));
    expect((await codesOf(args, cwd)).codes).not.toContain(finding);
    writeFileSync(join(cwd, 'policies/.intercept.yaml'), 'severities: {waiver/unused: error}\n');
    expect((await codesOf(args, cwd)).codes).toContain(finding);
    // A repository of its own ends the search.
    writeFileSync(join(cwd, 'policies/.intercept.yaml'), waivers('openai'));
    expect((await codesOf(args, cwd)).codes).not.toContain(finding);
    mkdirSync(join(cwd, 'policies/deep/.git'));
    expect((await codesOf(args, cwd)).codes).toContain(finding);
  });

  it('can be named, and an unused waiver is a finding at its place', async () => {
    const cwd = repository();
    writeFileSync(join(cwd, 'other.yaml'), `severities: {waiver/unused: error}\n${waivers('x')}`);
    const { code, codes } = await codesOf([...args, '--config', 'other.yaml'], cwd);
    expect(code).toBe(1);
    expect(codes).toEqual(expect.arrayContaining([finding, 'other.yaml waiver/unused']));
  });

  it('that are wrong exit 3, and hide nothing', async () => {
    const cwd = repository();
    writeFileSync(join(cwd, '.intercept.yaml'), `${waivers('openai')}waiver: []\n`);
    const { code, codes } = await codesOf([...args, '--fail-on', 'never'], cwd);
    expect(code).toBe(3);
    expect(codes).toEqual(expect.arrayContaining([finding, '.intercept.yaml schema/unknown-key']));
    expect((await lint([...args, '--config', 'absent'], { cwd })).code).toBe(3);
  });
});
