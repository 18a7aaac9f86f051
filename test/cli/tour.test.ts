/** The commands as a newcomer types them, one after another. */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshFolder, intercept, starter } from '../support/intercept.js';

const ARTEFACTS = [
  'node/matcher.mjs',
  'node/matcher.cjs',
  'node/matcher.d.mts',
  'node/matcher.d.cts',
  'c/broker_host_table.h',
  'bpf/broker_policy_maps.h',
  'policy.img',
  'policy.txt',
  'policy.lock.json',
];

describe('init', () => {
  it('writes a starter and overwrites nothing', async () => {
    const folder = join(freshFolder(), 'p');
    expect((await intercept(['init', folder])).code).toBe(0);
    for (const file of ['policy.yaml', 'policy.test.yaml', 'key.json', 'keys.json']) {
      expect(existsSync(join(folder, file)), file).toBe(true);
    }
    expect(statSync(join(folder, 'key.json')).mode & 0o777).toBe(0o600);
    const key = readFileSync(join(folder, 'key.json'), 'utf8');
    const again = await intercept(['init', folder]);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('output/exists');
    expect(readFileSync(join(folder, 'key.json'), 'utf8')).toBe(key);
  });

  it('puts no private member into the public key set', async () => {
    const folder = join(freshFolder(), 'p');
    await intercept(['init', folder]);
    const { keys } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('names a schema that exists', async () => {
    const folder = join(freshFolder(), 'p');
    await intercept(['init', folder]);
    const [, schema] = /^# yaml-language-server: \$schema=(.+)$/m.exec(
      readFileSync(join(folder, 'policy.yaml'), 'utf8'),
    )!;
    expect(existsSync(join(folder, decodeURI(schema!)))).toBe(true);
  });

  it('refuses a folder that is a file', async () => {
    const file = join(freshFolder(), 'file');
    writeFileSync(file, '');
    const run = await intercept(['init', file]);
    expect(run).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('the tour', () => {
  let folder: string;
  let manifest: readonly string[];
  beforeAll(async () => {
    folder = await starter();
    manifest = ['--manifest', join(folder, 'policy.yaml'), '--keys', join(folder, 'keys.json')];
  });
  const at = (name: string): string => join(folder, name);

  it('verifies', async () => {
    const run = await intercept(['verify', at('policy.yaml'), '--keys', at('keys.json')]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^verified .*policy\.yaml: signed by \S+, serial 1, valid until/);
  });

  it('verifies for programs', async () => {
    const args = ['verify', at('policy.yaml'), '--keys', at('keys.json'), '--format', 'json'];
    const run = await intercept(args);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, serial: 1, diagnostics: [] });
  });

  it('verifies what lies ahead', async () => {
    const args = ['verify', at('policy.yaml'), '--keys', at('keys.json')];
    expect((await intercept([...args, '--valid-for', '14d', '--min-serial', '1'])).code).toBe(0);
    const tooLong = await intercept([...args, '--valid-for', '400d']);
    expect(tooLong).toMatchObject({ code: 3, stdout: '' });
    expect(tooLong.stderr).toContain('sign/expires-within');
    expect((await intercept([...args, '--min-serial', '2'])).stderr).toContain('sign/rollback');
    expect((await intercept([...args, '--at', '2099-01-01T00:00:00Z'])).stderr).toContain(
      'sign/expired',
    );
    expect((await intercept([...args, '--at', '2001-01-01T00:00:00Z'])).stderr).toContain(
      'sign/not-yet-valid',
    );
  });

  it('compiles, and knows what is up to date', async () => {
    const build = at('build');
    const args = ['compile', at('policy.yaml'), '--keys', at('keys.json'), '--out', build];
    const compiled = await intercept(args);
    expect(compiled.code).toBe(0);
    for (const path of ARTEFACTS) expect(existsSync(join(build, path)), path).toBe(true);
    expect((await intercept([...args, '--check'])).code).toBe(0);

    writeFileSync(join(build, 'policy.img'), 'x');
    const stale = await intercept([...args, '--check']);
    expect(stale.code).toBe(4);
    expect(stale.stderr).toContain('output/stale');
    expect(readFileSync(join(build, 'policy.img'), 'utf8')).toBe('x');

    expect((await intercept(args)).code).toBe(0);
    const fewer = await intercept([...args, '--target', 'node', '--check']);
    expect(fewer.code).toBe(4);
    expect(fewer.stderr).toContain('output/extra');
  });

  it.each(['reference', 'node', 'c', 'bpf'])('decides in %s', async (runtime) => {
    const input =
      '{"url":"https://api.openai.com/v1/models"}\n' +
      '{"host":"api.openai.com","port":443}\n' +
      '{"ip":"169.254.169.254","port":80}\n' +
      '{"ip":"198.51.100.1","port":443}\n';
    const run = await intercept(['decide', ...manifest, '--runtime', runtime], { input });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const [request, ...sights] = run.stdout.trimEnd().split('\n');
    expect(sights).toEqual(['{"verdict":"capture"}', '{"verdict":"deny"}', '{"verdict":"pass"}']);
    if (runtime === 'reference' || runtime === 'node') {
      expect(request).toBe('{"action":"execute","rule":0,"integration_id":"openai"}');
    } else {
      expect(JSON.parse(request!)).toMatchObject({ error: { code: 'request/bad-shape' } });
    }
  });

  it('explains, all runtimes agreeing', async () => {
    const run = await intercept(['explain', 'https://api.openai.com/v1/models', ...manifest]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^decision {3}execute by rule 0 \(openai\)$/m);
    expect(run.stdout).toMatch(/^ +\d+ \| +hosts: \[api\.openai\.com\]$/m);
    for (const runtime of ['reference', 'node', 'c', 'bpf']) {
      expect(run.stdout).toMatch(new RegExp(`^${runtime} .* capture$`, 'm'));
    }
  });

  it('explains for programs', async () => {
    const args = ['explain', 'http://169.254.169.254/', ...manifest, '--format', 'json'];
    const run = await intercept(args);
    const told = JSON.parse(run.stdout);
    expect(told).toMatchObject({
      ok: true,
      decision: { action: 'deny', rule: 1, integration_id: 'metadata-service' },
      rule: { index: 1 },
      other_hosts: 1,
    });
    expect(told.runtimes.map(({ verdict }: { verdict: string }) => verdict)).toEqual(
      Array(4).fill('deny'),
    );
  });

  it('lints', async () => {
    const run = await intercept(['lint', at('policy.yaml'), '--keys', at('keys.json')]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/policy\.yaml: 0 errors, \d+ warnings?/);
  });
});
