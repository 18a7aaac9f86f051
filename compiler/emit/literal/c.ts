/** The one printer of C literals. */

import type { Printed } from '../template.js';

/**
 * A double-quoted literal of the UTF-8 bytes of `text`. Everything but plain ASCII is a three-digit octal escape, which
 * cannot swallow what follows (a hex escape can); `?` is one too, so that no trigraph can form.
 */
export function cString(text: string): Printed {
  let out = '"';
  for (const byte of new TextEncoder().encode(text)) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
    out += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `${out}"` as Printed;
}

/** An unsigned decimal literal of at most 32 bits. */
export function cUnsigned(value: number): Printed {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new Error(`not a u32: ${value}`);
  return `${value}u` as Printed;
}

/** An unsigned decimal literal of at most 53 bits, as `uint64_t`. */
export function cUnsigned64(value: number): Printed {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a u64: ${value}`);
  return `${value}ull` as Printed;
}
