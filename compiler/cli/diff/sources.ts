/** The two manifests of a comparison: two files, or one file and what it was in a git revision. */

import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { diagnostic, failure, type Result } from '../../diagnostics/index.js';
import { type Examined, examineManifest } from '../../pipeline.js';
import { type Sources, sourcesOf } from '../console.js';
import { UsageError } from '../exit.js';
import { type Input, readInput } from '../input.js';
import { optionsFor } from '../manifest.js';

/** A manifest of this size would be far beyond every documented limit. */
const MAX_GIT_BYTES = 512 * 1024 * 1024;

/** The bytes of `file` in a revision, as git holds them: no filter and no checkout. Code `source/unreadable`. */
export async function readRevision(revision: string, file: string): Promise<Result<Input>> {
  if (!/^[^-\s:][^\s:]*$/u.test(revision)) {
    throw new UsageError(`${JSON.stringify(revision)} is not a git revision`);
  }
  const object = `${revision}:./${basename(file)}`;
  const name = `${revision}:${file}`;
  const args = ['-C', dirname(file), 'cat-file', 'blob', object];
  const options = { encoding: 'buffer', maxBuffer: MAX_GIT_BYTES } as const;
  return new Promise((resolve) => {
    execFile('git', args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ ok: true, value: { name, bytes: stdout }, diagnostics: [] });
        return;
      }
      const said = stderr.toString('utf8').trim().split('\n')[0] ?? '';
      const reason = error.code === 'ENOENT' ? 'git is not installed' : said || error.message;
      const message = `cannot read ${name}: ${reason}`;
      const hint = 'Check the revision, and that the file existed in it under this path.';
      resolve(failure(diagnostic('source/unreadable', { message, hint })));
    });
  });
}

export interface Sides {
  readonly before: Examined;
  readonly after: Examined;
}

/** Both manifests, verified where keys are given; the diagnostics of both. */
export async function examineBoth(
  inputs: readonly [Result<Input>, Result<Input>],
  flags: { readonly keys?: string; readonly at?: Date },
): Promise<Result<Sides> & { readonly sources: Sources }> {
  const keys = flags.keys === undefined ? undefined : await readInput(flags.keys);
  const [before, after] = inputs;
  if (!before.ok || !after.ok || keys?.ok === false) {
    const diagnostics = [before, after, ...(keys === undefined ? [] : [keys])];
    const all = diagnostics.flatMap((one) => one.diagnostics);
    return { ok: false, diagnostics: all, sources: new Map() };
  }
  const examine = (manifest: Input) => {
    const loaded = { manifest, keys: keys?.value, sources: sourcesOf(manifest) };
    return examineManifest(manifest.bytes, optionsFor(loaded, { at: flags.at }));
  };
  const [old, now] = [await examine(before.value), await examine(after.value)];
  const sources = new Map([...sourcesOf(before.value), ...sourcesOf(after.value)]);
  const diagnostics = [...old.diagnostics, ...now.diagnostics];
  if (!old.ok || !now.ok) return { ok: false, diagnostics, sources };
  return { ok: true, value: { before: old.value, after: now.value }, diagnostics, sources };
}
