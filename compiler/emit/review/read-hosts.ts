/** Host entries and their verdicts by port, read back from the tables of the policy image. */

import { NONE, type PolicyImage, VERDICT } from '../../image/types.js';
import { formatAddress } from '../../request/index.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The number of the entry of `*` and of the default. */
export function rootOf({ meta }: PolicyImage): number {
  return meta.nameCount + meta.addressCount;
}

/** An entry as one would write it: `api.example.com`, `*.example.com`, `10.0.0.0/8`, `*`. */
export function entryTitle(image: PolicyImage, entry: number): string {
  const { names, nameOffsets } = image.sections;
  const { nameCount } = image.meta;
  if (entry === rootOf(image)) return '*';
  if (entry >= nameCount) return blockTitle(image, entry - nameCount);
  const name = decoder.decode(names.subarray(nameOffsets[entry], nameOffsets[entry + 1]));
  return name.startsWith('.') ? `*${name}` : name;
}

function blockTitle({ sections }: PolicyImage, index: number): string {
  const [head = 0, ...words] = sections.addressBlocks.subarray(index * 5, index * 5 + 5);
  const family = head >>> 8 === 4 ? 4 : 6;
  const used = words.slice(0, family === 4 ? 1 : 4);
  const value = used.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const prefix = head & 0xff;
  const text = formatAddress({ family, value });
  return prefix === (family === 4 ? 32 : 128) ? text : `${text}/${prefix}`;
}

/** Entries of each rule, ascending. */
export function entriesOfRules(image: PolicyImage): readonly (readonly number[])[] {
  const { entryRules, ruleRefs } = image.sections;
  const entries = Array.from({ length: image.meta.ruleCount }, (): number[] => []);
  for (let entry = 0; entry <= rootOf(image); entry++) {
    for (let i = entryRules[entry]!; i < entryRules[entry + 1]!; i++)
      entries[ruleRefs[i]!]!.push(entry);
  }
  return entries;
}

interface Stretch {
  readonly first: number;
  readonly verdict: number;
}

/** The verdicts of a port map, `inherit` resolved; neighbours differ. */
function stretchesOf(image: PolicyImage, map: number): readonly Stretch[] {
  const { portMapOffsets, portMapParents, portSegments } = image.sections;
  const parent = portMapParents[map]!;
  const above = parent === NONE ? [] : stretchesOf(image, parent);
  const found: Stretch[] = [];
  const add = (first: number, verdict: number): void => {
    if (found.at(-1)?.verdict !== verdict) found.push({ first, verdict });
  };
  const end = portMapOffsets[map + 1]!;
  for (let i = portMapOffsets[map]!; i < end; i++) {
    const first = portSegments[i]! >>> 8;
    const verdict = portSegments[i]! & 0xff;
    const next = i + 1 < end ? portSegments[i + 1]! >>> 8 : 65536;
    if (verdict === VERDICT.inherit) inherit(above, first, next, add);
    else add(first, verdict);
  }
  return found;
}

function inherit(
  above: readonly Stretch[],
  from: number,
  to: number,
  add: (first: number, verdict: number) => void,
): void {
  above.forEach((stretch, i) => {
    const end = above[i + 1]?.first ?? 65536;
    if (end > from && stretch.first < to) add(Math.max(stretch.first, from), stretch.verdict);
  });
}

const VERDICT_NAMES = Object.entries(VERDICT);

/** Such as `443 capture`, `1-442 pass`; port 0 is left out. */
export function portMapItems(image: PolicyImage, map: number): readonly string[] {
  const stretches = stretchesOf(image, map);
  return stretches.flatMap(({ first, verdict }, i) => {
    const from = Math.max(first, 1);
    const to = (stretches[i + 1]?.first ?? 65536) - 1;
    const name = VERDICT_NAMES.find(([, code]) => code === verdict)?.[0] ?? 'unknown';
    if (from > to) return [];
    return [`${from === to ? from : `${from}-${to}`} ${name}`];
  });
}
