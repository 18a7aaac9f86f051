/** The one printer of JavaScript string literals. */

import type { Printed } from '../template.js';

const SHORT: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A single-quoted literal in pure ASCII; `<` is escaped too, so that the text may stand inside HTML. */
export function jsString(text: string): Printed {
  let out = "'";
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    const code = text.charCodeAt(i);
    const short = SHORT[character];
    if (short !== undefined) out += short;
    else if (code < 0x20 || code > 0x7e || character === '<')
      out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += character;
  }
  return `${out}'` as Printed;
}

/** A decimal literal of a safe integer. */
export function jsInteger(value: number): Printed {
  if (!Number.isSafeInteger(value)) throw new Error(`not an integer: ${value}`);
  return String(value) as Printed;
}
