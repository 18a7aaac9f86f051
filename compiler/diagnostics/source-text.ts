/** A text with its line starts: the one place where offsets become lines and columns. */

import type { Location } from './types.js';

/** Line breaks are LF and CRLF (a CR alone is refused by the reader). Offsets count UTF-16 units from 0. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  #starts: Uint32Array | undefined;

  /** `file` is the name as the caller gave it; it appears in every location. */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  get lineCount(): number {
    return this.#lineStarts().length;
  }

  /** The location of `[start, end)`; `end` defaults to `start` (an empty range). Both are clamped to the text. */
  location(start: number, end: number = start): Location {
    const from = Math.min(Math.max(start, 0), this.text.length);
    const to = Math.min(Math.max(end, from), this.text.length);
    const first = this.#position(from);
    const last = this.#position(to);
    return {
      file: this.file,
      line: first.line,
      column: first.column,
      endLine: last.line,
      endColumn: last.column,
    };
  }

  /** The text of a line (from 1) without its line break; empty where there is no such line. */
  line(number: number): string {
    const starts = this.#lineStarts();
    const start = starts[number - 1];
    if (start === undefined) return '';
    const line = this.text.slice(start, starts[number] ?? this.text.length);
    return line.replace(/\r?\n$/, '');
  }

  /** The offset of a line and column (both from 1); the inverse of `location`. */
  offset(line: number, column: number): number {
    return (this.#lineStarts()[line - 1] ?? this.text.length) + column - 1;
  }

  #position(offset: number): { line: number; column: number } {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  #lineStarts(): Uint32Array {
    this.#starts ??= findLineStarts(this.text);
    return this.#starts;
  }
}

function findLineStarts(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}
