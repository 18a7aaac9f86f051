/**
 * Hash of a host name, 32 bits. Blocks of eight bytes are taken from the end, so that one pass over a name gives the hash of
 * each of its suffixes; blocks are multiplied apart from each other and added, so that a processor works on all of them at
 * once. The same function stands in the Node engine and in runtime-c; vectors hold them together.
 */
export function nameHash(name: Uint8Array): number {
  let sum = 0;
  let odd = 1;
  for (let end = name.length; end > 0; end -= 8, odd += 2) {
    let lo = 0;
    let hi = 0;
    for (let i = Math.max(0, end - 8); i < end; i++) {
      const at = 8 - (end - i);
      if (at < 4) lo |= name[i]! << (8 * at);
      else hi |= name[i]! << (8 * (at - 4));
    }
    sum += Math.imul(lo ^ (lo >>> 15), Math.imul(0x9e3779b1, odd));
    sum += Math.imul(hi ^ (hi >>> 15), Math.imul(0x85ebca77, odd));
    sum |= 0;
  }
  let h = sum + Math.imul(name.length, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae3d);
  return (h ^ (h >>> 13)) >>> 0;
}
