/** The code frame: the line that is meant, with the range underlined. */

import type { SourceText } from './source-text.js';
import type { Location } from './types.js';
import { textCells, visibleCharacter } from './visible.js';

const TAB_STOP = 4;
/** Cells shown in front of the range where a long line is clipped. */
const LEAD = 30;

/** One printed character of the line, with the cells it takes and its place in the source line. */
interface Cell {
  readonly text: string;
  readonly width: number;
  /** UTF-16 offset in the line. */
  readonly offset: number;
}

export interface Frame {
  readonly gutter: string;
  readonly line: string;
  /** Spaces up to the range. */
  readonly indent: string;
  readonly carets: string;
}

/** `width` is the greatest number of cells of `line`. */
export function frameOf(source: SourceText, at: Location, width: number): Frame {
  const text = source.line(at.line);
  const start = Math.min(at.column - 1, text.length);
  const end = at.endLine > at.line ? text.length : Math.min(at.endColumn - 1, text.length);
  // Only a window of a huge line is laid out: a JSON manifest may be one line of many megabytes.
  const from = windowStart(text, start, width);
  const shown = layOut(text.slice(from, from + width * 2), from);
  const { cells, clippedLeft, clippedRight } = clip(
    shown,
    start,
    width,
    from > 0,
    from + width * 2 < text.length,
  );
  const prefix = clippedLeft ? '…' : '';
  const before = cells.filter((cell) => cell.offset < start);
  const under = cells.filter((cell) => cell.offset >= start && cell.offset < end);
  return {
    gutter: String(at.line),
    line: `${prefix}${cells.map((cell) => cell.text).join('')}${clippedRight ? '…' : ''}`,
    indent: ' '.repeat(widthOf(before) + prefix.length),
    carets: '^'.repeat(Math.max(widthOf(under), 1)),
  };
}

function windowStart(text: string, start: number, width: number): number {
  if (start <= width) return 0;
  const from = start - width;
  // Never begin between the halves of a surrogate pair.
  const code = text.charCodeAt(from);
  return code >= 0xdc00 && code <= 0xdfff ? from - 1 : from;
}

function layOut(text: string, base: number): Cell[] {
  const cells: Cell[] = [];
  let offset = base;
  let column = 0;
  for (const character of text) {
    const printed =
      character === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : visibleCharacter(character);
    const width = textCells(printed);
    cells.push({ text: printed, width, offset });
    column += width;
    offset += character.length;
  }
  return cells;
}

function clip(
  all: readonly Cell[],
  start: number,
  width: number,
  moreLeft: boolean,
  moreRight: boolean,
) {
  if (!moreLeft && !moreRight && widthOf(all) <= width) {
    return { cells: all, clippedLeft: false, clippedRight: false };
  }
  let first = all.findIndex((cell) => cell.offset >= start);
  if (first === -1) first = all.length;
  for (let lead = 0; first > 0; first--) {
    lead += all[first - 1]!.width;
    if (lead > LEAD) break;
  }
  let last = first;
  for (let used = 0; last < all.length; last++) {
    used += all[last]!.width;
    if (used > width - 2) break;
  }
  return {
    cells: all.slice(first, last),
    clippedLeft: moreLeft || first > 0,
    clippedRight: moreRight || last < all.length,
  };
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
