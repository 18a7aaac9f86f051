import { badHost, canonicalHost, HOST_CLASS, ipv6Words, parseIpv4, parseIpv6 } from './host.mjs';

const NOT_SIMPLE = -1;

/**
 * The host index of one policy: the number of the longest match of a host.
 * @param {ReturnType<typeof import('./tables.mjs').readTables>} tables
 */
export function createLookup(tables) {
  const { names, nameOffsets, nameSlots, suffixLengths } = tables;
  const { addr4Starts, addr4Entries, addr6Starts, addr6Entries } = tables;
  const root = tables.entryLinks.length - 1;
  const mask = nameSlots.length - 1;
  const suffixHashes = new Int32Array(128);
  const suffixStarts = new Uint8Array(128);
  let lastHost = '';
  let lastEntry = NOT_SIMPLE;

  /** @param {number} a @param {number} b @param {number} length */
  function finish(a, b, length) {
    let h = a ^ ((b << 16) | (b >>> 16)) ^ length;
    h = Math.imul(h, 0xc2b2ae3d);
    h ^= h >>> 15;
    h = Math.imul(h, 0x27d4eb2f);
    return h ^ (h >>> 16);
  }

  /** @param {string} host @param {number} start @param {number} hash */
  function probe(host, start, hash) {
    const length = host.length - start;
    const tag = hash >>> 21;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = nameSlots[at];
      if (slot === 0) return NOT_SIMPLE;
      if (slot >>> 21 !== tag) continue;
      const entry = (slot & 0x1fffff) - 1;
      const from = nameOffsets[entry];
      if (nameOffsets[entry + 1] - from !== length) continue;
      let i = 0;
      while (i < length && names[from + i] === host.charCodeAt(start + i)) i++;
      if (i === length) return entry;
    }
  }

  /**
   * A host that needs no parser: lower-case labels, the last not beginning with a digit, none of them Punycode unless it
   * was parsed before. One pass from the end gives the hash of the name and of each of its suffixes.
   * @param {string} host
   * @param {boolean} parsed
   * @returns {number} entry, or NOT_SIMPLE
   */
  function simpleEntry(host, parsed) {
    const length = host.length;
    if (length === 0 || length > 253) return NOT_SIMPLE;
    let a = 0x243f6a88;
    let b = 0x85a308d3 | 0;
    let lo = 0;
    let hi = 0;
    let inBlock = 0;
    let suffixes = 0;
    let labelEnd = length;
    let previous = 0;
    for (let i = length - 1; i >= 0; i--) {
      const code = host.charCodeAt(i);
      const kind = code < 128 ? HOST_CLASS[code] : 0;
      if (kind === 0) return NOT_SIMPLE;
      if (inBlock < 4) hi = (hi << 8) | code;
      else lo = (lo << 8) | code;
      inBlock++;
      if (kind === 3) {
        const label = labelEnd - i - 1;
        if (label === 0 || label > 63) return NOT_SIMPLE;
        if (labelEnd === length && HOST_CLASS[previous] === 2) return NOT_SIMPLE;
        if (previous === 0x78 && !parsed && isPunycode(host, i + 1)) return NOT_SIMPLE;
        labelEnd = i;
        const suffix = length - i;
        if (i > 0 && (suffixLengths[suffix >> 5] >>> (suffix & 31)) & 1) {
          let x = a;
          let y = b;
          const w = inBlock < 5 ? hi << (32 - 8 * inBlock) : hi;
          const v = inBlock < 5 ? 0 : lo << (64 - 8 * inBlock);
          x = Math.imul(x ^ v, 0x9e3779b1);
          x = (x << 15) | (x >>> 17);
          y = Math.imul(y ^ w, 0x85ebca77);
          y = (y << 13) | (y >>> 19);
          suffixHashes[suffixes] = finish(x, y, suffix);
          suffixStarts[suffixes++] = i;
        }
      }
      if (inBlock === 8) {
        a = Math.imul(a ^ lo, 0x9e3779b1);
        a = (a << 15) | (a >>> 17);
        b = Math.imul(b ^ hi, 0x85ebca77);
        b = (b << 13) | (b >>> 19);
        lo = 0;
        hi = 0;
        inBlock = 0;
      }
      previous = code;
    }
    if (labelEnd === 0 || labelEnd > 63) return NOT_SIMPLE;
    if (labelEnd === length && HOST_CLASS[previous] === 2) return NOT_SIMPLE;
    if (previous === 0x78 && !parsed && isPunycode(host, 0)) return NOT_SIMPLE;
    if (inBlock > 0) {
      if (inBlock < 5) {
        hi <<= 32 - 8 * inBlock;
      } else {
        lo <<= 64 - 8 * inBlock;
      }
      a = Math.imul(a ^ lo, 0x9e3779b1);
      a = (a << 15) | (a >>> 17);
      b = Math.imul(b ^ hi, 0x85ebca77);
      b = (b << 13) | (b >>> 19);
    }
    const exact = probe(host, 0, finish(a, b, length));
    if (exact >= 0) return exact;
    // The longest suffix was met last.
    for (let i = suffixes - 1; i >= 0; i--) {
      const entry = probe(host, suffixStarts[i], suffixHashes[i]);
      if (entry >= 0) return entry;
    }
    return root;
  }

  /** @param {string} host @param {number} at */
  function isPunycode(host, at) {
    return (
      host.charCodeAt(at + 1) === 0x6e &&
      host.charCodeAt(at + 2) === 0x2d &&
      host.charCodeAt(at + 3) === 0x2d
    );
  }

  /** @param {number} address */
  function entry4(address) {
    const wanted = address === 0 ? 0x7f000001 : address;
    let low = 0;
    let high = addr4Starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (addr4Starts[middle] <= wanted) low = middle;
      else high = middle - 1;
    }
    return addr4Entries[low];
  }

  /** The entry of the address in `ipv6Words`. */
  function entry6() {
    if (ipv6Words[0] === 0 && ipv6Words[1] === 0) {
      if (ipv6Words[2] === 0xffff) return entry4(ipv6Words[3]);
      if (ipv6Words[2] === 0 && ipv6Words[3] === 0) ipv6Words[3] = 1;
    }
    let low = 0;
    let high = addr6Entries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isAtMost(middle * 4)) low = middle;
      else high = middle - 1;
    }
    return addr6Entries[low];
  }

  /** @param {number} at */
  function isAtMost(at) {
    for (let word = 0; word < 4; word++) {
      const start = addr6Starts[at + word];
      if (start !== ipv6Words[word]) return start < ipv6Words[word];
    }
    return true;
  }

  /**
   * The entry of an address: dotted decimal, or IPv6 with or without brackets.
   * @param {string} address
   * @returns {number} entry, or NOT_SIMPLE where it is no address
   */
  function addressEntry(address) {
    if (typeof address !== 'string') return NOT_SIMPLE;
    const four = parseIpv4(address);
    if (four >= 0) return entry4(four);
    return address.includes(':') && parseIpv6(address) ? entry6() : NOT_SIMPLE;
  }

  /** @param {string} host */
  function slowEntry(host) {
    const address = addressEntry(host);
    if (address >= 0) return address;
    const canonical = canonicalHost(host);
    const four = parseIpv4(canonical);
    const entry = four >= 0 ? entry4(four) : simpleEntry(canonical, true);
    // What is canonical, but has characters that DNS does not know, matches no name but may match a wildcard.
    return entry >= 0 ? entry : plainEntry(canonical);
  }

  /** @param {string} host canonical, without regard to the speed of it */
  function plainEntry(host) {
    let hash = nameHash(host, 0);
    let entry = probe(host, 0, hash);
    for (let dot = host.indexOf('.'); entry < 0 && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      hash = nameHash(host, dot);
      entry = probe(host, dot, hash);
    }
    return entry >= 0 ? entry : root;
  }

  /** @param {string} host @param {number} start */
  function nameHash(host, start) {
    let a = 0x243f6a88;
    let b = 0x85a308d3 | 0;
    for (let end = host.length; end > start; end -= 8) {
      let lo = 0;
      let hi = 0;
      for (let i = Math.max(start, end - 8); i < end; i++) {
        const at = 8 - (end - i);
        if (at < 4) lo |= host.charCodeAt(i) << (8 * at);
        else hi |= host.charCodeAt(i) << (8 * (at - 4));
      }
      a = Math.imul(a ^ lo, 0x9e3779b1);
      a = (a << 15) | (a >>> 17);
      b = Math.imul(b ^ hi, 0x85ebca77);
      b = (b << 13) | (b >>> 19);
    }
    return finish(a, b, host.length - start);
  }

  /**
   * The entry of a host in any spelling. Throws where it is none.
   * @param {string} host
   * @returns {number}
   */
  function hostEntry(host) {
    if (typeof host !== 'string') throw badHost(host);
    const simple = simpleEntry(host, false);
    if (simple >= 0) return simple;
    if (host === lastHost) return lastEntry;
    const entry = slowEntry(host);
    lastHost = host;
    lastEntry = entry;
    return entry;
  }

  return { hostEntry, addressEntry, root };
}
