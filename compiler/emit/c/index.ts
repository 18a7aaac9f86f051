/** The C back end: static tables for runtime-c/core/policy_match.h. */

import { IMAGE_ABI, type PolicyImage } from '../../image/types.js';
import type { Artifact, Backend, Origins } from '../backend.js';
import { cUnsigned } from '../literal/c.js';
import { commentText } from '../literal/comment.js';
import {
  cutBy,
  eachElement,
  narrowest,
  READABLE_ENTRIES,
  type Rows,
  table,
} from '../native/arrays.js';
import {
  bannerLines,
  entryComment,
  portMapText,
  rootEntry,
  verdictComment,
} from '../native/describe.js';
import { macro, stampMacros } from '../native/stamp.js';
import { type Printed, render, type TemplateValue } from '../template.js';

type View = { readonly [name: string]: TemplateValue };

const WORD_BYTES = 8;
/** As much as the longest name and a word. */
const LEAST_NAME_TABLE = 264;

/**
 * The names and what `policy_match.h` may read behind them: a word that begins at the last byte. A table that is shorter than
 * the longest name anyone may ask for would have compilers warn of reads that the length check rules out.
 */
function paddedNames(image: PolicyImage): Uint8Array {
  const { names } = image.sections;
  const out = new Uint8Array(Math.max(names.length + WORD_BYTES, LEAST_NAME_TABLE));
  out.set(names);
  return out;
}

/** A row for each name, and one for the padding. */
function nameRows(image: PolicyImage): Rows {
  const { nameOffsets } = image.sections;
  const end = paddedNames(image).length;
  const count = image.meta.nameCount;
  return {
    count: count + 1,
    end: (entry) => (entry < count ? nameOffsets[entry + 1]! : end),
    comment: (entry) => (entry < count ? entryComment(image, entry) : commentText('padding')),
    text: true,
  };
}

/** Field of `struct bi_tables` and its table have one name. */
function tablesOf(image: PolicyImage, origins: Origins): readonly View[] {
  const { sections: s, meta } = image;
  const root = rootEntry(image);
  const readable = root < READABLE_ENTRIES;
  const rows = (of: () => Rows): { rows?: Rows } => (readable ? { rows: of() } : {});
  const verdicts = (first: number, maps: ArrayLike<number>): Rows =>
    eachElement(maps.length, (i) => verdictComment(image, origins, first + i, maps[i]!));
  const segment = (i: number): Printed => commentText(`${i}: ${portMapText(image, i)}`);
  return [
    table('names', paddedNames(image), {
      width: 1,
      ...rows(() => nameRows(image)),
    }),
    table('name_offsets', s.nameOffsets, { width: 4 }),
    table('name_slots', s.nameSlots, { width: 4 }),
    table('suffix_lengths', s.suffixLengths, { width: 4 }),
    table('addr4_starts', s.addr4Starts, { width: 4 }),
    table('addr4_entries', s.addr4Entries, { width: entryWidth(image) }),
    table('addr6_starts', s.addr6Starts, { width: 4 }),
    table('addr6_entries', s.addr6Entries, { width: entryWidth(image) }),
    table(
      'entry_port_maps',
      s.entryPortMaps,
      rows(() => verdicts(0, s.entryPortMaps)),
    ),
    table(
      'dialled_port_maps',
      s.dialledPortMaps,
      rows(() => verdicts(meta.nameCount, s.dialledPortMaps)),
    ),
    table('port_map_offsets', s.portMapOffsets, { width: 4 }),
    table('port_map_parents', s.portMapParents, { width: 4 }),
    table('port_segments', s.portSegments, {
      width: 4,
      ...rows(() => cutBy(s.portMapOffsets, segment)),
    }),
  ];
}

function entryWidth(image: PolicyImage): 1 | 2 | 4 {
  return narrowest([rootEntry(image)]);
}

function wildcardCount(image: PolicyImage): number {
  const { names, nameOffsets } = image.sections;
  let count = 0;
  for (let i = 0; i < image.meta.nameCount; i++) if (names[nameOffsets[i]!] === 0x2e) count++;
  return count;
}

function countsOf(image: PolicyImage): readonly View[] {
  const { sections: s, meta } = image;
  return Object.entries({
    name_count: meta.nameCount,
    slot_count: s.nameSlots.length,
    wildcard_count: wildcardCount(image),
    addr4_count: s.addr4Entries.length,
    addr6_count: s.addr6Entries.length,
    port_map_count: s.portMapParents.length,
    root: rootEntry(image),
    entry_width: entryWidth(image),
    port_map_width: narrowest(s.entryPortMaps),
    dialled_map_width: narrowest(s.dialledPortMaps),
  }).map(([name, value]) => macro(name, cUnsigned(value)));
}

/** Text of `broker_host_table.h`. */
export function emitCHeader(image: PolicyImage, origins: Origins): string {
  const tables = tablesOf(image, origins);
  return render('c/broker_host_table.h.hbs', {
    banner: bannerLines(image, origins),
    stamp: stampMacros(image),
    abi: IMAGE_ABI,
    tables,
    pointers: tables.map((view) => ({ field: view['name']! })),
    counts: countsOf(image),
  });
}

export const cBackend: Backend = {
  target: 'c',
  emit(image: PolicyImage, origins: Origins): readonly Artifact[] {
    const bytes = new TextEncoder().encode(emitCHeader(image, origins));
    return [{ path: 'c/broker_host_table.h', bytes }];
  },
};
