/** Diagnostics as text with code frames, as single lines, and as JSON. */

import { createColors } from 'picocolors';
import { frameOf } from './frame.js';
import type { SourceText } from './source-text.js';
import type { Diagnostic, Location, Severity } from './types.js';
import { visible } from './visible.js';

/** Diagnostics of one code that are printed in full; the rest are counted. */
const SHOWN_PER_CODE = 20;
const DEFAULT_WIDTH = 100;

export interface RenderOptions {
  /** The text of a file, for its code frames; without it the place is named only. */
  readonly source?: (file: string) => SourceText | undefined;
  /** ANSI colours; default no. */
  readonly color?: boolean;
  /** Cells of a source line; default 100. */
  readonly width?: number;
}

type Colors = ReturnType<typeof createColors>;

/** All diagnostics in the order given, each with a code frame where its source is known. Ends with a line break unless empty. */
export function renderText(
  diagnostics: readonly Diagnostic[],
  options: RenderOptions = {},
): string {
  const colors = createColors(options.color === true);
  const counts = new Map<string, number>();
  const blocks: string[] = [];
  for (const one of diagnostics) {
    const count = (counts.get(one.code) ?? 0) + 1;
    counts.set(one.code, count);
    if (count <= SHOWN_PER_CODE) blocks.push(renderOne(one, options, colors));
  }
  for (const [code, count] of counts) {
    if (count > SHOWN_PER_CODE)
      blocks.push(`… and ${count - SHOWN_PER_CODE} more ${visible(code)}\n`);
  }
  return blocks.join('\n');
}

/** `policy.yaml:3:7: error: message [host/port]`, without a line break. */
export function renderLine(one: Diagnostic): string {
  const place = placeOf(one);
  return `${place === '' ? '' : `${place}: `}${one.severity}: ${visible(one.message)} [${visible(one.code)}]`;
}

/** A JSON array, one diagnostic a line, keys in a fixed order. Ends with a line break. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return '[]\n';
  return `[\n${diagnostics.map((one) => `  ${JSON.stringify(jsonOf(one))}`).join(',\n')}\n]\n`;
}

/** The diagnostic with its keys in the documented order, without unset ones. */
export function jsonOf(one: Diagnostic): Diagnostic {
  const { code, severity, message, file, line, column, endLine, endColumn, hint, rule, witness } =
    one;
  return {
    code,
    severity,
    message,
    ...drop({ file, line, column, endLine, endColumn, hint, rule, witness }),
  };
}

function drop(value: { [K in keyof Diagnostic]?: Diagnostic[K] | undefined }): Partial<Diagnostic> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

function renderOne(one: Diagnostic, options: RenderOptions, colors: Colors): string {
  const paint = paintOf(one.severity, colors);
  const lines = [
    `${paint(`${one.severity}[${visible(one.code)}]`)}: ${colors.bold(visible(one.message))}`,
  ];
  const place = placeOf(one);
  const at = locationOf(one);
  const source = at === undefined ? undefined : options.source?.(at.file);
  if (at !== undefined && source !== undefined) {
    const frame = frameOf(source, at, options.width ?? DEFAULT_WIDTH);
    const blank = ' '.repeat(frame.gutter.length);
    lines.push(`${blank}${colors.dim('-->')} ${place}`);
    lines.push(`${blank} ${colors.dim('|')}`);
    lines.push(`${colors.dim(`${frame.gutter} |`)} ${frame.line}`);
    lines.push(`${blank} ${colors.dim('|')} ${frame.indent}${paint(frame.carets)}`);
  } else if (place !== '') {
    lines.push(`  ${colors.dim('-->')} ${place}`);
  }
  if (one.witness !== undefined) {
    lines.push(
      `  ${colors.dim('for example')}: ${visible(one.witness.method)} ${visible(one.witness.url)}`,
    );
  }
  if (one.hint !== undefined) lines.push(`  ${colors.cyan('hint')}: ${visible(one.hint)}`);
  return `${lines.join('\n')}\n`;
}

function paintOf(severity: Severity, colors: Colors): (text: string) => string {
  if (severity === 'error') return colors.red;
  return severity === 'warning' ? colors.yellow : colors.blue;
}

function placeOf(one: Diagnostic): string {
  if (one.file === undefined) return '';
  return one.line === undefined
    ? visible(one.file)
    : `${visible(one.file)}:${one.line}:${one.column ?? 1}`;
}

function locationOf(one: Diagnostic): Location | undefined {
  const { file, line, column, endLine, endColumn } = one;
  if (file === undefined || line === undefined || column === undefined) return undefined;
  return { file, line, column, endLine: endLine ?? line, endColumn: endColumn ?? column };
}
