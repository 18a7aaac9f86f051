/** Bytes to tables. Nothing of an image is used before all of it was checked; the reason of a refusal is one sentence. */

import { createHash } from 'node:crypto';
import { checkSections, refuse } from './check.js';
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
  type SectionName,
} from './layout.js';
import { ImageRefused } from './refused.js';
import { IMAGE_ABI, type ImageMeta, type ImageSections, type PolicyImage } from './types.js';

export type Decoded =
  | { readonly ok: true; readonly image: PolicyImage }
  | { readonly ok: false; readonly reason: string };

/** Checks and decodes an image. A truncated, corrupted or hostile one is refused; nothing is read past its end. */
export function decodeImage(input: Uint8Array): Decoded {
  try {
    return { ok: true, image: decode(input) };
  } catch (error) {
    if (error instanceof ImageRefused) return { ok: false, reason: error.message };
    throw error;
  }
}

function decode(input: Uint8Array): PolicyImage {
  refuse(input.length < HEADER.size, 'shorter than its header');
  refuse(input.length > MAX_IMAGE_BYTES, 'larger than any image');
  // A copy: typed views need alignment, and what was checked cannot change afterwards.
  const bytes = new Uint8Array(align8(input.length));
  bytes.set(input);
  const view = new DataView(bytes.buffer);
  refuse(
    MAGIC.some((byte, index) => bytes[index] !== byte),
    'not a policy image',
  );
  const abi = view.getUint32(HEADER.abi, true);
  refuse(abi !== IMAGE_ABI, `ABI ${abi}, this build reads ${IMAGE_ABI}`);
  refuse(
    view.getUint32(HEADER.totalBytes, true) !== input.length,
    'truncated, or longer than it says',
  );
  refuse(input.length % 8 !== 0, 'not a whole number of words');
  const flags = view.getUint32(HEADER.flags, true);
  refuse(flags > 1, 'unknown flags');
  refuse(view.getUint32(HEADER.reserved, true) !== 0, 'reserved bytes are used');
  refuse(
    view.getUint32(HEADER.checksum, true) !==
      checksumOf(new Uint32Array(bytes.buffer, HEADER.size)),
    'wrong checksum',
  );
  const digest = createHash('sha256').update(bytes.subarray(HEADER.size)).digest('hex');
  refuse(
    Buffer.from(bytes.buffer, HEADER.digest, 32).toString('hex') !== digest,
    'its digest does not fit its contents',
  );
  const tables = readSections(bytes, view);
  const { meta: metaWords, ...rest } = tables;
  const sections = rest as unknown as ImageSections;
  const meta = decodeMeta(metaWords as Uint32Array, sections.text);
  checkSections(meta, sections);
  return { meta, sections, digest: `sha256:${digest}`, bytes, signed: (flags & 1) === 1 };
}

type Table = Uint8Array | Uint16Array | Uint32Array;

function readSections(bytes: Uint8Array, view: DataView): Record<SectionName, Table> {
  refuse(view.getUint32(HEADER.sectionCount, true) !== SECTIONS.length, 'wrong number of sections');
  let end = HEADER.size + SECTIONS.length * SECTION_ROW_BYTES;
  refuse(end > bytes.length, 'section table past the end');
  const tables = {} as Record<SectionName, Table>;
  SECTIONS.forEach(({ name, widths }, index) => {
    const row = HEADER.size + index * SECTION_ROW_BYTES;
    const width = view.getUint32(row + 4, true);
    const offset = view.getUint32(row + 8, true);
    const count = view.getUint32(row + 12, true);
    refuse(view.getUint32(row, true) !== index + 1, `section ${index + 1} is not in its place`);
    refuse(!(widths as readonly number[]).includes(width), `${name}: element width ${width}`);
    refuse(offset !== align8(end), `${name}: not packed`);
    for (let at = end; at < offset && at < bytes.length; at++)
      refuse(bytes[at] !== 0, 'padding is not zero');
    end = offset + count * width;
    refuse(end > bytes.length, `${name}: past the end`);
    if (width === 1) tables[name] = bytes.subarray(offset, end);
    else if (width === 2) tables[name] = new Uint16Array(bytes.buffer, offset, count);
    else tables[name] = new Uint32Array(bytes.buffer, offset, count);
  });
  refuse(align8(end) !== bytes.length, 'bytes behind the last section');
  for (let at = end; at < bytes.length; at++) refuse(bytes[at] !== 0, 'padding is not zero');
  return tables;
}

function decodeMeta(words: Uint32Array, text: Uint8Array): ImageMeta {
  refuse(words.length !== META.words, 'meta: wrong length');
  const word = (at: number): number => words[at]!;
  const urlAt = word(META.brokerUrlOffset);
  const urlLength = word(META.brokerUrlLength);
  refuse(urlAt + urlLength > text.length, 'meta: broker URL past the text');
  const flags = word(META.flags);
  refuse(flags > 15, 'meta: unknown flags');
  const noSerial = word(META.serial) === 0xffffffff && word(META.serial + 1) === 0xffffffff;
  return {
    policyId: `sha256:${Buffer.from(words.buffer, words.byteOffset, 32).toString('hex')}`,
    issuedAt: integerAt(words, META.issuedAt),
    expiresAt: integerAt(words, META.expiresAt),
    serial: noSerial ? null : integerAt(words, META.serial),
    defaultDeny: (flags & META_FLAG.defaultDeny) !== 0,
    opaqueTunnel: (flags & META_FLAG.opaqueTunnel) !== 0,
    dpopRequired: (flags & META_FLAG.dpopRequired) !== 0,
    dpopAthRequired: (flags & META_FLAG.dpopAthRequired) !== 0,
    brokerUrl: new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      text.subarray(urlAt, urlAt + urlLength),
    ),
    brokerEntry: word(META.brokerEntry),
    brokerPort: word(META.brokerPort),
    nameCount: word(META.nameCount),
    addressCount: word(META.addressCount),
    ruleCount: word(META.ruleCount),
    methodCount: word(META.methodCount),
    methodWords: word(META.methodWords),
  };
}

function integerAt(words: Uint32Array, at: number): number {
  const value = (words[at + 1]! | 0) * 0x100000000 + words[at]!;
  refuse(!Number.isSafeInteger(value), 'meta: a number is too large');
  return value;
}
