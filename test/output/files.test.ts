import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFile, writeNewFiles } from '../../compiler/output/index.js';

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'files-test-'));
const file = (path: string, mode = 0o644) => ({ path, bytes: Buffer.from('new'), mode });

describe('new files', () => {
  it('are all made, with their permissions', async () => {
    const folder = freshFolder();
    expect(
      await writeNewFiles([file(join(folder, 'a')), file(join(folder, 'b'), 0o600)]),
    ).toBeNull();
    expect(statSync(join(folder, 'b')).mode & 0o777).toBe(0o600);
  });

  it('are made all or none', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'b'), 'mine');
    const problem = await writeNewFiles([file(join(folder, 'a')), file(join(folder, 'b'))]);
    expect(problem?.code).toBe('output/exists');
    expect(readdirSync(folder)).toEqual(['b']);
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('mine');
  });

  it('are never made through a link', async () => {
    const folder = freshFolder();
    const elsewhere = join(folder, 'elsewhere');
    symlinkSync(elsewhere, join(folder, 'a'));
    expect((await writeNewFiles([file(join(folder, 'a'))]))?.code).toBe('output/exists');
    expect(existsSync(elsewhere)).toBe(false);
  });
});

describe('a replaced file', () => {
  it('keeps its permissions', async () => {
    const path = join(freshFolder(), 'a');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    expect(await replaceFile(path, Buffer.from('new'))).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('is replaced behind its link', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync('real', join(folder, 'link'));
    expect(await replaceFile(join(folder, 'link'), Buffer.from('new'))).toBeNull();
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
  });

  it('must be there', async () => {
    const folder = freshFolder();
    expect((await replaceFile(join(folder, 'a'), Buffer.from('new')))?.code).toBe('output/write');
    expect(readdirSync(folder)).toEqual([]);
  });
});
