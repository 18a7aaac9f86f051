import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../compiler/emit/index.js';
import {
  checkArtifacts,
  LOCK_PATH,
  lockArtifact,
  lockOf,
  readArtifacts,
  writeArtifacts,
} from '../../compiler/output/index.js';

const HEAD = {
  policyId: `sha256:${'1'.repeat(64)}`,
  imageDigest: `sha256:${'2'.repeat(64)}`,
  signed: true,
  kid: 'k',
  expiresAt: 0,
  serial: null,
  compilerVersion: '0.0.0',
};

function artifactsOf(files: Readonly<Record<string, string>>): readonly Artifact[] {
  const artifacts = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
  }));
  return [...artifacts, lockArtifact(lockOf(HEAD, artifacts))];
}

const OLD = artifactsOf({ 'node/matcher.mjs': 'old', 'c/table.h': 'old', 'policy.img': 'old' });
const NEW = artifactsOf({ 'node/matcher.mjs': 'new', 'c/table.h': 'new', 'policy.img': 'new' });

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'output-test-'));

/** Every file below a folder with its text, and links as links. */
function contents(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[path.slice(folder.length + 1)] = readFileSync(path, 'utf8');
    if (entry.isSymbolicLink()) found[path.slice(folder.length + 1)] = '(link)';
  }
  return found;
}

async function written(folder: string, artifacts: readonly Artifact[]): Promise<void> {
  const outcome = await writeArtifacts(folder, artifacts);
  expect(outcome).toMatchObject({ ok: true });
}

function codes(outcome: { diagnostics: readonly { code: string }[] }): readonly string[] {
  return outcome.diagnostics.map(({ code }) => code);
}

describe('writing artefacts', () => {
  it('makes the folder, writes every file and leaves nothing else', async () => {
    const folder = join(freshFolder(), 'a', 'b');
    await written(folder, OLD);
    expect(Object.keys(contents(folder)).sort()).toEqual(OLD.map(({ path }) => path).sort());
    expect(await checkArtifacts(folder, OLD)).toEqual([]);
  });

  it('replaces an older set as a whole', async () => {
    const folder = freshFolder();
    await written(folder, OLD);
    await written(folder, NEW);
    expect(await checkArtifacts(folder, NEW)).toEqual([]);
  });

  it('keeps files that are not its own', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await written(folder, OLD);
    expect(contents(folder)['notes.txt']).toBe('mine');
  });

  it('removes what an older compile left behind, unless somebody changed it', async () => {
    const folder = freshFolder();
    await written(
      folder,
      artifactsOf({ 'c/table.h': 'c', 'bpf/maps.h': 'bpf', 'policy.img': 'i' }),
    );
    writeFileSync(join(folder, 'bpf/maps.h'), 'changed by hand');
    const fewer = artifactsOf({ 'policy.img': 'i' });
    const outcome = await writeArtifacts(folder, fewer);
    expect(outcome).toMatchObject({ ok: true, value: { removed: ['c/table.h'] } });
    expect(contents(folder)).toMatchObject({ 'bpf/maps.h': 'changed by hand' });
    expect(contents(folder)['c/table.h']).toBeUndefined();
  });

  it.each([
    ['a folder where a file goes', (folder: string) => mkdirSync(join(folder, 'policy.img'))],
    ['a file where a folder goes', (folder: string) => writeFileSync(join(folder, 'node'), '')],
    [
      'a link where a file goes',
      (folder: string) => symlinkSync('/etc/passwd', join(folder, 'policy.img')),
    ],
    ['a link where a folder goes', (folder: string) => symlinkSync(tmpdir(), join(folder, 'node'))],
    ['a dangling link', (folder: string) => symlinkSync('nowhere', join(folder, LOCK_PATH))],
  ])('refuses %s and changes nothing', async (_name, obstruct) => {
    const folder = freshFolder();
    obstruct(folder);
    const before = contents(folder);
    const outcome = await writeArtifacts(folder, NEW);
    expect(outcome.ok).toBe(false);
    expect(codes(outcome)).toContain('output/in-the-way');
    expect(contents(folder)).toEqual(before);
  });

  it('refuses an output folder that is a file', async () => {
    const file = join(freshFolder(), 'file');
    writeFileSync(file, 'mine');
    expect(codes(await writeArtifacts(file, NEW))).toEqual(['output/in-the-way']);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('undoes the files in place when a later one fails', async () => {
    const folder = freshFolder();
    await written(folder, OLD);
    // The name of the last artefact is longer than any file system takes: its staging fails.
    const tooLong = { path: `${'x'.repeat(300)}.h`, bytes: Buffer.from('x') };
    const outcome = await writeArtifacts(folder, [...NEW, tooLong]);
    expect(codes(outcome)).toEqual(['output/write']);
    expect(await checkArtifacts(folder, OLD)).toEqual([]);
    expect(Object.keys(contents(folder)).sort()).toEqual(OLD.map(({ path }) => path).sort());
  });

  it('lets one compile at a time into a folder', async () => {
    const folder = freshFolder();
    await written(folder, OLD);
    mkdirSync(join(folder, '.intercept-staging'));
    writeFileSync(join(folder, '.intercept-staging', 'pid'), String(process.pid));
    expect(codes(await writeArtifacts(folder, NEW))).toEqual(['output/busy']);
    expect(await checkArtifacts(folder, OLD)).toEqual([]);
  });

  it('takes over from a compile that died', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, '.intercept-staging'));
    // Beyond the largest process id that Linux gives.
    writeFileSync(join(folder, '.intercept-staging', 'pid'), '4194305');
    writeFileSync(join(folder, '.intercept-staging', 'new-policy.img'), 'half');
    await written(folder, NEW);
    expect(await checkArtifacts(folder, NEW)).toEqual([]);
    expect(readdirSync(folder)).not.toContain('.intercept-staging');
  });

  it('leaves exactly one of two sets that are written at once', async () => {
    const folder = freshFolder();
    const outcomes = await Promise.all([writeArtifacts(folder, OLD), writeArtifacts(folder, NEW)]);
    expect(outcomes.some(({ ok }) => ok)).toBe(true);
    const stale = await Promise.all([checkArtifacts(folder, OLD), checkArtifacts(folder, NEW)]);
    expect(stale.filter(({ length }) => length === 0)).toHaveLength(1);
  });

  it('never writes outside of its folder', async () => {
    for (const path of ['../x', '/x', 'a/../../x', 'a//b', '.hidden', '']) {
      await expect(
        writeArtifacts(freshFolder(), [{ path, bytes: Buffer.alloc(0) }]),
      ).rejects.toThrow('leaves its folder');
    }
  });
});

describe('checking artefacts', () => {
  it('names what is missing, stale and left over', async () => {
    const folder = freshFolder();
    await written(folder, OLD);
    const wanted = artifactsOf({
      'node/matcher.mjs': 'new',
      'policy.img': 'old',
      'policy.txt': 't',
    });
    const found = await checkArtifacts(folder, wanted);
    expect(found.map(({ code, message }) => [code, message.slice(folder.length + 1)])).toEqual([
      ['output/stale', 'node/matcher.mjs is stale'],
      ['output/missing', 'policy.txt is missing'],
      ['output/stale', `${LOCK_PATH} is stale`],
      ['output/extra', 'c/table.h was left behind by an older compile'],
    ]);
  });

  it('calls an empty and an absent folder missing, not up to date', async () => {
    for (const folder of [freshFolder(), join(freshFolder(), 'absent')]) {
      const found = await checkArtifacts(folder, NEW);
      expect(found.map(({ code }) => code)).toEqual(NEW.map(() => 'output/missing'));
    }
  });

  it('reads a set back only as the lock describes it', async () => {
    const folder = freshFolder();
    await written(folder, OLD);
    expect(await readArtifacts(folder)).toMatchObject({ ok: true });
    writeFileSync(join(folder, 'policy.img'), 'olD');
    expect(codes(await readArtifacts(folder))).toEqual(['output/lock']);
  });

  it.each([
    ['no JSON', '{'],
    ['no lock', '{"artifacts": []}'],
    ['a path that leaves the folder', `{"artifacts": {"../x": "sha256:${'0'.repeat(64)}"}}`],
    ['no digest', '{"artifacts": {"policy.img": "sha256:0"}}'],
  ])('refuses a lock that is %s', async (_name, text) => {
    const folder = freshFolder();
    writeFileSync(join(folder, LOCK_PATH), text);
    expect(codes(await readArtifacts(folder))).toEqual(['output/lock']);
  });
});

describe('the lock', () => {
  it('is a function of the artefacts, whatever their order', () => {
    const one = artifactsOf({ b: '1', a: '2' }).at(-1);
    const other = artifactsOf({ a: '2', b: '1' }).at(-1);
    expect(Buffer.from(one!.bytes).toString()).toBe(Buffer.from(other!.bytes).toString());
  });
});
