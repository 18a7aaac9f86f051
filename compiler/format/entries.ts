/** The lines of a document without its comments: one entry for each key, and for each item of a list. */

import type { Document, JsonObject, JsonValue, Span } from '../read/index.js';
import type { Comment, Path } from './comments.js';
import { scalarLines, scalarText } from './scalar.js';

/** Collections in brackets that would be wider are written out, a line for each item. */
export const MAX_WIDTH = 120;
const STEP = 2;

/** An open mapping or list: where its lines begin in the source, and from now on. Columns count from 0. */
export interface Block {
  readonly before: number;
  readonly indent: number;
}

export interface Entry extends Span {
  readonly lines: readonly string[];
  readonly indent: number;
  /** Column of `start` in the source. */
  readonly before: number;
  /** From the outermost to its own. */
  readonly blocks: readonly Block[];
}

/** Keys of the top level that are left out. */
export function entriesOf(
  document: Document,
  comments: readonly Comment[],
  without: ReadonlySet<string>,
): readonly Entry[] {
  const printer = new Printer(document, comments);
  const value: JsonObject = Object.assign(Object.create(null), document.value);
  for (const key of without) delete value[key];
  printer.map([], value, 0, [], undefined);
  return printer.entries;
}

/** What stands in front of a line's own text: white space, and the dash of the item that begins there. */
interface Lead {
  readonly text: string;
  readonly start: number;
}

class Printer {
  readonly entries: Entry[] = [];
  readonly #document: Document;
  readonly #comments: readonly Comment[];

  constructor(document: Document, comments: readonly Comment[]) {
    this.#document = document;
    this.#comments = comments;
  }

  /** `dash` is that of the list item which the mapping is. */
  map(path: Path, value: JsonObject, indent: number, outer: readonly Block[], dash?: Lead): void {
    const blocks = [...outer, { before: this.#before(path, outer), indent }];
    for (const [at, [key, child]] of Object.entries(value).entries()) {
      const own = this.#document.span([...path, key], 'key')!;
      const lead =
        at === 0 && dash !== undefined ? dash : { text: ' '.repeat(indent), start: own.start };
      this.#pair([...path, key], child, { lead, keyEnd: own.end, indent, blocks });
    }
  }

  #pair(
    path: Path,
    value: JsonValue,
    at: {
      readonly lead: Lead;
      readonly keyEnd: number;
      readonly indent: number;
      readonly blocks: readonly Block[];
    },
  ): void {
    const { lead, keyEnd, indent, blocks } = at;
    const head = `${lead.text}${String(path.at(-1))}:`;
    if (this.#onOneLine(path, value, head.length + 1)) {
      this.#add(lead.start, this.#end(path), [`${head} ${this.#inline(path, value)}`], blocks);
    } else if (value === null || typeof value !== 'object') {
      const [first = '', ...rest] = this.#lines(path, blocks);
      this.#add(lead.start, this.#end(path), [`${head} ${first}`, ...rest], blocks);
    } else {
      this.#add(lead.start, keyEnd, [head], blocks);
      if (Array.isArray(value)) this.#list(path, value, indent + STEP, blocks);
      else this.map(path, value, indent + STEP, blocks);
    }
  }

  #list(path: Path, items: readonly JsonValue[], indent: number, outer: readonly Block[]): void {
    const blocks = [...outer, { before: this.#before(path, outer), indent }];
    let from = this.#document.span(path)!.start;
    for (const [at, item] of items.entries()) {
      const own = [...path, at];
      const lead = { text: `${' '.repeat(indent)}- `, start: this.#dash(from, own) };
      from = this.#document.span(own)!.end;
      if (this.#onOneLine(own, item, lead.text.length)) {
        const line = `${lead.text}${this.#inline(own, item)}`;
        this.#add(lead.start, this.#end(own), [line], blocks);
      } else if (item !== null && typeof item === 'object' && !Array.isArray(item)) {
        this.map(own, item, indent + STEP, blocks, lead);
      } else {
        const [first = '', ...rest] = this.#lines(own, blocks);
        this.#add(lead.start, this.#end(own), [`${lead.text}${first}`, ...rest], blocks);
      }
    }
  }

  #add(start: number, end: number, lines: readonly string[], blocks: readonly Block[]): void {
    const indent = lines[0]!.search(/\S/);
    this.entries.push({ start, end, lines, indent, before: this.#column(start), blocks });
  }

  /** Scalars of one line, and what stands in brackets as long as it is narrow; a signature always does. */
  #onOneLine(path: Path, value: JsonValue, column: number): boolean {
    const text = this.#inline(path, value);
    if (text === null) return false;
    if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) return true;
    return path[0] === 'signature' || column + text.length <= MAX_WIDTH;
  }

  /** Null where it takes several lines: block collections, long texts, and brackets around comments. */
  #inline(path: Path, value: JsonValue): string | null {
    const { start, end } = this.#document.span(path)!;
    const source = this.#document.text.slice(start, end);
    if (value === null || typeof value !== 'object') return scalarText(source, value);
    if (!/^[[{]/.test(source)) return null;
    const isEmpty = Object.keys(value).length === 0;
    // A comment in empty brackets has no item to stand at: it goes above the line.
    if (!isEmpty && this.#commentAfter(start, end) !== undefined) return null;
    const parts: string[] = [];
    for (const [key, child] of Object.entries(value)) {
      const text = this.#inline([...path, Array.isArray(value) ? Number(key) : key], child);
      if (text === null) return null;
      parts.push(Array.isArray(value) ? text : `${key}: ${text}`);
    }
    return Array.isArray(value) ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`;
  }

  #lines(path: Path, blocks: readonly Block[]): readonly string[] {
    const { start, end } = this.#document.span(path)!;
    return scalarLines(this.#document.text.slice(start, end), blocks.at(-1)!);
  }

  /** Without the line break that belongs to a block scalar, unless it keeps what follows. */
  #end(path: Path): number {
    const { start, end } = this.#document.span(path)!;
    const source = this.#document.text.slice(start, end);
    if (/^[|>]\d?\+/.test(source)) return end;
    return start + source.trimEnd().length;
  }

  /** The place of an item's dash; of an item in brackets, its own. Dashes in comments do not count. */
  #dash(from: number, path: Path): number {
    const { start } = this.#document.span(path)!;
    let gap = this.#document.text.slice(from, start);
    let comment = this.#commentAfter(from, start);
    while (comment !== undefined) {
      const at = comment.start - from;
      gap = `${gap.slice(0, at)}${' '.repeat(comment.text.length)}${gap.slice(at + comment.text.length)}`;
      comment = this.#commentAfter(comment.end, start);
    }
    const dash = gap.lastIndexOf('-');
    return dash === -1 ? start : from + dash;
  }

  /** The first comment that begins in `[from, to)`. */
  #commentAfter(from: number, to: number): Comment | undefined {
    let low = 0;
    let high = this.#comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#comments[middle]!.start < from) low = middle + 1;
      else high = middle;
    }
    const found = this.#comments[low];
    return found !== undefined && found.start < to ? found : undefined;
  }

  /** What was in brackets has no column of its own: anything inside of it is deeper than what is around it. */
  #before(path: Path, outer: readonly Block[]): number {
    const { start } = this.#document.span(path)!;
    const isFlow = /[[{]/.test(this.#document.text[start] ?? '');
    if (!isFlow) return this.#column(start);
    return (outer.at(-1)?.before ?? -1) + 1;
  }

  #column(offset: number): number {
    return this.#document.source.location(offset).column - 1;
  }
}
