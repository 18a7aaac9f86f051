/** The words of one finding. */

import { type Diagnostic, visible } from '../diagnostics/index.js';

/** Message, witness and hint, a line each; no character in it hides or reorders text. */
export function wordsOf({ message, witness, hint }: Diagnostic): string {
  const lines = [
    message,
    ...(witness === undefined ? [] : [`For example: ${witness.method} ${witness.url}`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
  ];
  return lines.map(visible).join('\n');
}
