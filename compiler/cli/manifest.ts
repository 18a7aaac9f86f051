/** How commands take a manifest: with keys it is verified first; without, some commands accept it and say so. */

import { type Command, Option } from 'commander';
import { failure, type Result } from '../diagnostics/index.js';
import type { CompileOptions } from '../pipeline.js';
import { progressLine, type Sources, sourcesOf } from './console.js';
import { type Input, parseAt, readInput } from './input.js';

/** Files that one command line names, each read once. */
export interface Loaded {
  readonly manifest: Input;
  readonly keys: Input | undefined;
  /** Of the manifest alone: no code frame is ever cut from a key file, which may hold a private key by mistake. */
  readonly sources: Sources;
}

/** @param manifest the name of a file, or what was read already */
export async function loadInputs(
  manifest: string | Input,
  keys: string | undefined,
): Promise<Result<Loaded>> {
  const files = [
    typeof manifest === 'string' ? await readInput(manifest) : fine(manifest),
    ...(keys === undefined ? [] : [await readInput(keys)]),
  ];
  const diagnostics = files.flatMap((file) => (file.ok ? [] : file.diagnostics));
  const inputs = files.flatMap((file) => (file.ok ? [file.value] : []));
  const [first, second] = inputs;
  if (diagnostics.length > 0 || first === undefined) return failure(...diagnostics);
  return {
    ok: true,
    value: { manifest: first, keys: second, sources: sourcesOf(first) },
    diagnostics: [],
  };
}

function fine(value: Input): Result<Input> {
  return { ok: true, value, diagnostics: [] };
}

/** Options for `examineManifest` and `compileManifest`. */
export function optionsFor(
  loaded: Loaded,
  more: { readonly at?: Date | undefined } = {},
): CompileOptions {
  const { manifest, keys } = loaded;
  const progress = progressLine(manifest.bytes.length);
  return {
    file: manifest.name,
    ...(keys === undefined ? { allowUnsigned: true } : { keys: keys.bytes, keysFile: keys.name }),
    ...(more.at === undefined ? {} : { at: more.at }),
    onProgress: progress.at,
  };
}

export const keysOption = (): Option =>
  new Option('--keys <file>', 'trusted public keys (JSON Web Key Set)');

export const atOption = (): Option =>
  new Option('--at <time>', 'judge validity at this time instead of now').argParser(parseAt);

export const formatOption = (): Option =>
  new Option('--format <format>', 'how results are printed')
    .choices(['text', 'json'])
    .default('text');

/** Adds examples below a command's help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`,
  );
}
