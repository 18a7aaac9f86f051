/** Scalars: kept as their author wrote them, but for needless single quotes and the indentation of long texts. */

import type { JsonValue } from '../read/index.js';

/** Printable ASCII in single quotes that means the same in double quotes. */
const SAME_IN_DOUBLE_QUOTES = /^'[ !#-&(-[\]-~]*'$/;
const BREAK = /\r?\n/;

/** On one line; null where the scalar has several. Numbers and truth values have one form. */
export function scalarText(source: string, value: JsonValue): string | null {
  if (typeof value !== 'string') return JSON.stringify(value);
  const text = source.trim();
  if (text.includes('\n') || /^[|>]/.test(text)) return null;
  return SAME_IN_DOUBLE_QUOTES.test(text) ? `"${text.slice(1, -1)}"` : text;
}

export interface Place {
  /** Columns in front of the mapping or the dash that holds the scalar: in the source, and from now on. */
  readonly before: number;
  readonly indent: number;
}

/** The lines of a scalar that has several; the first stands behind its key. */
export function scalarLines(source: string, place: Place): readonly string[] {
  return /^[|>]/.test(source) ? blockLines(source, place) : foldedLines(source, place);
}

/** Lines of a plain or quoted text are folded, so that white space at their ends is no part of them. */
function foldedLines(source: string, { indent }: Place): readonly string[] {
  const pad = ' '.repeat(indent + 2);
  return source
    .trim()
    .split(BREAK)
    .map((line, at) => {
      const text = line.trim();
      return at === 0 || text === '' ? text : `${pad}${text}`;
    });
}

/** All lines of `|` and `>` move by the same number of columns; an indentation that is written in the head stays true. */
function blockLines(source: string, { before, indent }: Place): readonly string[] {
  const [head = '', ...rest] = source.split(BREAK);
  const [indicators = ''] = /^[|>][-+0-9]*/.exec(head) ?? [];
  const content = indicators.includes('+') ? withoutLast(rest) : withoutBlankEnd(rest);
  const first = content.find((line) => line.trim() !== '') ?? '';
  const given = /\d/.test(indicators);
  const from = given ? before : first.length - first.trimStart().length;
  const to = given ? indent : indent + 2;
  const pad = ' '.repeat(to);
  const move = (line: string): string => (line.length <= from ? '' : `${pad}${line.slice(from)}`);
  return [head.trimEnd(), ...content.map(move)];
}

/** What follows the last line break is no line. */
function withoutLast(lines: readonly string[]): readonly string[] {
  return lines.at(-1)?.trim() === '' ? lines.slice(0, -1) : lines;
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
