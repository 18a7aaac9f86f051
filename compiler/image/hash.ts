/**
 * Hash of a host name, 32 bits. Blocks of eight bytes are taken from the end, so that one pass over a name gives the hash of
 * each of its suffixes. The same function stands in the Node engine and in runtime-c; vectors hold them together.
 */
export function nameHash(name: Uint8Array): number {
  let a = 0x243f6a88;
  let b = 0x85a308d3;
  for (let end = name.length; end > 0; end -= 8) {
    let lo = 0;
    let hi = 0;
    for (let i = Math.max(0, end - 8); i < end; i++) {
      const at = 8 - (end - i);
      if (at < 4) lo |= name[i]! << (8 * at);
      else hi |= name[i]! << (8 * (at - 4));
    }
    a = Math.imul(a ^ lo, 0x9e3779b1);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ hi, 0x85ebca77);
    b = (b << 13) | (b >>> 19);
  }
  let h = a ^ ((b << 16) | (b >>> 16)) ^ name.length;
  h = Math.imul(h, 0xc2b2ae3d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x27d4eb2f);
  return (h ^ (h >>> 16)) >>> 0;
}
