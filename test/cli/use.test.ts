/** Wrong use, unusable input, and exit codes: never a stack trace, never a success. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { freshFolder, intercept, type Run, starter } from '../support/intercept.js';

const COMMANDS = [
  'init',
  'keygen',
  'sign',
  'verify',
  'lint',
  'compile',
  'decide',
  'diff',
  'fmt',
  'test',
  'explain',
  'doctor',
];

function expectCalm(run: Run): void {
  expect(run.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(run.stderr).not.toContain('internal error');
}

let folder: string;
let policy: string;
let keys: string;
beforeAll(async () => {
  folder = await starter();
  policy = join(folder, 'policy.yaml');
  keys = join(folder, 'keys.json');
});

describe('help', () => {
  it('lists every command', async () => {
    const run = await intercept(['--help']);
    expect(run.code).toBe(0);
    for (const command of COMMANDS) expect(run.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it.each(COMMANDS)('of %s shows an example', async (command) => {
    const run = await intercept([command, '--help']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/Examples:\n {2}\$ /);
  });

  it('prints the version', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(await intercept(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe('wrong use exits 2, with nothing on stdout', () => {
  it.each<[string, () => readonly string[]]>([
    ['no command', () => []],
    ['an unknown command', () => ['complie']],
    ['an unknown flag', () => ['lint', policy, '--fromat', 'json']],
    ['a missing argument', () => ['sign', '--key', keys]],
    ['a missing flag', () => ['verify', policy]],
    ['an argument too many', () => ['verify', policy, policy, '--keys', keys]],
    ['a value that is no choice', () => ['lint', policy, '--format', 'xml']],
    ['an algorithm that is none', () => ['keygen', '--alg', 'none']],
    ['a key id that hides text', () => ['keygen', '--kid', 'a\u202eb']],
    [
      'a time that is none',
      () => ['verify', policy, '--keys', keys, '--at', '2026-02-30T00:00:00Z'],
    ],
    ['a duration that is none', () => ['verify', policy, '--keys', keys, '--valid-for', '14']],
    ['a serial that is none', () => ['verify', policy, '--keys', keys, '--min-serial', '-1']],
    ['compile without keys', () => ['compile', policy, '--out', join(folder, 'b')]],
    [
      'keys that are not to be used',
      () => ['compile', policy, '--keys', keys, '--allow-unsigned', '--out', join(folder, 'b')],
    ],
    [
      'checking and watching',
      () => ['compile', policy, '--keys', keys, '--out', join(folder, 'b'), '--check', '--watch'],
    ],
    ['decide without a policy', () => ['decide']],
    ['decide with two policies', () => ['decide', '--manifest', policy, '--policy', folder]],
    ['reference without a manifest', () => ['decide', '--policy', folder]],
    ['two key sets', () => ['keygen', '--keys', 'a', '--append', 'b']],
  ])('%s', async (_name, args) => {
    const run = await intercept(args());
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).not.toBe('');
    expectCalm(run);
  });

  it('suggests what was meant', async () => {
    expect((await intercept(['complie'])).stderr).toContain('compile');
    expect((await intercept(['lint', policy, '--fromat', 'json'])).stderr).toContain('--format');
  });
});

describe('input that cannot be used exits 3, with nothing on stdout', () => {
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(freshFolder(), name);
    writeFileSync(path, content);
    return path;
  };
  const cases: readonly [string, () => string, string][] = [
    ['missing', () => join(freshFolder(), 'absent.yaml'), 'source/unreadable'],
    ['a folder', () => freshFolder(), 'source/unreadable'],
    ['below a file', () => join(policy, 'x'), 'source/unreadable'],
    ['empty', () => file('empty.yaml', ''), 'source/empty'],
    [
      'binary',
      () => file('binary.yaml', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0])),
      'source/',
    ],
    ['no mapping', () => file('list.yaml', '- a\n- b\n'), 'source/not-a-map'],
    ['no manifest', () => file('other.yaml', 'a: 1\n'), 'schema/'],
  ];
  const commands: readonly [string, (path: string) => readonly string[]][] = [
    ['verify', (path) => ['verify', path, '--keys', keys]],
    ['sign', (path) => ['sign', path, '--key', join(folder, 'key.json')]],
    ['compile', (path) => ['compile', path, '--keys', keys, '--out', join(folder, 'b')]],
    ['decide', (path) => ['decide', '--manifest', path]],
    ['explain', (path) => ['explain', 'https://a.example/', '--manifest', path]],
  ];
  it.each(cases)('a manifest that is %s', async (_name, path, code) => {
    for (const [, argsFor] of commands) {
      const run = await intercept(argsFor(path()));
      expect(run).toMatchObject({ code: 3, stdout: '' });
      expect(run.stderr).toContain(code);
      expectCalm(run);
    }
  });

  it.each(cases)(
    'lint says it as a result, of a manifest that is %s',
    async (_name, path, code) => {
      const run = await intercept(['lint', path(), '--format', 'json']);
      expect(run).toMatchObject({ code: 3, stderr: '' });
      const told = JSON.parse(run.stdout);
      expect(told.ok).toBe(false);
      expect(told.diagnostics[0].code).toContain(code);
    },
  );

  it('keys that are a private key are refused and never shown', async () => {
    const key = join(folder, 'key.json');
    const secret = JSON.parse(readFileSync(key, 'utf8')).d;
    const set = file('set.json', `{"keys": [${readFileSync(key, 'utf8')}]}`);
    for (const keysFile of [key, set]) {
      const run = await intercept(['verify', policy, '--keys', keysFile]);
      expect(run).toMatchObject({ code: 3, stdout: '' });
      expect(run.stderr).toContain('jwks/');
      expect(run.stderr).not.toContain(secret);
    }
  });

  it('a key that cannot sign is never shown', async () => {
    const broken = file('broken.json', '{"kty": "OKP", "d": "c2VjcmV0c2VjcmV0", "crv": nonsense');
    const run = await intercept(['sign', policy, '--key', broken]);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).not.toContain('c2VjcmV0c2VjcmV0');
  });

  it('an unsigned manifest does not compile, and leaves the folder alone', async () => {
    const fresh = join(freshFolder(), 'p');
    await intercept(['init', fresh]);
    const out = join(fresh, 'build');
    const args = ['compile', join(fresh, 'policy.yaml'), '--out', out];
    const run = await intercept([...args, '--keys', join(fresh, 'keys.json')]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('sign/missing');
    const unsigned = await intercept([...args, '--allow-unsigned']);
    expect(unsigned.code).toBe(0);
    expect(unsigned.stdout).toContain('UNSIGNED');
    expect(readFileSync(join(out, 'policy.lock.json'), 'utf8')).toContain('"signed": false');
  });

  it('a changed manifest is refused wherever keys are given', async () => {
    const changed = file('policy.yaml', readFileSync(policy, 'utf8').replace('443', '444'));
    writeFileSync(
      changed,
      readFileSync(policy, 'utf8').replace('default_action: pass', 'default_action: deny'),
    );
    for (const [name, argsFor] of commands.filter(([command]) => command !== 'sign')) {
      const args = argsFor(changed);
      const run = await intercept(args.includes('--keys') ? args : [...args, '--keys', keys]);
      expect(run, name).toMatchObject({ code: 3, stdout: '' });
      expect(run.stderr).toContain('sign/');
    }
  });

  it('commands that only read say that nothing was verified', async () => {
    const run = await intercept(['decide', '--manifest', policy]);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).toContain('sign/unsigned-allowed');
  });

  it('a URL that is none', async () => {
    const run = await intercept([
      'explain',
      'api.openai.com',
      '--manifest',
      policy,
      '--keys',
      keys,
    ]);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('request/bad-url');
  });

  it('an output folder that cannot be made', async () => {
    const args = ['compile', policy, '--keys', keys, '--out', join(policy, 'build')];
    const run = await intercept(args);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('output/');
    expectCalm(run);
  });
});

describe('keys', () => {
  it('are appended for rotation, and both then verify', async () => {
    const work = await starter();
    const set = join(work, 'keys.json');
    const next = join(work, 'next.json');
    const args = ['keygen', '--alg', 'ES256', '--kid', 'next', '--out', next, '--append', set];
    expect(await intercept(args)).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(readFileSync(set, 'utf8')).keys).toHaveLength(2);
    const manifest = join(work, 'policy.yaml');
    expect((await intercept(['verify', manifest, '--keys', set])).code).toBe(0);
    expect((await intercept(['sign', manifest, '--key', next])).code).toBe(0);
    const run = await intercept(['verify', manifest, '--keys', set, '--format', 'json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, kid: 'next' });
    // The same id again would make it unclear which key verified.
    const again = await intercept([...args.slice(0, -4), '--out', `${next}2`, '--append', set]);
    expect(again.code).toBe(3);
    expect(JSON.parse(readFileSync(set, 'utf8')).keys).toHaveLength(2);
  });

  it('overwrite nothing', async () => {
    const work = freshFolder();
    expect((await intercept(['keygen'], { cwd: work })).code).toBe(0);
    const key = readFileSync(join(work, 'key.json'), 'utf8');
    expect((await intercept(['keygen'], { cwd: work })).code).toBe(3);
    expect(readFileSync(join(work, 'key.json'), 'utf8')).toBe(key);
  });
});

describe('signing', () => {
  it('changes nothing but the signature block', async () => {
    const work = join(freshFolder(), 'p');
    await intercept(['init', work]);
    const path = join(work, 'policy.yaml');
    const before = readFileSync(path, 'utf8');
    await intercept(['sign', path, '--key', join(work, 'key.json')]);
    const after = readFileSync(path, 'utf8');
    expect(after).not.toBe(before);
    expect(after.replace(/^signature:[\s\S]*/m, '')).toBe(before);
  });

  it('writes elsewhere when asked', async () => {
    const run = await intercept(['sign', policy, '--key', join(folder, 'key.json'), '--out', '-']);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('jws:');
  });
});

describe('lint', () => {
  it('fails at the severity that was asked for', async () => {
    const path = join(freshFolder(), 'policy.yaml');
    writeFileSync(
      path,
      readFileSync(policy, 'utf8').replace('hosts: [api.openai.com]', 'hosts: ["*.co.uk"]'),
    );
    expect((await intercept(['lint', path])).code).toBe(0);
    expect((await intercept(['lint', path, '--fail-on', 'warning'])).code).toBe(1);
    expect((await intercept(['lint', path, '--fail-on', 'never'])).code).toBe(0);
    const told = JSON.parse((await intercept(['lint', path, '--format', 'json'])).stdout);
    const [found] = told.diagnostics.filter(
      ({ code }: { code: string }) => code === 'host/public-suffix',
    );
    expect(found).toMatchObject({ severity: 'warning', file: path, rule: 0 });
  });

  it('reports every file, and fails for the worst', async () => {
    const absent = join(freshFolder(), 'absent.yaml');
    const run = await intercept(['lint', policy, absent]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('source/unreadable');
    expect(run.stdout).toContain('2 manifests: 1 error');
  });
});

describe('output', () => {
  it('shows no escape of a manifest to the terminal', async () => {
    const path = join(mkdirOf(), 'evil.yaml');
    writeFileSync(path, 'manifest_version: "\\e[31mred\\u202e"\n"\\e]0;title\\a": 1\n');
    const run = await intercept(['lint', path]);
    expect(run.code).toBe(3);
    expect(`${run.stdout}${run.stderr}`).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('survives a reader that goes away', async () => {
    const { runProgram, entry } = await import('../support/intercept.js');
    const script = `seq -f '{"host":"h%g.example","port":443}' 20000 | node "${entry}" decide --manifest "${policy}" --keys "${keys}" | head -n 1`;
    const run = await runProgram('sh', ['-c', script]);
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: '{"verdict":"pass"}\n' });
  });
});

function mkdirOf(): string {
  const path = join(freshFolder(), 'deep');
  mkdirSync(path);
  return path;
}

describe('watching', () => {
  it('compiles after each change, keeps what was there on errors, and ends calmly', async () => {
    const { spawn } = await import('node:child_process');
    const { entry } = await import('../support/intercept.js');
    const work = await starter();
    const path = join(work, 'policy.yaml');
    const good = readFileSync(path, 'utf8');
    const args = ['compile', path, '--keys', join(work, 'keys.json'), '--out', join(work, 'b')];
    const child = spawn(process.execPath, [entry, ...args, '--watch']);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    const seen = async (text: string): Promise<void> => {
      await vi.waitFor(() => expect(said).toContain(text), { timeout: 30_000, interval: 50 });
      await vi.waitFor(() => expect(said).toContain('Ctrl-C ends'), { timeout: 30_000 });
      said = '';
    };
    await seen('compiled 2 rules');
    const lock = readFileSync(join(work, 'b', 'policy.lock.json'), 'utf8');
    writeFileSync(path, good.replace('default_action: pass', 'default_action: deny'));
    await seen('sign/payload-mismatch');
    expect(readFileSync(join(work, 'b', 'policy.lock.json'), 'utf8')).toBe(lock);
    writeFileSync(path, good);
    await seen('compiled 2 rules');
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('ends where there is nothing to watch', async () => {
    const absent = join(freshFolder(), 'no', 'such', 'policy.yaml');
    const run = await intercept(['compile', absent, '--keys', keys, '--out', folder, '--watch']);
    expect(run.code).toBe(3);
    expectCalm(run);
  });
});

describe('doctor', () => {
  it('says the same to people and to programs', async () => {
    const text = await intercept(['doctor']);
    const told = JSON.parse((await intercept(['doctor', '--format', 'json'])).stdout);
    expect(text.code).toBe(told.ok ? 0 : 1);
    for (const { runtime, available } of told.runtimes) {
      expect(text.stdout).toMatch(
        new RegExp(`^${runtime} +${available ? 'can be asked here' : 'cannot'}`, 'm'),
      );
    }
    for (const { ok, fix } of told.checks) expect(ok || fix.length > 0).toBe(true);
  });

  it('names the command that gets what is missing', async () => {
    const { runProgram, entry } = await import('../support/intercept.js');
    const args = [entry, 'doctor', '--format', 'json'];
    const run = await runProgram(process.execPath, args, { env: { PATH: '/nonexistent' } });
    const told = JSON.parse(run.stdout);
    expect(run.code).toBe(1);
    const compiler = told.checks.find(({ name }: { name: string }) => name === 'C compiler');
    expect(compiler).toMatchObject({
      ok: false,
      fix: 'sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc libc6-dev',
    });
  });
});
