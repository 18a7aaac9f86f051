/** Where results go besides the terminal: `--output sarif=lint.sarif`. */

import { stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { type Diagnostic, diagnostic } from '../../diagnostics/index.js';
import { errorCode, replaceFile, writeNewFiles } from '../../output/index.js';
import { UsageError } from '../exit.js';

export const LINT_FORMATS = ['text', 'json', 'sarif', 'github', 'junit'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

export interface Output {
  readonly format: LintFormat;
  readonly file: string;
}

/** Parses one `--output`, behind those before it. */
export function parseOutput(text: string, before: readonly Output[] = []): readonly Output[] {
  const at = text.indexOf('=');
  const format = LINT_FORMATS.find((one) => one === text.slice(0, at));
  if (format === undefined || at === text.length - 1) {
    throw new InvalidArgumentError(`Give <format>=<file>; formats: ${LINT_FORMATS.join(', ')}.`);
  }
  return [...before, { format, file: text.slice(at + 1) }];
}

/** @throws UsageError where two outputs, or an output and something that is read, are one file */
export function checkOutputs(outputs: readonly Output[], read: readonly string[]): void {
  const taken = new Set(read.map((file) => resolve(file)));
  for (const { file } of outputs) {
    if (taken.has(resolve(file))) throw new UsageError(`--output would overwrite ${file}`);
    taken.add(resolve(file));
  }
}

/** Writes a report, in place of an older one; null where that worked. Code `output/write`. */
export async function writeOutput(file: string, text: string): Promise<Diagnostic | null> {
  const bytes = Buffer.from(text, 'utf8');
  try {
    // A pipe or a device is written to, never replaced.
    if ((await stat(file)).isFile()) return await replaceFile(file, bytes);
    await writeFile(file, bytes);
    return null;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return writeNewFiles([{ path: file, bytes, mode: 0o666 }]);
    return diagnostic('output/write', { message: `cannot write ${file}: ${code}` });
  }
}
