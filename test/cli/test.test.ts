/** `intercept test`: exit codes, what a person sees, what programs read, coverage and runtimes. */

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  entry,
  freshFolder,
  intercept,
  type Run,
  type RunOptions,
  root,
  starter,
} from '../support/intercept.js';

/** Where no compiler is on the path, the C and BPF runtimes are not here. */
const WITHOUT_COMPILERS: RunOptions = { env: { PATH: freshFolder() } };

let folder: string;
beforeAll(async () => {
  folder = await starter();
});

/** A test file beside the starter's manifest. */
function testFile(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `manifest: policy.yaml\n${body}`);
  return path;
}

const good = 'requests:\n  - {url: "https://api.openai.com/v1/x", action: execute, rule: openai}\n';
const bad = 'requests:\n  - {url: "https://api.openai.com/v1/x", action: deny, rule: opneai}\n';

const test = (args: readonly string[], options = WITHOUT_COMPILERS): Promise<Run> =>
  intercept(['test', ...args], options);

describe('a run', () => {
  it("of the starter's own test is fine, in every runtime that is here", async () => {
    const run = await intercept(['test', join(folder, 'policy.test.yaml'), '--format', 'json']);
    expect(run.code).toBe(0);
    const told = JSON.parse(run.stdout);
    expect(told).toMatchObject({ ok: true, summary: { cases: 6, passed: 6, failed: 0 } });
    const present = told.manifests[0].runtimes.filter(
      (one: { available: boolean }) => one.available,
    );
    expect(told.summary.checks.passed).toBe(6 * present.length);
  });

  it('of the example finds its own files, and covers every rule', async () => {
    const run = await test(['--format', 'json'], { ...WITHOUT_COMPILERS, cwd: root });
    expect(run.code).toBe(0);
    const [manifest] = JSON.parse(run.stdout).manifests;
    expect(manifest.manifest).toBe('schemas/examples/providers.yaml');
    expect(manifest.coverage.rules).toMatchObject({ percent: 100, missed: [] });
  });

  it('shows a failure with what was expected, what came, and the line of the rule', async () => {
    const run = await test([testFile('bad.test.yaml', bad)]);
    expect(run.code).toBe(1);
    const line =
      readFileSync(join(folder, 'policy.yaml'), 'utf8')
        .split('\n')
        .indexOf('  - integration_id: openai') + 1;
    for (const text of [
      `FAIL GET https://api.openai.com/v1/x  ${join(folder, 'bad.test.yaml')}:3:5\n`,
      '  reference, node  action: expected deny, got execute\n',
      '  reference, node  rule: expected opneai, got openai\n',
      `  decided by rule 0 (openai), ${join(folder, 'policy.yaml')}:${line}\n`,
      `  ${line} |   - integration_id: openai\n`,
      'policy.yaml has no rule with the integration_id opneai\n',
      '1 case: 0 passed, 1 failed',
    ]) {
      expect(run.stdout).toContain(text);
    }
  });

  it('tells a path that is denied as ambiguous from one that no rule decides', async () => {
    const body = `requests:
  - {url: "https://unknown.example/", action: deny}
  - {url: "https://unknown.example/a/..%2Fb", action: deny}
`;
    const run = await test([testFile('none.test.yaml', body)]);
    expect(run.code).toBe(1);
    expect(run.stdout.match(/no rule decides it \(default_action: pass\)/g)).toHaveLength(2);
    expect(run.stdout).not.toContain('ways that are decided differently');
  });

  it('says that nothing was verified; with keys, verifies first', async () => {
    const file = testFile('good.test.yaml', good);
    expect((await test([file])).stderr).toContain('sign/unsigned-allowed');
    const keys = ['--keys', join(folder, 'keys.json')];
    expect(await test([file, ...keys])).toMatchObject({ code: 0, stderr: '' });
    const other = join(await starter(), 'keys.json');
    const refused = await test([file, '--keys', other]);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('sign/');
  });
});

describe('runtimes', () => {
  it('that are not here are named and skipped, and never passed', async () => {
    const file = testFile('good.test.yaml', good);
    const told = JSON.parse((await test([file, '--format', 'json'])).stdout);
    expect(told.summary.checks).toEqual({ passed: 2, failed: 0, skipped: 2 });
    expect((await test([file])).stdout).toMatch(/^ {2}NOT RUN in c: .*compiler/m);
  });

  it('that are asked for by name must be here', async () => {
    const file = testFile('good.test.yaml', good);
    const run = await test([file, '--runtime', 'node', 'c']);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('runtime/unavailable');
    const node = JSON.parse((await test([file, '--runtime', 'node', '--format', 'json'])).stdout);
    expect(node.manifests[0].runtimes).toEqual([{ runtime: 'node', available: true }]);
    expect(node.summary.checks).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });

  it('fail alone where only their verdict is not as expected', async () => {
    const body =
      'verdicts:\n  - {host: a.example, port: 443, verdict: {node: deny, reference: pass}}\n';
    const run = await test([testFile('one.test.yaml', body), '--format', 'json']);
    expect(run.code).toBe(1);
    const [{ checks }] = JSON.parse(run.stdout).manifests[0].cases;
    expect(checks.map((one: { status: string }) => one.status)).toEqual([
      'passed',
      'failed',
      'skipped',
      'skipped',
    ]);
  });
});

describe('coverage', () => {
  it('below the threshold fails; failures and coverage are both told', async () => {
    const fine = await test([testFile('good.test.yaml', good), '--threshold', '50']);
    // One of two rules, but two of five patterns.
    expect(fine.code).toBe(1);
    expect(fine.stdout).toMatch(/covers 1 of 2 rules \(50%\), 2 of 5 patterns \(40%\)/);
    expect(fine.stdout).toContain('rule 1 (metadata-service) decides no request of the tests');
    expect(fine.stdout).toContain('below the threshold of 50%');
    const both = await test([
      testFile('bad.test.yaml', bad),
      '--threshold',
      '100',
      '--format',
      'json',
    ]);
    expect(both.code).toBe(1);
    expect(JSON.parse(both.stdout)).toMatchObject({
      ok: false,
      threshold: 100,
      summary: { failed: 1 },
      manifests: [{ reaches_threshold: false }],
    });
    expect((await test([testFile('good.test.yaml', good), '--threshold', '40'])).code).toBe(0);
  });

  it('of several files on one manifest is counted together', async () => {
    const rest = `requests:
  - {url: "http://169.254.169.254/", action: deny}
  - {url: "http://[fd00:ec2::254]/", action: deny}
`;
    const files = [testFile('good.test.yaml', good), testFile('rest.test.yaml', rest)];
    const run = await test([...files, '--threshold', '100']);
    expect(run.stdout).toMatch(/covers 2 of 2 rules \(100%\), 5 of 5 patterns \(100%\)/);
    expect(run.code).toBe(0);
  });
});

describe('junit', () => {
  it('has a case for each runtime, escaped, with counts', async () => {
    const body = `requests:
  - {name: "<a> & \\"b\\" \\u0007", url: "https://api.openai.com/", action: deny}
`;
    const run = await test([
      testFile('x.test.yaml', body),
      '--format',
      'junit',
      '--threshold',
      '1',
    ]);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites /);
    expect(run.stdout).toContain(
      '<testsuites name="intercept test" tests="5" failures="2" errors="0" skipped="2">',
    );
    expect(run.stdout).toContain('name="&lt;a&gt; &amp; &quot;b&quot; ');
    expect(run.stdout).toContain('<failure message="action: expected deny, got execute"/>');
    expect(run.stdout.match(/<skipped message="[^"]*compiler/g)?.length).toBeGreaterThan(0);
    expect(run.stdout).not.toContain('\u0007');
    expect(run.stdout).toContain('policy.yaml reaches 1%');
  });
});

describe('--watch', () => {
  /** Waits for `count` runs in all, told by the line that ends each. */
  function watching(args: readonly string[], cwd: string) {
    const child = spawn(
      process.execPath,
      [entry, 'test', ...args, '--watch', '--runtime', 'node'],
      {
        cwd,
        env: { ...process.env, NO_COLOR: '1' },
      },
    );
    const told = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      told.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      told.err += chunk.toString();
    });
    const runs = async (count: number): Promise<void> => {
      const end = Date.now() + 45_000;
      while ((told.err.match(/Ctrl-C ends/g) ?? []).length < count) {
        if (Date.now() > end) throw new Error(`no run ${count}: ${told.out}${told.err}`);
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    const ended = new Promise<number | null>((done) => child.on('close', done));
    const end = async (): Promise<number | null> => {
      child.kill('SIGINT');
      return ended;
    };
    return { told, runs, end };
  }

  it('runs again when a test or its manifest changes, and when a manifest appears', async () => {
    const place = freshFolder();
    const manifest = readFileSync(join(folder, 'policy.yaml'), 'utf8');
    const [policy, file] = [join(place, 'policy.yaml'), join(place, 'p.test.yaml')];
    writeFileSync(file, `manifest: policy.yaml\n${good}`);
    const watched = watching([file], place);
    try {
      await watched.runs(1);
      expect(watched.told.err).toContain('source/unreadable');
      writeFileSync(policy, manifest);
      await watched.runs(2);
      expect(watched.told.out).toContain('1 passed, 0 failed');
      writeFileSync(file, `manifest: policy.yaml\n${bad}`);
      await watched.runs(3);
      expect(watched.told.out).toContain('0 passed, 1 failed');
      writeFileSync(
        policy,
        manifest.replace('action: execute\n', 'action: deny\n').replace(/ {4}rewrite:.*\n/, ''),
      );
      await watched.runs(4);
      expect(watched.told.out).toContain('rule: expected opneai, got openai');
    } finally {
      expect(await watched.end()).toBe(0);
    }
  });

  it('without a file, takes up new tests', async () => {
    const place = freshFolder();
    writeFileSync(join(place, 'policy.yaml'), readFileSync(join(folder, 'policy.yaml')));
    writeFileSync(join(place, 'a.test.yaml'), `manifest: policy.yaml\n${good}`);
    const watched = watching([], place);
    try {
      await watched.runs(1);
      writeFileSync(join(place, 'b.test.yaml'), `manifest: policy.yaml\n${good}`);
      await watched.runs(2);
      expect(watched.told.out).toContain('2 cases: 2 passed');
    } finally {
      expect(await watched.end()).toBe(0);
    }
  });

  it('is for people: with another format it exits 2', async () => {
    const run = await test([testFile('good.test.yaml', good), '--watch', '--format', 'json']);
    expect(run).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('wrong use and unusable input', () => {
  it.each(['-1', '101', '100.1', 'all', '', '1e1', 'NaN'])(
    'threshold %j exits 2',
    async (percent) => {
      const run = await test([testFile('good.test.yaml', good), `--threshold=${percent}`]);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toContain('from 0 to 100');
    },
  );

  it('no test file anywhere exits 2, with a hint', async () => {
    const run = await test([], { ...WITHOUT_COMPILERS, cwd: freshFolder() });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('*.test.yaml');
  });

  it('files are found below the folder, but not in node_modules and hidden folders', async () => {
    const place = freshFolder();
    for (const name of ['node_modules', '.hidden', 'deep/er']) {
      mkdirSync(join(place, name), { recursive: true });
      writeFileSync(
        join(place, name, 'p.test.yaml'),
        `manifest: ${join(folder, 'policy.yaml')}\n${good}`,
      );
    }
    const run = await test(['--format', 'json'], { ...WITHOUT_COMPILERS, cwd: place });
    expect(run.code).toBe(0);
    const { cases } = JSON.parse(run.stdout).manifests[0];
    expect(cases.map((one: { file: string }) => one.file)).toEqual([
      join('deep', 'er', 'p.test.yaml'),
    ]);
  });

  it.each<[string, () => string, string]>([
    ['a missing file', () => join(folder, 'absent.test.yaml'), 'source/unreadable'],
    ['a folder', () => folder, 'source/unreadable'],
    ['a file without a case', () => testFile('empty.test.yaml', ''), 'schema/items'],
    ['a mistyped key', () => testFile('typo.test.yaml', 'request: []\n'), 'schema/unknown-key'],
    ['a manifest, not a test', () => join(folder, 'policy.yaml'), 'schema/'],
  ])('%s exits 3', async (_name, path, code) => {
    const run = await test([path()]);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain(code);
    const json = await test([path(), '--format', 'json']);
    expect(json).toMatchObject({ code: 3, stderr: '' });
    expect(JSON.parse(json.stdout).ok).toBe(false);
  });

  it('a manifest that is missing or broken exits 3', async () => {
    const file = join(folder, 'lost.test.yaml');
    writeFileSync(file, `manifest: absent.yaml\n${good}`);
    const missing = await test([file]);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    expect(missing.stderr).toContain('absent.yaml');
    writeFileSync(file, `manifest: policy.test.yaml\n${good}`);
    expect((await test([file])).code).toBe(3);
  });
});
