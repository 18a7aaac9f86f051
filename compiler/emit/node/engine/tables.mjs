import { RequestError } from './error.mjs';

const HEADER_BYTES = 64;
const IMAGE_ABI = 1;
const SECTION_COUNT = 30;
const CHECKED_AT_LOAD = 1 << 15;

/**
 * Views of a policy image's sections, in the order of the image. The image is refused if it is damaged; its digest was
 * checked by whoever wrote it beside this module, or is checked by whoever loads it from elsewhere.
 * @param {Uint8Array} input
 */
export function readTables(input) {
  const bytes = input.byteOffset % 8 === 0 ? input : new Uint8Array(input);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sound =
    bytes.length >= HEADER_BYTES &&
    bytes.length % 8 === 0 &&
    view.getUint32(0, true) === 0x4f504942 &&
    view.getUint32(4, true) === 0x474d494c &&
    view.getUint32(8, true) === IMAGE_ABI &&
    view.getUint32(12, true) === SECTION_COUNT &&
    view.getUint32(16, true) === bytes.length &&
    new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  if (!sound) throw damaged();
  let checked = false;
  /** Compares the checksum, once. A large image waits for the first decision, since programs that make none pay too. */
  const check = () => {
    if (checked) return;
    if (view.getUint32(24, true) !== checksum(bytes)) throw damaged();
    checked = true;
  };
  if (bytes.length <= CHECKED_AT_LOAD) check();
  /** @param {number} id @param {1 | 2 | 4} width */
  const section = (id, width) => {
    const row = HEADER_BYTES + (id - 1) * 16;
    const offset = bytes.byteOffset + view.getUint32(row + 8, true);
    const count = view.getUint32(row + 12, true);
    if (width === 1) return new Uint8Array(bytes.buffer, offset, count);
    return width === 2
      ? new Uint16Array(bytes.buffer, offset, count)
      : new Int32Array(bytes.buffer, offset, count);
  };
  /** @param {number} id */
  const flexible = (id) =>
    section(id, /** @type {1 | 2 | 4} */ (view.getUint32(HEADER_BYTES + (id - 1) * 16 + 4, true)));
  /** @param {number} id */
  const bytesOf = (id) => /** @type {Uint8Array} */ (section(id, 1));
  /** @param {number} id */
  const wordsOf = (id) => /** @type {Int32Array} */ (section(id, 4));
  return {
    check,
    signed: (view.getUint32(20, true) & 1) === 1,
    digest: `sha256:${hex(bytes.subarray(32, 64))}`,
    meta: wordsOf(1),
    names: bytesOf(2),
    nameOffsets: wordsOf(3),
    nameSlots: wordsOf(4),
    suffixLengths: wordsOf(5),
    addr4Starts: unsigned(wordsOf(6)),
    addr4Entries: wordsOf(7),
    addr6Starts: unsigned(wordsOf(8)),
    addr6Entries: wordsOf(9),
    entryLinks: wordsOf(11),
    entryRules: wordsOf(12),
    entryFlags: bytesOf(13),
    ruleRefs: wordsOf(14),
    entryPortMaps: flexible(15),
    dialledPortMaps: flexible(16),
    portMapOffsets: wordsOf(17),
    portMapParents: wordsOf(18),
    portSegments: wordsOf(19),
    rules: wordsOf(20),
    ruleNames: wordsOf(21),
    portSetOffsets: wordsOf(22),
    portRanges: wordsOf(23),
    methodOffsets: wordsOf(24),
    methodSets: wordsOf(25),
    pathRows: wordsOf(26),
    programs: wordsOf(27),
    programClasses: bytesOf(28),
    programCells: /** @type {Uint16Array} */ (section(29, 2)),
    text: bytesOf(30),
  };
}

function damaged() {
  return new RequestError('policy/damaged', 'the policy tables are damaged or of another version');
}

/** @param {Int32Array} words */
function unsigned(words) {
  return new Uint32Array(words.buffer, words.byteOffset, words.length);
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  let out = '';
  for (const byte of bytes) out += (byte < 16 ? '0' : '') + byte.toString(16);
  return out;
}

/**
 * Finds truncation and bit rot.
 * @param {Uint8Array} bytes
 */
function checksum(bytes) {
  const words = new Int32Array(
    bytes.buffer,
    bytes.byteOffset + HEADER_BYTES,
    (bytes.length - HEADER_BYTES) >> 2,
  );
  const length = words.length;
  let a = 0x6a09e667;
  let b = 0xbb67ae85 | 0;
  for (let i = 0; i < length; i += 2) {
    a = Math.imul(a ^ words[i], 0x9e3779b1);
    b = Math.imul(b ^ words[i + 1], 0x85ebca77);
    a = (a << 13) | (a >>> 19);
    b = (b << 17) | (b >>> 15);
  }
  return (a ^ ((b << 7) | (b >>> 25)) ^ length) >>> 0;
}
