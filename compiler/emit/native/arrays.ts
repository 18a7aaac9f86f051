/** Number tables as C source: the narrowest type, sixteen numbers a row, or one entry a row with a comment. */

import type { Printed, TemplateValue } from '../template.js';

const TYPES = { 1: 'uint8_t', 2: 'uint16_t', 4: 'uint32_t' } as const;
type Width = keyof typeof TYPES;

/** Policies of up to this many entries are printed for people, one entry a row. */
export const READABLE_ENTRIES = 2000;

const PER_ROW = 16;

type Numbers = ArrayLike<number>;

/** Bytes of the narrowest unsigned type that holds every value. */
export function narrowest(values: Numbers): Width {
  let greatest = 0;
  for (let i = 0; i < values.length; i++) greatest = Math.max(greatest, values[i]!);
  if (greatest > 0xffff) return 4;
  return greatest > 0xff ? 2 : 1;
}

/** A row of numbers. */
function row(values: Numbers, from: number, to: number): string {
  let out = ' ';
  for (let i = from; i < to; i++) out += ` ${values[i]! >>> 0}u,`;
  return out;
}

/** A row of bytes, as characters where they are those of common host names. */
function textRow(values: Numbers, from: number, to: number): string {
  let out = ' ';
  for (let i = from; i < to; i++) {
    const character = String.fromCharCode(values[i]!);
    out += /[a-z0-9._-]/.test(character) ? ` '${character}',` : ` ${values[i]!}u,`;
  }
  return out;
}

function plainRows(values: Numbers): string[] {
  // ISO C has no empty arrays; nothing reads this element.
  if (values.length === 0) return ['  0u,'];
  const rows: string[] = [];
  for (let i = 0; i < values.length; i += PER_ROW) {
    rows.push(row(values, i, Math.min(i + PER_ROW, values.length)));
  }
  return rows;
}

/** Where each commented row of a table ends, and what it says. */
export interface Rows {
  readonly count: number;
  readonly end: (index: number) => number;
  /** Went through the comment printer. */
  readonly comment: (index: number) => Printed;
  /** The elements are bytes of text. */
  readonly text?: boolean;
}

function commentedRows(values: Numbers, rows: Rows): string[] {
  const out: string[] = [];
  let from = 0;
  for (let i = 0; i < rows.count; i++) {
    const to = rows.end(i);
    const elements = rows.text === true ? textRow(values, from, to) : row(values, from, to);
    out.push(`${elements} /* ${rows.comment(i)} */`);
    from = to;
  }
  if (from !== values.length) throw new Error('commented rows do not cover their table');
  return out.length === 0 ? plainRows(values) : out;
}

/** View of one static table. `width` is stated where the reader's type is fixed, else it is the narrowest. */
export function table(
  name: string,
  values: Numbers,
  options: { readonly width?: Width; readonly rows?: Rows | undefined } = {},
): { readonly [name: string]: TemplateValue } {
  const width = options.width ?? narrowest(values);
  const lines =
    options.rows === undefined ? plainRows(values) : commentedRows(values, options.rows);
  return {
    name: name as Printed,
    type: TYPES[width] as Printed,
    body: lines.join('\n') as Printed,
  };
}

/** Rows of one element each. */
export function eachElement(count: number, comment: (index: number) => Printed): Rows {
  return { count, end: (index) => index + 1, comment };
}

/** Rows that a table of `count` + 1 offsets cuts. */
export function cutBy(offsets: Numbers, comment: (index: number) => Printed): Rows {
  return { count: offsets.length - 1, end: (index) => offsets[index + 1]!, comment };
}
