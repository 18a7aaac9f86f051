/** The open-addressed table of host names. */

import { nameHash } from '../image/hash.js';

export interface NameTable {
  readonly names: Uint8Array;
  readonly nameOffsets: Uint32Array;
  readonly nameSlots: Uint32Array;
  readonly suffixLengths: Uint32Array;
}

/** `names`: ASCII, sorted, a wildcard's with its leading dot. */
export function nameTable(names: readonly string[]): NameTable {
  const bytes = new Uint8Array(names.reduce((sum, name) => sum + name.length, 0));
  const offsets = new Uint32Array(names.length + 1);
  const slots = new Uint32Array(slotCount(names.length));
  const suffixLengths = new Uint32Array(8);
  let end = 0;
  names.forEach((name, entry) => {
    const start = end;
    for (let i = 0; i < name.length; i++) bytes[end++] = name.charCodeAt(i);
    offsets[entry + 1] = end;
    if (name.startsWith('.')) {
      suffixLengths[name.length >> 5] =
        suffixLengths[name.length >> 5]! | (1 << (name.length & 31));
    }
    insert(slots, nameHash(bytes.subarray(start, end)), entry);
  });
  return { names: bytes, nameOffsets: offsets, nameSlots: slots, suffixLengths };
}

/** Up to here the table is sparse, since most look-ups then end at the first slot; above, memory counts more. */
const SPARSE_NAMES = 32_768;

/** A power of two with room to spare, so that probes are few and every one of them ends. */
function slotCount(names: number): number {
  const wanted = names <= SPARSE_NAMES ? names * 3 : names * 1.3;
  let count = 4;
  while (count <= wanted) count *= 2;
  return count;
}

function insert(slots: Uint32Array, hash: number, entry: number): void {
  const mask = slots.length - 1;
  let at = hash & mask;
  while (slots[at] !== 0) at = (at + 1) & mask;
  slots[at] = ((hash >>> 21) << 21) | (entry + 1);
}
