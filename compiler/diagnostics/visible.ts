/** Text from a hostile manifest, made safe for a terminal: what a reader sees is what is there. */

/** Controls, format characters (bidi, zero width, tags), line separators, lone surrogates, unassigned specials. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufff0-\uffff]/u;
const HIDDEN_ALL = new RegExp(HIDDEN.source, 'gu');
const COMBINING = /\p{M}/u;

/** Blocks of characters that take two cells (Unicode East Asian Width W and F, and emoji), by first and last code point. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

/** One character as it may be printed: itself, or `<U+202E>`. */
export function visibleCharacter(character: string): string {
  if (!HIDDEN.test(character)) return character;
  const hex = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `<U+${hex}>`;
}

/** A text for one line of output: no character in it moves the cursor, hides or reorders text. */
export function visible(text: string): string {
  return text.replace(HIDDEN_ALL, visibleCharacter);
}

/** Terminal cells that a printable character takes: 0 (combining), 1 or 2. */
export function cells(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (COMBINING.test(character)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Terminal cells of a printable text. */
export function textCells(text: string): number {
  let total = 0;
  for (const character of text) total += cells(character);
  return total;
}
