/** Where things stand in an encoded image. All integers are little-endian; every section starts at a multiple of eight. */

import type { ImageSections } from './types.js';

/** `BIPOLIMG` */
export const MAGIC = [0x42, 0x49, 0x50, 0x4f, 0x4c, 0x49, 0x4d, 0x47] as const;

/** Byte offsets in the header, which is 64 bytes long. The digest covers everything behind it. */
export const HEADER = {
  abi: 8,
  sectionCount: 12,
  totalBytes: 16,
  /** Bit 0: the manifest's signature was verified. */
  flags: 20,
  checksum: 24,
  reserved: 28,
  digest: 32,
  size: 64,
} as const;

export const SECTION_ROW_BYTES = 16;
export const MAX_IMAGE_BYTES = 512 * 1024 * 1024;

/** Entries fit the 22 bits of a slot with room for a generation. */
export const MAX_ENTRIES = (1 << 20) - 1;

export type SectionName = 'meta' | keyof ImageSections;

/** Sections in their order in the file; the id is the place in this list plus one. `widths`: bytes an element may have. */
export const SECTIONS: readonly {
  readonly name: SectionName;
  readonly widths: readonly (1 | 2 | 4)[];
}[] = [
  { name: 'meta', widths: [4] },
  { name: 'names', widths: [1] },
  { name: 'nameOffsets', widths: [4] },
  { name: 'nameSlots', widths: [4] },
  { name: 'suffixLengths', widths: [4] },
  { name: 'addr4Starts', widths: [4] },
  { name: 'addr4Entries', widths: [4] },
  { name: 'addr6Starts', widths: [4] },
  { name: 'addr6Entries', widths: [4] },
  { name: 'addressBlocks', widths: [4] },
  { name: 'entryLinks', widths: [4] },
  { name: 'entryRules', widths: [4] },
  { name: 'entryFlags', widths: [1] },
  { name: 'ruleRefs', widths: [4] },
  { name: 'entryPortMaps', widths: [1, 2, 4] },
  { name: 'dialledPortMaps', widths: [1, 2, 4] },
  { name: 'portMapOffsets', widths: [4] },
  { name: 'portMapParents', widths: [4] },
  { name: 'portSegments', widths: [4] },
  { name: 'rules', widths: [4] },
  { name: 'ruleNames', widths: [4] },
  { name: 'portSetOffsets', widths: [4] },
  { name: 'portRanges', widths: [4] },
  { name: 'methodOffsets', widths: [4] },
  { name: 'methodSets', widths: [4] },
  { name: 'pathRows', widths: [4] },
  { name: 'programs', widths: [4] },
  { name: 'programClasses', widths: [1] },
  { name: 'programCells', widths: [2] },
  { name: 'text', widths: [1] },
];

/** Word numbers in the `meta` section. Times are milliseconds since the Unix epoch, 64 bits as low and high word. */
export const META = {
  policyId: 0, // eight words
  issuedAt: 8,
  expiresAt: 10,
  serial: 12, // all ones: none
  flags: 14,
  brokerEntry: 15,
  brokerPort: 16,
  brokerUrlOffset: 17,
  brokerUrlLength: 18,
  nameCount: 19,
  addressCount: 20,
  ruleCount: 21,
  methodCount: 22,
  methodWords: 23,
  words: 24,
} as const;

export const META_FLAG = {
  defaultDeny: 1,
  opaqueTunnel: 2,
  dpopRequired: 4,
  dpopAthRequired: 8,
} as const;

/** Rounds up to a multiple of eight. */
export function align8(value: number): number {
  return (value + 7) & ~7;
}

/**
 * A fast check against truncation and bit rot for loaders without a digest at hand; no defence against an attacker, who the
 * digest is for. Covers the 32-bit words behind the header.
 */
export function checksumOf(words: Uint32Array): number {
  let a = 0x6a09e667;
  let b = 0xbb67ae85;
  const even = words.length & ~1;
  for (let i = 0; i < even; i += 2) {
    a = Math.imul(a ^ words[i]!, 0x9e3779b1);
    b = Math.imul(b ^ words[i + 1]!, 0x85ebca77);
    a = (a << 13) | (a >>> 19);
    b = (b << 17) | (b >>> 15);
  }
  if (even < words.length) a = Math.imul(a ^ words[even]!, 0x9e3779b1);
  return (a ^ ((b << 7) | (b >>> 25)) ^ words.length) >>> 0;
}
