/** What commands read: files, and values of flags. */

import { readFile, stat } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { diagnostic, failure, type Result } from '../diagnostics/index.js';
import { errorCode } from '../output/index.js';
import { parseTime } from '../validate/index.js';

export interface Input {
  /** As the user named it; diagnostics carry it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A manifest has at most 64 MiB (`source/too-large`). */
const MAX_STDIN = 64 << 20;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no folder',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go in a circle',
  ENAMETOOLONG: 'the name is too long',
};

/** Reads a file once; nothing is read a second time. Code `source/unreadable`. */
export async function readInput(name: string): Promise<Result<Input>> {
  try {
    if ((await stat(name)).isDirectory()) return unreadable(name, REASONS['EISDIR']!);
    return { ok: true, value: { name, bytes: await readFile(name) }, diagnostics: [] };
  } catch (error) {
    const code = errorCode(error);
    // A NUL in the name is refused by Node before any system call.
    if (code === undefined) throw error;
    return unreadable(name, REASONS[code] ?? code);
  }
}

/** All of stdin, under a name for diagnostics; no more than a file may have, and one byte. */
export async function readStdin(name: string): Promise<Input> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    // The reader refuses it; the rest need not be held.
    if (size > MAX_STDIN) break;
  }
  return { name, bytes: Buffer.concat(chunks) };
}

function unreadable(name: string, reason: string): Result<never> {
  return failure(
    diagnostic('source/unreadable', {
      message: `cannot read ${name}: ${reason}`,
      hint: 'Check the path, or make a starter with `intercept init DIR`.',
    }),
  );
}

/** Parses `--at`: the form that times have in a manifest. */
export function parseAt(text: string): Date {
  const time = parseTime(text);
  if (time === undefined) throw new InvalidArgumentError('Give a time like 2026-11-22T00:00:00Z.');
  return new Date(time);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

/** Parses `--valid-for`: `14d`, `12h`, `30m`, `90s`. In milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Give a duration like 14d, 12h, 30m or 90s.');
  return Number(match[1]) * UNIT_MS[match[2]!]!;
}

/** Parses `--min-serial`. */
export function parseSerial(text: string): number {
  const serial = Number(text);
  if (!/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(serial)) {
    throw new InvalidArgumentError('Give a whole number from 0 to 2^53-1.');
  }
  return serial;
}
