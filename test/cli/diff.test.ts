/** `intercept diff`, the real command: its forms, its exit codes, and what it says of wrong input. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectFine, freshFolder, intercept, type Run } from '../support/intercept.js';

const HEAD = `manifest_version: 1
issued_at: 2026-11-22T00:00:00Z
expires_at: 2027-02-20T00:00:00Z
broker_execute_url: https://broker.example.net/v1/execute
`;

const rule = (id: string, match: string, action = 'deny'): string =>
  `  - integration_id: ${id}\n    provider: p\n    match: ${match}\n    action: ${action}\n${
    action === 'execute' ? '    rewrite: {mode: execute, send_intended_url: true}\n' : ''
  }`;

const OPENAI = rule('openai', '{hosts: [api.openai.com], path_groups: ["/v1/*"]}', 'execute');
const ADMIN = rule('admin', '{hosts: ["*.example.com"], path_groups: ["/admin/*"]}');
const DOCS = rule('docs', '{hosts: [docs.example.com], path_groups: ["/a;b"]}');

const policy = (...rules: readonly string[]): string => `${HEAD}match_rules:\n${rules.join('')}`;

let folder: string;
const file = (name: string): string => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(file(name), text);
  return file(name);
};

beforeAll(() => {
  folder = freshFolder();
  write('old.yaml', policy(OPENAI, ADMIN));
});

const diff = (text: string, ...flags: readonly string[]): Promise<Run> =>
  intercept(['diff', file('old.yaml'), write('new.yaml', text), ...flags]);

async function changesOf(text: string) {
  const run = await diff(text, '--format', 'json');
  return JSON.parse(run.stdout);
}

describe('json', () => {
  it('tells a change as ranges, both decisions and a witness', async () => {
    const found = await changesOf(policy(OPENAI));
    expect(found).toMatchObject({ equal: false, weaker: true, settings: {}, undecided: [] });
    expect(found.changes).toEqual([
      {
        kind: 'now_passed',
        before: { action: 'deny', integration_id: 'admin', rule: 1 },
        after: { action: 'pass', integration_id: null, rule: null },
        requests: {
          hosts: ['*.example.com'],
          ports: [443],
          schemes: ['https'],
          methods: ['*'],
          paths: ['/admin/*'],
        },
        witness: { url: 'https://www.example.com/admin/', method: 'GET' },
        weaker: true,
      },
    ]);
  });

  it('marks what exists on ambiguous paths alone', async () => {
    const { changes } = await changesOf(policy(OPENAI, ADMIN, DOCS));
    expect(changes).toMatchObject([
      {
        kind: 'now_denied',
        ambiguous_only: true,
        weaker: false,
        witness: { url: 'https://docs.example.com/a;b', method: 'GET' },
      },
    ]);
  });

  it('takes away what stays as it was', async () => {
    const wide = OPENAI.replace('path_groups: ["/v1/*"]', 'path_groups: ["*"], methods: [GET]');
    const { changes } = await changesOf(policy(wide, ADMIN));
    const openai = { action: 'execute', integration_id: 'openai', rule: 0 };
    expect(changes).toMatchObject([
      {
        kind: 'now_executed',
        after: openai,
        requests: { methods: ['GET'], paths: ['*', '!/v1/*'] },
      },
      {
        kind: 'now_passed',
        before: openai,
        requests: { methods: ['*', '!GET'], paths: ['/v1/*'] },
        witness: { method: 'POST' },
      },
    ]);
  });

  it('names another integration', async () => {
    const { changes } = await changesOf(policy(OPENAI.replace('openai\n', 'azure\n'), ADMIN));
    expect(changes).toMatchObject([
      {
        kind: 'other_integration',
        before: { integration_id: 'openai' },
        after: { integration_id: 'azure' },
        weaker: true,
      },
    ]);
  });

  it('holds settings with what they were and are', async () => {
    const found = await changesOf(
      `${policy(OPENAI, ADMIN).replace('2027-02-20', '2027-03-20')}opaque_tls: tunnel\nserial: 3\n`,
    );
    expect(found).toMatchObject({ equal: false, changes: [], weaker: true });
    expect(found.settings).toEqual({
      expires_at: { before: '2027-02-20T00:00:00Z', after: '2027-03-20T00:00:00Z', weaker: true },
      opaque_tls: { before: 'deny', after: 'tunnel', weaker: true },
      serial: { before: null, after: 3, weaker: false },
    });
  });
});

describe('nothing is', () => {
  it.each([
    ['a moved rule', () => policy(ADMIN, OPENAI)],
    ['a renamed rule that denies', () => policy(OPENAI, ADMIN.replace('admin\n', 'other\n'))],
    ['a rule that is never reached', () => policy(OPENAI, ADMIN, ADMIN)],
    ['a default that is written out', () => `${policy(OPENAI, ADMIN)}default_action: pass\n`],
    ['another order of keys, and a comment', () => `# hello\n${policy(OPENAI, ADMIN)}`],
  ])('%s', async (_, text) => {
    const run = await diff(text());
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/: no difference\n$/);
  });
});

describe('text and markdown', () => {
  it('text reads like this', async () => {
    const run = await diff(policy(OPENAI, ADMIN.replace('/admin/*', '/admin/*", "/root')));
    expect(
      run.stdout.split(': ').slice(1).join(': '),
    ).toBe(`1 change in requests, 0 changes in settings

now denied by rule 1
  before       passed (no rule)
  after        denied (rule 1)
  hosts        *.example.com
  ports        443
  schemes      https
  methods      all
  paths        /root
  for example  GET https://www.example.com/root
`);
  });

  it('markdown shows what a manifest says in code spans alone', async () => {
    const nasty = ADMIN.replace('/admin/*', '/x`<b>|[y](z)/*');
    const run = await diff(policy(OPENAI, ADMIN, nasty), '--format', 'markdown');
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^### Policy difference\n/);
    expect(run.stdout).toContain('- paths `/x%60%3Cb%3E|[y](z)/*`');
  });
});

describe('exit codes', () => {
  const weaker = policy(OPENAI);
  const stricter = policy(OPENAI, ADMIN, DOCS.replace('/a;b', '/c'));
  it.each([
    ['any', weaker, 1],
    ['any', stricter, 1],
    ['weaken', weaker, 1],
    ['weaken', stricter, 0],
    ['never', weaker, 0],
  ])('--fail-on %s', async (failOn, text, code) => {
    const run = await diff(text, '--fail-on', failOn);
    expect(run.code).toBe(code);
    expect(run.stdout).toContain('1 change in requests');
  });

  it.each([
    ['a missing file', () => [file('none.yaml')], 3],
    ['a broken one', () => [write('broken.yaml', 'match_rules: [')], 3],
    ['keys that did not sign', () => [file('old.yaml'), '--keys', file('old.yaml')], 3],
    ['one file', () => [], 2],
    ['three files', () => [file('old.yaml'), file('old.yaml')], 2],
    ['two files with --git', () => [file('old.yaml'), '--git', 'main'], 2],
    ['a format that is none', () => [file('old.yaml'), '--format', 'xml'], 2],
    ['a revision that is an option', () => ['--git=--upload-pack=x'], 2],
  ])('%s', async (_, more, code) => {
    const run = await intercept(['diff', file('old.yaml'), ...more(), '--fail-on', 'never']);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).not.toContain('internal error');
    expect(run.stderr).toContain('error');
  });

  it('help shows an example', async () => {
    const run = await expectFine(['diff', '--help']);
    expect(run.stdout).toMatch(/Examples:\n {2}\$ intercept diff/);
  });
});

describe('--git', () => {
  it('compares with the file of a revision, from any folder', async () => {
    const git = (...args: readonly string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder });
    };
    git('init', '-q', '-b', 'main');
    const path = write('policy.yaml', policy(OPENAI, ADMIN));
    git('add', 'policy.yaml');
    git('commit', '-q', '-m', 'first');
    expect(await intercept(['diff', '--git', 'main', path])).toMatchObject({ code: 0 });
    writeFileSync(path, policy(OPENAI));
    const run = await intercept(['diff', '--git', 'HEAD', path, '--format', 'json']);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout).changes).toMatchObject([{ kind: 'now_passed' }]);
    expect(readFileSync(path, 'utf8')).toBe(policy(OPENAI));

    const gone = await intercept(['diff', '--git', 'no-such', path]);
    expect(gone).toMatchObject({ code: 3, stdout: '' });
    expect(gone.stderr).toMatch(/source\/unreadable.*no-such/);
  });
});
