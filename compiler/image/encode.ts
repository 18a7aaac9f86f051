/** Tables to bytes. */

import { createHash } from 'node:crypto';
import {
  align8,
  checksumOf,
  HEADER,
  MAGIC,
  MAX_IMAGE_BYTES,
  META,
  META_FLAG,
  SECTION_ROW_BYTES,
  SECTIONS,
} from './layout.js';
import { IMAGE_ABI, type ImageMeta, type ImageSections, type PolicyImage } from './types.js';

/**
 * Encodes an image. The digest is a function of `meta` and `sections` alone; `signed` stands in the header, outside of it.
 * Throws on a table that no image can hold, which the limits of the language exclude.
 */
export function encodeImage(
  meta: ImageMeta,
  sections: ImageSections,
  stamp: { readonly signed: boolean; readonly brokerUrlAt: number },
): PolicyImage {
  const tables = { ...sections, meta: encodeMeta(meta, stamp.brokerUrlAt) };
  let end = HEADER.size + SECTIONS.length * SECTION_ROW_BYTES;
  const rows = SECTIONS.map(({ name }, index) => {
    const table = tables[name];
    const offset = align8(end);
    end = offset + table.byteLength;
    return { id: index + 1, width: table.BYTES_PER_ELEMENT, offset, count: table.length, table };
  });
  const total = align8(end);
  if (total > MAX_IMAGE_BYTES) throw new Error(`policy image of ${total} bytes`);

  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let rowAt = HEADER.size;
  for (const row of rows) {
    view.setUint32(rowAt, row.id, true);
    view.setUint32(rowAt + 4, row.width, true);
    view.setUint32(rowAt + 8, row.offset, true);
    view.setUint32(rowAt + 12, row.count, true);
    rowAt += SECTION_ROW_BYTES;
    bytes.set(
      new Uint8Array(row.table.buffer, row.table.byteOffset, row.table.byteLength),
      row.offset,
    );
  }
  const digest = createHash('sha256').update(bytes.subarray(HEADER.size)).digest();
  bytes.set(MAGIC, 0);
  view.setUint32(HEADER.abi, IMAGE_ABI, true);
  view.setUint32(HEADER.sectionCount, SECTIONS.length, true);
  view.setUint32(HEADER.totalBytes, total, true);
  view.setUint32(HEADER.flags, stamp.signed ? 1 : 0, true);
  view.setUint32(HEADER.checksum, checksumOf(new Uint32Array(bytes.buffer, HEADER.size)), true);
  bytes.set(digest, HEADER.digest);
  return {
    meta,
    sections,
    digest: `sha256:${digest.toString('hex')}`,
    bytes,
    signed: stamp.signed,
  };
}

function encodeMeta(meta: ImageMeta, brokerUrlAt: number): Uint32Array {
  const words = new Uint32Array(META.words);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(Buffer.from(meta.policyId.slice('sha256:'.length), 'hex'), META.policyId * 4);
  setTime(words, META.issuedAt, meta.issuedAt);
  setTime(words, META.expiresAt, meta.expiresAt);
  if (meta.serial === null) words.fill(0xffffffff, META.serial, META.serial + 2);
  else setTime(words, META.serial, meta.serial);
  words[META.flags] =
    (meta.defaultDeny ? META_FLAG.defaultDeny : 0) |
    (meta.opaqueTunnel ? META_FLAG.opaqueTunnel : 0) |
    (meta.dpopRequired ? META_FLAG.dpopRequired : 0) |
    (meta.dpopAthRequired ? META_FLAG.dpopAthRequired : 0);
  words[META.brokerEntry] = meta.brokerEntry;
  words[META.brokerPort] = meta.brokerPort;
  words[META.brokerUrlOffset] = brokerUrlAt;
  words[META.brokerUrlLength] = Buffer.byteLength(meta.brokerUrl);
  words[META.nameCount] = meta.nameCount;
  words[META.addressCount] = meta.addressCount;
  words[META.ruleCount] = meta.ruleCount;
  words[META.methodCount] = meta.methodCount;
  words[META.methodWords] = meta.methodWords;
  return words;
}

/** A safe integer as low and high word, two's complement; a typed array stores modulo 2^32. */
function setTime(words: Uint32Array, at: number, value: number): void {
  const high = Math.floor(value / 0x100000000);
  words[at] = value - high * 0x100000000;
  words[at + 1] = high;
}
