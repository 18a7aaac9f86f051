import { badHost, canonicalHost, HOST_CLASS, ipv6Words, parseIpv4, parseIpv6 } from './host.mjs';
import { fillRows, ROW_HEAD, ROW_NAME, ROW_WORDS } from './rows.mjs';

const NOT_SIMPLE = -1;

/**
 * The host index of one policy: the number of the longest match of a host.
 * @param {ReturnType<typeof import('./tables.mjs').readTables>} tables
 */
export function createLookup(tables) {
  const { names, nameSlots, suffixLengths } = tables;
  const { addr4Starts, addr4Entries, addr6Starts, addr6Entries } = tables;
  const root = tables.entryLinks.length - 1;
  const mask = nameSlots.length - 1;
  const bytes = new DataView(names.buffer);
  const rows = new Int32Array(tables.entryLinks.length * ROW_WORDS);
  // Blocks of the host at hand, from its end: their two halves, and the hash of those before each.
  const blockLo = new Int32Array(32);
  const blockHi = new Int32Array(32);
  const sums = new Int32Array(32);
  const oddLo = Int32Array.from({ length: 32 }, (_, block) => Math.imul(0x9e3779b1, 2 * block + 1));
  const oddHi = Int32Array.from({ length: 32 }, (_, block) => Math.imul(0x85ebca77, 2 * block + 1));
  // Lengths of the wildcards that the host at hand may end with.
  const suffixes = new Uint8Array(128);
  let lastHost = '';
  let lastEntry = NOT_SIMPLE;

  /** @param {number} sum @param {number} length */
  function finish(sum, length) {
    let h = sum + Math.imul(length, 0x27d4eb2f);
    h = Math.imul(h ^ (h >>> 15), 0xc2b2ae3d);
    return h ^ (h >>> 13);
  }

  /** @param {number} block @param {number} lo @param {number} hi */
  function product(block, lo, hi) {
    return (
      (Math.imul(lo ^ (lo >>> 15), oddLo[block]) + Math.imul(hi ^ (hi >>> 15), oddHi[block])) | 0
    );
  }

  /**
   * The entry whose name is the last `length` characters of the host at hand.
   * @param {number} hash @param {number} length
   */
  function probe(hash, length) {
    const tag = hash >>> 21;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = nameSlots[at];
      if (slot === 0) return NOT_SIMPLE;
      if (slot >>> 21 !== tag) continue;
      const entry = (slot & 0x1fffff) - 1;
      const row = entry * ROW_WORDS;
      const isLong = (rows[row + ROW_HEAD] & 0xff) === length;
      if (isLong && isTail(names.byteOffset + rows[row + ROW_NAME] + length, length)) return entry;
    }
  }

  /** @param {number} end of a name in the image @param {number} length of it */
  function isTail(end, length) {
    let block = 0;
    let at = end - 8;
    for (let left = length; left > 0; left -= 8, at -= 8, block++) {
      // Bytes in front of the name are masked out; they exist, since a header stands before every name.
      let lo = blockLo[block] ^ bytes.getInt32(at, true);
      let hi = blockHi[block] ^ bytes.getInt32(at + 4, true);
      if (left < 8) {
        if (left > 4) {
          lo &= -1 << (64 - 8 * left);
        } else {
          lo = 0;
          if (left < 4) hi &= -1 << (32 - 8 * left);
        }
      }
      if ((lo | hi) !== 0) return false;
    }
    return true;
  }

  /**
   * Splits the host into blocks of eight from its end, and hashes them.
   * @param {string} host of 1 to 253 characters
   * @returns {number} the hash of the whole, or of no meaning where `overflow` says so
   */
  function readBlocks(host) {
    let sum = 0;
    let block = 0;
    let over = 0;
    let end = host.length;
    for (; end >= 8; end -= 8, block++) {
      const c0 = host.charCodeAt(end - 8);
      const c1 = host.charCodeAt(end - 7);
      const c2 = host.charCodeAt(end - 6);
      const c3 = host.charCodeAt(end - 5);
      const c4 = host.charCodeAt(end - 4);
      const c5 = host.charCodeAt(end - 3);
      const c6 = host.charCodeAt(end - 2);
      const c7 = host.charCodeAt(end - 1);
      over |= c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7;
      const lo = c0 | (c1 << 8) | (c2 << 16) | (c3 << 24);
      const hi = c4 | (c5 << 8) | (c6 << 16) | (c7 << 24);
      blockLo[block] = lo;
      blockHi[block] = hi;
      sums[block] = sum;
      sum = (sum + product(block, lo, hi)) | 0;
    }
    if (end > 0) {
      let lo = 0;
      let hi = 0;
      for (let i = 0; i < end; i++) {
        const code = host.charCodeAt(i);
        over |= code;
        // Eight more characters would end this block; its front is missing.
        const at = 8 - end + i;
        if (at < 4) lo |= code << (8 * at);
        else hi |= code << (8 * (at - 4));
      }
      blockLo[block] = lo;
      blockHi[block] = hi;
      sums[block] = sum;
      sum = (sum + product(block, lo, hi)) | 0;
    }
    overflow = over > 127;
    return finish(sum, host.length);
  }
  let overflow = false;
  let checked = false;

  /** No look-up before the tables are known to be sound. */
  function start() {
    tables.check();
    fillRows(rows, tables);
    checked = true;
  }

  /**
   * The longest wildcard that the host at hand ends with, or the root; NOT_SIMPLE for a name that needs a parser: other than
   * lower-case labels, the last not beginning with a digit, none of them Punycode unless it was parsed before.
   * @param {string} host @param {boolean} parsed
   */
  function suffixEntry(host, parsed) {
    const length = host.length;
    let found = 0;
    let left = length;
    let labelEnd = length;
    let previous = 0;
    for (let word = 0; left > 0; word++) {
      const half = word & 1 ? blockLo[word >> 1] : blockHi[word >> 1];
      for (let shift = 24; shift >= 0 && left > 0; shift -= 8) {
        left--;
        const code = (half >>> shift) & 0xff;
        const kind = HOST_CLASS[code];
        if (kind === 0) return NOT_SIMPLE;
        if (kind === 3) {
          if (!isLabel(host, left + 1, labelEnd, previous, parsed)) return NOT_SIMPLE;
          labelEnd = left;
          const suffix = length - left;
          if ((suffixLengths[suffix >> 5] >>> (suffix & 31)) & 1) suffixes[found++] = suffix;
        }
        previous = code;
      }
    }
    if (!isLabel(host, 0, labelEnd, previous, parsed)) return NOT_SIMPLE;
    return longestSuffix(found);
  }

  /** @param {string} host @param {number} start @param {number} end @param {number} first @param {boolean} parsed */
  function isLabel(host, start, end, first, parsed) {
    if (start === end || end - start > 63) return false;
    if (end === host.length && HOST_CLASS[first] === 2) return false;
    return first !== 0x78 || parsed || !isPunycode(host, start);
  }

  /** The longest was met last. @param {number} found */
  function longestSuffix(found) {
    for (let i = found - 1; i >= 0; i--) {
      const entry = probe(suffixHash(suffixes[i]), suffixes[i]);
      if (entry >= 0) return entry;
    }
    return root;
  }

  /** @param {number} length of the suffix of the host at hand */
  function suffixHash(length) {
    const block = (length - 1) >> 3;
    const left = length - block * 8;
    let lo = blockLo[block];
    let hi = blockHi[block];
    if (left < 8) {
      if (left > 4) {
        lo &= -1 << (64 - 8 * left);
      } else {
        lo = 0;
        if (left < 4) hi &= -1 << (32 - 8 * left);
      }
    }
    return finish((sums[block] + product(block, lo, hi)) | 0, length);
  }

  /**
   * The longest match of a name. A name that stands in the table is canonical; any other is looked at first.
   * @param {string} host @param {boolean} parsed
   * @returns {number} entry, or NOT_SIMPLE
   */
  function simpleEntry(host, parsed) {
    const length = host.length;
    if (length === 0 || length > 253) return NOT_SIMPLE;
    const hash = readBlocks(host);
    if (overflow) return NOT_SIMPLE;
    const exact = probe(hash, length);
    // A wildcard's own spelling, dot in front, is no name.
    if (exact >= 0 && host.charCodeAt(0) !== 0x2e) return exact;
    return suffixEntry(host, parsed);
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
    if (!checked) start();
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
    return entry >= 0 ? entry : plainEntry(canonical);
  }

  /** @param {string} host canonical, with characters that DNS does not know or a last label like `1a` */
  function plainEntry(host) {
    const exact = probe(readBlocks(host), host.length);
    if (exact >= 0) return exact;
    let found = 0;
    for (let dot = host.lastIndexOf('.'); dot > 0; dot = host.lastIndexOf('.', dot - 1))
      suffixes[found++] = host.length - dot;
    return longestSuffix(found);
  }

  /**
   * The entry of a host in any spelling. Throws where it is none.
   * @param {string} host
   * @returns {number}
   */
  function hostEntry(host) {
    if (!checked) start();
    if (typeof host !== 'string') throw badHost(host);
    const simple = simpleEntry(host, false);
    if (simple >= 0) return simple;
    if (lastEntry >= 0 && host === lastHost) return lastEntry;
    const entry = slowEntry(host);
    if (!(entry >= 0)) throw badHost(host);
    lastHost = host;
    lastEntry = entry;
    return entry;
  }

  return { hostEntry, addressEntry, root, rows };
}
