/** Every system call of a write fails once, in turn: the folder must hold the old set or the new one, never a mixture. */

import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  checkArtifacts,
  lockArtifact,
  lockOf,
  writeArtifacts,
} from '../../compiler/output/index.js';

/** The call that fails, counting down to 0, and how. */
const fault = vi.hoisted(() => ({ in: Number.POSITIVE_INFINITY, code: '', calls: 0 }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const faulty = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      fault.calls += 1;
      fault.in -= 1;
      if (fault.in === 0)
        throw Object.assign(new Error(`${fault.code}: injected`), { code: fault.code });
      return call(...args);
    };
  };
  return {
    ...real,
    open: faulty(real.open),
    rename: faulty(real.rename),
    link: faulty(real.link),
    copyFile: faulty(real.copyFile),
    mkdir: faulty(real.mkdir),
  };
});

function artifactsOf(text: string) {
  const artifacts = ['node/matcher.mjs', 'c/table.h', 'policy.img'].map((path) => ({
    path,
    bytes: Buffer.from(`${text} ${path}`),
  }));
  const lock = lockOf(
    {
      policyId: `sha256:${'1'.repeat(64)}`,
      imageDigest: `sha256:${'2'.repeat(64)}`,
      signed: true,
      kid: 'k',
      expiresAt: 0,
      serial: 1,
      compilerVersion: '0.0.0',
    },
    artifacts,
  );
  return [...artifacts, lockArtifact(lock)];
}

const OLD = artifactsOf('old');
const NEW = artifactsOf('new');

/** Writes NEW over OLD with one failing call; true where the failure was met. */
async function writeWithFault(at: number, code: string, oldSet: boolean): Promise<boolean> {
  const folder = join(mkdtempSync(join(tmpdir(), 'faults-test-')), 'out');
  fault.in = Number.POSITIVE_INFINITY;
  if (oldSet) expect(await writeArtifacts(folder, OLD)).toMatchObject({ ok: true });
  fault.calls = 0;
  fault.in = at;
  fault.code = code;
  const outcome = await writeArtifacts(folder, NEW);
  const met = fault.in <= 0;
  fault.in = Number.POSITIVE_INFINITY;
  const stale = await checkArtifacts(folder, outcome.ok ? NEW : oldSet ? OLD : []);
  expect(stale).toEqual([]);
  if (!outcome.ok && !oldSet) expect(await checkArtifacts(folder, NEW)).toHaveLength(NEW.length);
  const left = await checkArtifacts(folder, []);
  expect(left.every(({ code: found }) => found === 'output/extra')).toBe(true);
  expect(readdirSync(join(folder, '..'), { recursive: true }).join()).not.toContain('staging');
  return met;
}

it.each([
  ['ENOSPC', true],
  ['EIO', true],
  ['EROFS', false],
  ['EDQUOT', false],
])('survives %s at every call (old set there: %s)', async (code, oldSet) => {
  let at = 1;
  while (await writeWithFault(at, code, oldSet)) at += 1;
  // Staging, linking and renaming four files take more calls than this; fewer would mean that nothing was injected.
  expect(at).toBeGreaterThan(12);
});
