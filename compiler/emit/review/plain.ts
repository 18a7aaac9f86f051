/** The one printer of texts in `policy.txt`. */

import type { Printed } from '../template.js';

/**
 * Printable ASCII stays; everything else, line breaks and bidi controls among it, becomes `\u{hex}`, so that no text of a
 * manifest can look like a line of its own.
 */
export function plainText(text: string): Printed {
  if (/^[\x20-\x7e]*$/.test(text)) return text as Printed;
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    out += code >= 0x20 && code < 0x7f ? character : `\\u{${code.toString(16)}}`;
  }
  return out as Printed;
}

const WIDTH = 110;

/** Items joined by commas, in lines of bounded width where the items allow it. */
export function wrapped(items: readonly string[]): readonly Printed[] {
  const lines: Printed[] = [];
  let line = '';
  items.forEach((item, i) => {
    const text = i < items.length - 1 ? `${item},` : item;
    if (line !== '' && line.length + 1 + text.length > WIDTH) {
      lines.push(plainText(line));
      line = text;
    } else {
      line = line === '' ? text : `${line} ${text}`;
    }
  });
  if (line !== '') lines.push(plainText(line));
  return lines;
}
