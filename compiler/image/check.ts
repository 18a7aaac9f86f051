/** Every index, order and bound of the tables, so that no look-up needs a check of its own. */

import { nameHash } from './hash.js';
import { MAX_ENTRIES } from './layout.js';
import { ImageRefused } from './refused.js';
import { type ImageMeta, type ImageSections, NONE, PATH_KIND, VERDICT } from './types.js';

/** Refuses the image when `bad` holds. */
export function refuse(bad: boolean, reason: string): void {
  if (bad) throw new ImageRefused(reason);
}

type Numbers = ArrayLike<number>;

/** Offsets that begin at 0, never fall, and end at `end`; `count` + 1 of them. */
function checkOffsets(name: string, offsets: Numbers, count: number, end: number): void {
  refuse(offsets.length !== count + 1, `${name}: wrong length`);
  refuse(offsets[0] !== 0 || offsets[count] !== end, `${name}: does not span its table`);
  for (let i = 0; i < count; i++) refuse(offsets[i]! > offsets[i + 1]!, `${name}: falls`);
}

function checkBelow(name: string, values: Numbers, bound: number): void {
  for (let i = 0; i < values.length; i++) refuse(values[i]! >= bound, `${name}: out of range`);
}

export function checkSections(meta: ImageMeta, s: ImageSections): void {
  const entries = meta.nameCount + meta.addressCount + 1;
  refuse(entries > MAX_ENTRIES + 1, 'too many entries');
  checkNames(meta, s);
  checkSlots(meta, s);
  checkAddresses(meta, s);
  checkEntries(meta, s, entries);
  checkPortMaps(meta, s, entries);
  checkRules(meta, s);
  checkPrograms(s);
}

function checkNames(meta: ImageMeta, s: ImageSections): void {
  checkOffsets('nameOffsets', s.nameOffsets, meta.nameCount, s.names.length);
  refuse(s.suffixLengths.length !== 8, 'suffixLengths: wrong length');
  const seen = new Uint32Array(8);
  for (let i = 0; i < meta.nameCount; i++) {
    const from = s.nameOffsets[i]!;
    const to = s.nameOffsets[i + 1]!;
    refuse(to - from < 1 || to - from > 254, 'names: bad length');
    refuse(i > 0 && compareNames(s, i - 1, i) >= 0, 'names: not in order');
    if (s.names[from] === 0x2e) seen[(to - from) >> 5]! |= 1 << ((to - from) & 31);
  }
  for (let i = 0; i < 8; i++)
    refuse(seen[i] !== s.suffixLengths[i], 'suffixLengths: does not fit the names');
  for (const byte of s.names)
    refuse(byte <= 0x20 || byte >= 0x7f || (byte >= 0x41 && byte <= 0x5a), 'names: bad byte');
}

function compareNames(s: ImageSections, a: number, b: number): number {
  return Buffer.compare(
    s.names.subarray(s.nameOffsets[a], s.nameOffsets[a + 1]),
    s.names.subarray(s.nameOffsets[b], s.nameOffsets[b + 1]),
  );
}

/** Every name is found where its hash leads, nothing else stands in the table, and every probe ends. */
function checkSlots(meta: ImageMeta, s: ImageSections): void {
  const size = s.nameSlots.length;
  refuse(size === 0 || (size & (size - 1)) !== 0 || size <= meta.nameCount, 'nameSlots: bad size');
  let used = 0;
  for (const slot of s.nameSlots) if (slot !== 0) used++;
  refuse(used !== meta.nameCount, 'nameSlots: wrong number of names');
  for (let i = 0; i < meta.nameCount; i++) {
    const hash = nameHash(s.names.subarray(s.nameOffsets[i], s.nameOffsets[i + 1]));
    const want = ((hash >>> 21) << 21) | (i + 1);
    let at = hash & (size - 1);
    while (s.nameSlots[at] !== want >>> 0) {
      refuse(s.nameSlots[at] === 0, 'nameSlots: a name is not found');
      at = (at + 1) & (size - 1);
    }
  }
}

function checkAddresses(meta: ImageMeta, s: ImageSections): void {
  const root = meta.nameCount + meta.addressCount;
  for (const [starts, entries, words] of [
    [s.addr4Starts, s.addr4Entries, 1],
    [s.addr6Starts, s.addr6Entries, 4],
  ] as const) {
    refuse(
      entries.length === 0 || starts.length !== entries.length * words,
      'address segments: wrong length',
    );
    for (let w = 0; w < words; w++) refuse(starts[w] !== 0, 'address segments: do not begin at 0');
    for (let i = words; i < starts.length; i += words) {
      refuse(!startsAscend(starts, i, words), 'address segments: not in order');
    }
    for (const entry of entries)
      refuse(entry < meta.nameCount || entry > root, 'address segments: bad entry');
  }
  refuse(s.addressBlocks.length !== meta.addressCount * 5, 'addressBlocks: wrong length');
  checkBlocks(meta, s);
}

interface Block {
  readonly family: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly entry: number;
}

function blockAt(meta: ImageMeta, s: ImageSections, index: number): Block {
  const [head, ...words] = [...s.addressBlocks.subarray(index * 5, index * 5 + 5)] as [
    number,
    ...number[],
  ];
  const family = head >>> 8;
  const width = family === 4 ? 32 : 128;
  refuse((family !== 4 && family !== 6) || (head & 0xff) > width, 'addressBlocks: bad block');
  const value = words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const start = family === 4 ? value >> 96n : value;
  const size = 1n << BigInt(width - (head & 0xff));
  refuse(
    start % size !== 0n || (family === 4 && value % (1n << 96n) !== 0n),
    'addressBlocks: bad block',
  );
  return { family, start, end: start + size - 1n, entry: meta.nameCount + index };
}

/** Blocks and segments say the same: one runtime reads the blocks, the others the segments. */
function checkBlocks(meta: ImageMeta, s: ImageSections): void {
  const root = meta.nameCount + meta.addressCount;
  const segments = { 4: [[0n, root]] as [bigint, number][], 6: [[0n, root]] as [bigint, number][] };
  const open: Block[] = [];
  const begin = (family: 4 | 6, start: bigint, entry: number): void => {
    const list = segments[family];
    if (list.at(-1)![0] === start) list.pop();
    if (list.at(-1)?.[1] !== entry) list.push([start, entry]);
  };
  const close = (): void => {
    const { family, end } = open.pop()!;
    if (end + 1n < 1n << (family === 4 ? 32n : 128n)) {
      begin(family as 4 | 6, end + 1n, open.at(-1)?.entry ?? root);
    }
  };
  for (let index = 0; index < meta.addressCount; index++) {
    const block = blockAt(meta, s, index);
    while (
      open.length > 0 &&
      (open.at(-1)!.family !== block.family || open.at(-1)!.end < block.start)
    )
      close();
    const top = open.at(-1);
    refuse(
      top !== undefined && (top.start > block.start || top.end < block.end),
      'addressBlocks: not in order',
    );
    open.push(block);
    begin(block.family as 4 | 6, block.start, block.entry);
  }
  while (open.length > 0) close();
  const four = segments[4].flatMap(([start]) => [Number(start)]);
  const six = segments[6].flatMap(([start]) =>
    [96n, 64n, 32n, 0n].map((shift) => Number((start >> shift) & 0xffffffffn)),
  );
  refuse(
    !isSame(four, s.addr4Starts) || !isSame(six, s.addr6Starts),
    'address segments: not those of the blocks',
  );
  const entriesOf = (family: 4 | 6): number[] => segments[family].map(([, entry]) => entry);
  refuse(
    !isSame(entriesOf(4), s.addr4Entries) || !isSame(entriesOf(6), s.addr6Entries),
    'address segments: not those of the blocks',
  );
}

function isSame(left: Numbers, right: Numbers): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function startsAscend(starts: Uint32Array, at: number, words: number): boolean {
  for (let w = 0; w < words; w++) {
    const before = starts[at - words + w]!;
    const here = starts[at + w]!;
    if (here !== before) return here > before;
  }
  return false;
}

function checkEntries(meta: ImageMeta, s: ImageSections, entries: number): void {
  checkOffsets('entryRules', s.entryRules, entries, s.ruleRefs.length);
  refuse(
    s.entryFlags.length !== entries || s.entryLinks.length !== entries,
    'entries: wrong length',
  );
  checkBelow('entryFlags', s.entryFlags, 8);
  refuse(
    meta.brokerEntry >= entries - 1 || meta.brokerPort < 1 || meta.brokerPort > 65535,
    'meta: bad broker',
  );
  for (let i = 0; i < entries; i++) {
    for (let r = s.entryRules[i]!; r < s.entryRules[i + 1]!; r++) {
      refuse(s.ruleRefs[r]! >= meta.ruleCount, 'ruleRefs: out of range');
      refuse(
        r > s.entryRules[i]! && s.ruleRefs[r]! <= s.ruleRefs[r - 1]!,
        'ruleRefs: not in order',
      );
    }
    const link = s.entryLinks[i]!;
    if (link === NONE) continue;
    refuse(link >= entries - 1 || !isShorter(meta, s, i, link), 'entryLinks: not a shorter match');
  }
}

/** A link leads to a shorter wildcard or a wider block, so that every walk ends. */
function isShorter(meta: ImageMeta, s: ImageSections, entry: number, link: number): boolean {
  if (entry < meta.nameCount) {
    if (link >= meta.nameCount) return false;
    const name = s.names.subarray(s.nameOffsets[entry], s.nameOffsets[entry + 1]);
    const suffix = s.names.subarray(s.nameOffsets[link], s.nameOffsets[link + 1]);
    return (
      suffix[0] === 0x2e &&
      suffix.length < name.length &&
      Buffer.compare(name.subarray(-suffix.length), suffix) === 0
    );
  }
  if (link < meta.nameCount) return false;
  const own = s.addressBlocks[(entry - meta.nameCount) * 5];
  const wider = s.addressBlocks[(link - meta.nameCount) * 5];
  return (
    own !== undefined &&
    wider !== undefined &&
    own >>> 8 === wider >>> 8 &&
    (wider & 0xff) < (own & 0xff)
  );
}

function checkPortMaps(meta: ImageMeta, s: ImageSections, entries: number): void {
  const maps = s.portMapParents.length;
  refuse(
    s.entryPortMaps.length !== entries || s.dialledPortMaps.length !== meta.addressCount,
    'port maps: wrong length',
  );
  checkBelow('entryPortMaps', s.entryPortMaps, maps);
  checkBelow('dialledPortMaps', s.dialledPortMaps, maps);
  checkOffsets('portMapOffsets', s.portMapOffsets, maps, s.portSegments.length);
  for (let map = 0; map < maps; map++) {
    const parent = s.portMapParents[map]!;
    refuse(parent !== NONE && parent >= map, 'portMapParents: not before its child');
    const from = s.portMapOffsets[map]!;
    refuse(
      from === s.portMapOffsets[map + 1] || s.portSegments[from]! >>> 8 !== 0,
      'portSegments: no first segment',
    );
    for (let i = from; i < s.portMapOffsets[map + 1]!; i++) {
      const segment = s.portSegments[i]!;
      refuse(
        segment >>> 8 > 65535 || (segment & 0xff) > VERDICT.inherit,
        'portSegments: out of range',
      );
      refuse(
        i > from && segment >>> 8 <= s.portSegments[i - 1]! >>> 8,
        'portSegments: not in order',
      );
      refuse(
        (segment & 0xff) === VERDICT.inherit && parent === NONE,
        'portSegments: nothing to inherit from',
      );
    }
  }
}

function checkRules(meta: ImageMeta, s: ImageSections): void {
  const portSets = s.portSetOffsets.length - 1;
  checkOffsets('portSetOffsets', s.portSetOffsets, portSets, s.portRanges.length);
  for (const range of s.portRanges)
    refuse((range & 0xffff) === 0 || (range & 0xffff) > range >>> 16, 'portRanges: bad range');
  for (let set = 0; set < portSets; set++) {
    for (let i = s.portSetOffsets[set]! + 1; i < s.portSetOffsets[set + 1]!; i++) {
      refuse(
        (s.portRanges[i]! & 0xffff) <= s.portRanges[i - 1]! >>> 16,
        'portRanges: not in order',
      );
    }
  }
  checkOffsets(
    'methodOffsets',
    s.methodOffsets,
    meta.methodCount,
    s.methodOffsets[meta.methodCount] ?? -1,
  );
  refuse(s.methodOffsets[meta.methodCount]! > s.text.length, 'methodOffsets: past the text');
  refuse(meta.methodWords !== (meta.methodCount >> 5) + 1, 'meta: bad method words');
  refuse(s.methodSets.length % meta.methodWords !== 0, 'methodSets: wrong length');
  const methodSets = s.methodSets.length / meta.methodWords;
  const rows = s.pathRows.length / 3;
  refuse(!Number.isInteger(rows), 'pathRows: wrong length');
  refuse(
    s.rules.length !== meta.ruleCount * 4 || s.ruleNames.length !== meta.ruleCount * 2,
    'rules: wrong length',
  );
  for (let i = 0; i < s.rules.length; i += 4) {
    const flags = s.rules[i]!;
    refuse(
      (flags & 3) === 3 || ((flags >>> 2) & 3) === 0 || (flags & 0xf0) !== 0,
      'rules: bad flags',
    );
    refuse(s.rules[i + 1]! >= portSets || s.rules[i + 2]! >= methodSets, 'rules: bad set');
    refuse(flags >>> 8 === 0 || s.rules[i + 3]! + (flags >>> 8) > rows, 'rules: bad paths');
  }
  for (let i = 0; i < s.ruleNames.length; i += 2) {
    refuse(s.ruleNames[i]! + s.ruleNames[i + 1]! > s.text.length, 'ruleNames: past the text');
  }
  for (let i = 0; i < s.pathRows.length; i += 3) {
    const kind = s.pathRows[i]!;
    refuse(kind > PATH_KIND.regex, 'pathRows: bad kind');
    if (kind === PATH_KIND.regex)
      refuse(s.pathRows[i + 1]! >= s.programs.length / 4, 'pathRows: bad program');
    else refuse(s.pathRows[i + 1]! + s.pathRows[i + 2]! > s.text.length, 'pathRows: past the text');
  }
}

function checkPrograms(s: ImageSections): void {
  refuse(s.programs.length % 4 !== 0, 'programs: wrong length');
  for (let i = 0; i < s.programs.length; i += 4) {
    const [classesAt, classCount, cellsAt, stateCount] = [...s.programs.subarray(i, i + 4)] as [
      number,
      number,
      number,
      number,
    ];
    refuse(
      classCount < 1 || classCount > 128 || stateCount < 2 || stateCount > 65535,
      'programs: bad size',
    );
    refuse(classesAt + 128 > s.programClasses.length, 'programs: classes past the end');
    refuse(
      cellsAt + stateCount * (classCount + 1) > s.programCells.length,
      'programs: cells past the end',
    );
    checkBelow('programClasses', s.programClasses.subarray(classesAt, classesAt + 128), classCount);
    for (let state = 0; state < stateCount; state++) {
      const row = cellsAt + state * (classCount + 1);
      refuse(s.programCells[row]! > 1, 'programCells: bad acceptance');
      const leavesDead =
        state === 0 &&
        s.programCells.subarray(row, row + 1 + classCount).some((cell) => cell !== 0);
      refuse(leavesDead, 'programCells: the dead state is not dead');
      checkBelow(
        'programCells',
        s.programCells.subarray(row + 1, row + 1 + classCount),
        stateCount,
      );
    }
  }
}
