/** Results to stdout, everything else to stderr; colour on a terminal only. */

import { createColors } from 'picocolors';
import {
  type Diagnostic,
  hasErrors,
  jsonOf,
  renderText,
  SourceText,
  visible,
} from '../diagnostics/index.js';

type Stream = NodeJS.WriteStream;

function wantsColor(stream: Stream): boolean {
  const off = process.env['NO_COLOR'];
  return (
    stream.isTTY === true && (off === undefined || off === '') && process.env['TERM'] !== 'dumb'
  );
}

/** Text in which control and bidirectional characters are made visible: a manifest must not write to a terminal. */
export const printable = visible;

/** A result. Text that came from outside must have gone through `visible` or JSON. */
export function print(text: string): void {
  process.stdout.write(text);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** A word to the person at the terminal. */
export function say(text: string): void {
  process.stderr.write(`${visible(text)}\n`);
}

export function colorsOf(stream: Stream): ReturnType<typeof createColors> {
  return createColors(wantsColor(stream));
}

/** Sources that code frames are cut from, by the name that their diagnostics carry. */
export type Sources = ReadonlyMap<string, SourceText>;

export function sourcesOf(file: { readonly name: string; readonly bytes: Uint8Array }): Sources {
  const text = Buffer.from(file.bytes).toString('utf8');
  return new Map([[file.name, new SourceText(file.name, text)]]);
}

/** Diagnostics as text with code frames on stderr. */
export function complain(diagnostics: readonly Diagnostic[], sources: Sources = new Map()): void {
  if (diagnostics.length === 0) return;
  process.stderr.write(
    renderText(diagnostics, {
      source: (file) => sources.get(file),
      color: wantsColor(process.stderr),
    }),
  );
}

export type Format = 'text' | 'json';

/**
 * The end of a command: as text, diagnostics go to stderr and `text` to stdout; as JSON, one object with `ok` and
 * `diagnostics` goes to stdout. `value` and `text` are left out where there is none.
 */
export function conclude(
  format: Format,
  outcome: {
    readonly diagnostics: readonly Diagnostic[];
    readonly sources?: Sources;
    readonly value?: Readonly<Record<string, unknown>>;
    readonly text?: string;
    readonly ok?: boolean;
  },
): void {
  if (format === 'json') {
    const ok = outcome.ok ?? !hasErrors(outcome.diagnostics);
    printJson({ ok, ...outcome.value, diagnostics: outcome.diagnostics.map(jsonOf) });
    return;
  }
  complain(outcome.diagnostics, outcome.sources);
  if (outcome.text !== undefined) print(outcome.text);
}

/** A text of this size keeps a stage busy for about a second. */
const LARGE = 1 << 19;

/**
 * Names the running stage on stderr once the work takes longer than a second, or is about to: a stage cannot be heard
 * while it runs.
 * @param size bytes of the manifest
 */
export function progressLine(size: number): { readonly at: (stage: string) => void } {
  const start = performance.now();
  return {
    at: (stage) => {
      const seconds = (performance.now() - start) / 1000;
      if (seconds > 1 || size > LARGE) say(`${stage} … ${seconds.toFixed(1)} s`);
    },
  };
}
