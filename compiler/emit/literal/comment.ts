/** Text of a manifest inside a comment of generated code. */

import type { Printed } from '../template.js';

/**
 * Printable ASCII stays, everything else becomes `\u{hex}`; so do the characters that could end a comment, continue a line
 * or start a trigraph (star, slash after star, backslash, question mark after question mark). Holds for C, C++ and JavaScript.
 */
export function commentText(text: string): Printed {
  let out = '';
  let previous = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const plain =
      code >= 0x20 &&
      code < 0x7f &&
      character !== '\\' &&
      character !== '<' &&
      !(character === '/' && previous === '*') &&
      !(character === '*' && previous === '/') &&
      !(character === '?' && previous === '?');
    out += plain ? character : `\\u{${code.toString(16)}}`;
    previous = plain ? character : '';
  }
  return out as Printed;
}
