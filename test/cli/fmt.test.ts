/** `intercept fmt`: what it writes, what it refuses, and what it only shows. */

import {
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../compiler/cli/fmt/unified.js';
import { expectFine, freshFolder, intercept, starter } from '../support/intercept.js';

let folder: string;
let plain: string;
beforeAll(async () => {
  folder = await starter();
  const fresh = join(freshFolder(), 'p');
  await expectFine(['init', fresh]);
  plain = readFileSync(join(fresh, 'policy.yaml'), 'utf8');
});

function file(content: string): string {
  const path = join(freshFolder(), 'policy.yaml');
  writeFileSync(path, content);
  return path;
}

/** The starter, laid out in another way. */
const untidy = (): string =>
  plain.replace('hosts: [api.openai.com]', 'hosts:   [ "api.openai.com" ]   # one');
const tidy = (): string =>
  plain.replace('hosts: [api.openai.com]', 'hosts: ["api.openai.com"]   # one');

describe('fmt', () => {
  it('leaves alone what init and sign write', async () => {
    const path = file(plain);
    const { mtimeMs } = statSync(path);
    expect((await intercept(['fmt', path])).stdout).toBe(`${path} is in the canonical layout\n`);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    const signed = join(folder, 'policy.yaml');
    const run = await intercept(['fmt', signed, '--check', '--keys', join(folder, 'keys.json')]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('writes the canonical layout, once, and keeps permissions', async () => {
    const path = file(untidy());
    chmodSync(path, 0o640);
    const run = await intercept(['fmt', path]);
    expect(run).toMatchObject({ code: 0, stdout: `${path} formatted\n` });
    expect(run.stderr).toContain('sign/unsigned-allowed');
    expect(readFileSync(path, 'utf8')).toBe(tidy());
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(dirname(path))).toEqual(['policy.yaml']);
    expect((await intercept(['fmt', path])).stdout).toBe(`${path} is in the canonical layout\n`);
  });

  it('writes what a link leads to, not the link', async () => {
    const path = file(untidy());
    const link = join(freshFolder(), 'link.yaml');
    symlinkSync(path, link);
    await expectFine(['fmt', link]);
    expect(readFileSync(path, 'utf8')).toBe(tidy());
  });

  it('--check writes nothing and exits 1', async () => {
    const path = file(untidy());
    const run = await intercept(['fmt', '--check', path, file(plain)]);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(`${path} is not in the canonical layout\n`);
    expect(readFileSync(path, 'utf8')).toBe(untidy());
  });

  it('--diff writes nothing, and prints the difference', async () => {
    const path = file(untidy());
    const run = await intercept(['fmt', '--diff', path]);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(
      '-      hosts:   [ "api.openai.com" ]   # one\n+      hosts: ["api.openai.com"]   # one\n',
    );
    expect(readFileSync(path, 'utf8')).toBe(untidy());
    expect(applied(untidy(), run.stdout)).toBe(tidy());
    expect(await intercept(['fmt', '--diff', file(plain)])).toMatchObject({ code: 0, stdout: '' });
  });

  it('json says what became of each file', async () => {
    const [one, two] = [file(untidy()), file(plain)];
    const run = await intercept(['fmt', one, two, '--check', '--diff', '--format', 'json']);
    expect(run).toMatchObject({ code: 1, stderr: '' });
    const told = JSON.parse(run.stdout);
    expect(told).toMatchObject({
      ok: false,
      files: [
        { file: one, status: 'differs' },
        { file: two, status: 'unchanged', diff: '' },
      ],
    });
    expect(told.files[0].diff).toContain('@@');
  });
});

describe('a signed manifest', () => {
  const messy = (): string => {
    const text = readFileSync(join(folder, 'policy.yaml'), 'utf8');
    const path = file(text.replace('hosts: [api.openai.com]', 'hosts: [ api.openai.com ]'));
    return path;
  };

  it('is refused, and stays as it was', async () => {
    const path = messy();
    const before = readFileSync(path, 'utf8');
    const run = await intercept(['fmt', path]);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('fmt/signed');
    expect(run.stderr).toContain('--drop-signature');
    expect(readFileSync(path, 'utf8')).toBe(before);
    const json = await intercept(['fmt', path, '--format', 'json']);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, files: [{ status: 'refused' }] });
  });

  it('loses its signature where that is asked for, and can be signed again', async () => {
    const path = messy();
    const keys = ['--keys', join(folder, 'keys.json')];
    await expectFine(['fmt', path, '--drop-signature']);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toMatch(/^signature:/m);
    expect(text).toContain('hosts: [api.openai.com]');
    expect((await intercept(['verify', path, ...keys])).code).toBe(3);
    await expectFine(['sign', path, '--key', join(folder, 'key.json')]);
    await expectFine(['verify', path, ...keys]);
    await expectFine(['fmt', path, '--check', ...keys]);
  });

  it('with keys is verified first', async () => {
    const path = messy();
    const changed = readFileSync(path, 'utf8').replace(
      'default_action: pass',
      'default_action: deny',
    );
    writeFileSync(path, changed);
    const run = await intercept([
      'fmt',
      path,
      '--drop-signature',
      '--keys',
      join(folder, 'keys.json'),
    ]);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('sign/');
    expect(readFileSync(path, 'utf8')).toBe(changed);
  });
});

describe('wrong use and unusable input', () => {
  it('no file exits 2', async () => {
    expect(await intercept(['fmt'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.each<[string, () => string, string]>([
    ['missing', () => join(freshFolder(), 'absent.yaml'), 'source/unreadable'],
    ['no YAML', () => file('a: [\n'), 'source/'],
    ['no manifest', () => file('a:   1\n'), 'schema/'],
  ])(
    'a file that is %s exits 3; the others are formatted all the same',
    async (_name, path, code) => {
      const good = file(untidy());
      const run = await intercept(['fmt', path(), good]);
      expect(run.code).toBe(3);
      expect(run.stderr).toContain(code);
      expect(readFileSync(good, 'utf8')).toBe(tidy());
    },
  );
});

/** The text with a unified diff applied, checked line by line. */
function applied(before: string, diff: string): string {
  const source = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  const lines = diff.match(/[^\n]*\n/g) ?? [];
  for (const [index, line] of lines.entries()) {
    const hunk = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line.trimEnd());
    const whole = lines[index + 1]?.startsWith('\\') ? line.slice(1, -1) : line.slice(1);
    if (hunk !== null) {
      const start = hunk[2] === '0' ? Number(hunk[1]) : Number(hunk[1]) - 1;
      out.push(...source.slice(at, start));
      at = start;
      expect(out.length).toBe(hunk[4] === '0' ? Number(hunk[3]) : Number(hunk[3]) - 1);
    } else if (index < 2 || line.startsWith('\\')) {
      // The names of the files, and the note on the line before.
    } else if (line.startsWith('+')) {
      out.push(whole);
    } else {
      expect(source[at]).toBe(whole);
      if (line.startsWith(' ')) out.push(whole);
      at++;
    }
  }
  return [...out, ...source.slice(at)].join('');
}

describe('the diff', () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', 'd\r'), { maxLength: 30 }), fc.boolean())
    .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));

  it('leads from the one text to the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff('p', before, after);
        expect(diff === '').toBe(before === after);
        expect(applied(before, diff)).toBe(after);
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });

  it('is as short as can be, in hunks', () => {
    const lines = Array.from({ length: 40 }, (_, at) => `${at}\n`);
    const after = lines.with(5, 'five\n').with(30, 'thirty\n').join('');
    const diff = unifiedDiff('p', lines.join(''), after);
    expect(diff.match(/^@@/gm)).toHaveLength(2);
    expect(diff.match(/^[+-](?![+-])/gm)).toHaveLength(4);
  });

  it('of texts that have nothing in common ends soon', () => {
    const many = (word: string): string =>
      `${Array.from({ length: 20_000 }, (_, at) => `${word}${at}\n`).join('')}`;
    const start = performance.now();
    expect(unifiedDiff('p', many('a'), many('b')).split('\n').length).toBe(40_004);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
