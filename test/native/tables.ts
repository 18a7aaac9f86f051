/**
 * Small policies as tables of verdicts, turned into policy images by hand: the native look-ups are tested against these, not
 * against the compiler that will feed them. `expectedVerdict` reads the tables by plain search.
 */

import ipaddr from 'ipaddr.js';
import { nameHash } from '../../compiler/image/hash.js';
import { encodeImage } from '../../compiler/image/index.js';
import {
  type ImageMeta,
  type ImageSections,
  NONE,
  type PolicyImage,
  VERDICT,
} from '../../compiler/image/types.js';

export type VerdictName = keyof typeof VERDICT;
/** First port and verdict, ascending, the first port 0. */
export type Ports = readonly (readonly [number, VerdictName])[];

export interface HostRow {
  /** `name`, `*.name`, or `address/prefix`. */
  readonly host: string;
  readonly ports: Ports;
  /** Of a block: the verdict where the address is dialled for a known name; `inherit` all over where it is not given. */
  readonly dialled?: Ports;
}

export interface Tables {
  readonly root: Ports;
  readonly hosts: readonly HostRow[];
  readonly integration?: string;
  readonly signed?: boolean;
}

export interface NameRow extends HostRow {
  /** With its dot, for a wildcard. */
  readonly key: string;
}

export interface BlockRow extends HostRow {
  readonly family: 4 | 6;
  readonly start: bigint;
  readonly end: bigint;
  readonly prefix: number;
}

const INHERIT: Ports = [[0, 'inherit']];
const encoder = new TextEncoder();

export function addressValue(text: string): { family: 4 | 6; value: bigint } {
  const bytes = ipaddr.parse(text).toByteArray();
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return { family: bytes.length === 4 ? 4 : 6, value };
}

function blockRow(row: HostRow): BlockRow {
  const [text, prefixText] = row.host.split('/') as [string, string];
  const { family, value: start } = addressValue(text);
  const prefix = Number(prefixText);
  const end = start + (1n << BigInt((family === 4 ? 32 : 128) - prefix)) - 1n;
  return { ...row, family, start, end, prefix };
}

export function namesOf(tables: Tables): NameRow[] {
  return tables.hosts
    .filter(({ host }) => !host.includes('/'))
    .map((row) => ({ ...row, key: row.host.replace(/^\*/, '') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function blocksOf(tables: Tables): BlockRow[] {
  const blocks = tables.hosts.filter(({ host }) => host.includes('/')).map(blockRow);
  const order = (a: BlockRow, b: BlockRow): number =>
    a.family - b.family || (a.start === b.start ? a.prefix - b.prefix : a.start < b.start ? -1 : 1);
  return blocks.sort(order);
}

/** Most specific first. */
function coveringName(names: readonly NameRow[], name: string): NameRow[] {
  return names
    .filter(
      ({ key }) =>
        key === name || (key.startsWith('.') && key.length < name.length && name.endsWith(key)),
    )
    .sort((a, b) => b.key.length - a.key.length);
}

function coveringBlock(blocks: readonly BlockRow[], family: number, value: bigint): BlockRow[] {
  return blocks
    .filter((row) => row.family === family && row.start <= value && value <= row.end)
    .sort((a, b) => b.prefix - a.prefix);
}

function verdictAt(chain: readonly Ports[], port: number): VerdictName {
  for (const ports of chain) {
    const verdict = ports.findLast(([first]) => first <= port)![1];
    if (verdict !== 'inherit') return verdict;
  }
  throw new Error('nothing to inherit from');
}

export type Sight =
  | { readonly kind: 'name'; readonly host: string; readonly port: number }
  | { readonly kind: 'address' | 'dialled'; readonly ip: string; readonly port: number };

/** What every runtime must say, by plain search. */
export function expectedVerdict(tables: Tables, sight: Sight): VerdictName {
  if (sight.kind === 'name') {
    const chain = coveringName(namesOf(tables), sight.host).map(({ ports }) => ports);
    return verdictAt([...chain, tables.root], sight.port);
  }
  const { family, value } = addressValue(sight.ip);
  const chain = coveringBlock(blocksOf(tables), family, value);
  if (sight.kind === 'address')
    return verdictAt([...chain.map(({ ports }) => ports), tables.root], sight.port);
  return verdictAt([...chain.map(({ dialled }) => dialled ?? INHERIT), [[0, 'pass']]], sight.port);
}

class PortMaps {
  readonly offsets = [0];
  readonly parents: number[] = [];
  readonly segments: number[] = [];

  add(ports: Ports, parent: number): number {
    for (const [first, verdict] of ports) this.segments.push(first * 256 + VERDICT[verdict]);
    this.offsets.push(this.segments.length);
    return this.parents.push(parent) - 1;
  }
}

function nameSlots(names: readonly Uint8Array[]): Uint32Array {
  let size = 4;
  while (size < names.length * (names.length <= 1 << 15 ? 3 : 1.3)) size *= 2;
  const slots = new Uint32Array(size);
  names.forEach((name, entry) => {
    const hash = nameHash(name);
    let at = hash & (size - 1);
    while (slots[at] !== 0) at = (at + 1) & (size - 1);
    slots[at] = ((hash >>> 21) << 21) | (entry + 1);
  });
  return slots;
}

function words(value: bigint, family: number): number[] {
  if (family === 4) return [Number(value)];
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));
}

/** Starts and most specific entries of the segments of one family. */
function segmentsOf(
  blocks: readonly BlockRow[],
  family: 4 | 6,
  firstEntry: number,
  root: number,
): [number[], number[]] {
  const last = (1n << (family === 4 ? 32n : 128n)) - 1n;
  const edges = new Set<bigint>([0n]);
  for (const row of blocks) {
    if (row.family !== family) continue;
    edges.add(row.start);
    if (row.end < last) edges.add(row.end + 1n);
  }
  const starts = [...edges].sort((a, b) => (a < b ? -1 : 1));
  const entries = starts.map((start) => {
    const best = coveringBlock(blocks, family, start)[0];
    return best === undefined ? root : firstEntry + blocks.indexOf(best);
  });
  return [starts.flatMap((start) => words(start, family)), entries];
}

function offsetsOf(parts: readonly Uint8Array[]): number[] {
  const offsets = [0];
  for (const part of parts) offsets.push(offsets.at(-1)! + part.length);
  return offsets;
}

function suffixLengths(names: readonly Uint8Array[]): Uint32Array {
  const bits = new Uint32Array(8);
  for (const name of names)
    if (name[0] === 0x2e) bits[name.length >> 5]! |= 1 << (name.length & 31);
  return bits;
}

/** Port map of each entry, with those of shorter matches added first. */
function mapEntries<T extends HostRow>(
  maps: PortMaps,
  rows: readonly T[],
  length: (row: T) => number,
  parents: (row: T) => readonly T[],
  ports: (row: T) => Ports,
  root: number,
): { maps: number[]; links: (T | undefined)[] } {
  const numbers = new Map<T, number>();
  for (const row of [...rows].sort((a, b) => length(a) - length(b))) {
    const parent = parents(row).find((other) => other !== row);
    numbers.set(row, maps.add(ports(row), parent === undefined ? root : numbers.get(parent)!));
  }
  return {
    maps: rows.map((row) => numbers.get(row)!),
    links: rows.map((row) => parents(row).find((other) => other !== row)),
  };
}

/** One rule stands in for all of them: the native tables carry rules in comments alone. */
export function imageOf(tables: Tables): PolicyImage {
  const names = namesOf(tables);
  const blocks = blocksOf(tables);
  const keys = names.map(({ key }) => encoder.encode(key));
  const root = names.length + blocks.length;
  const maps = new PortMaps();
  const rootMap = maps.add(tables.root, NONE);
  const passMap = maps.add([[0, 'pass']], NONE);
  const parentNames = (row: NameRow): NameRow[] => coveringName(names, row.key);
  const parentBlocks = (row: BlockRow): BlockRow[] =>
    coveringBlock(blocks, row.family, row.start).filter(({ prefix }) => prefix <= row.prefix);
  const named = mapEntries(
    maps,
    names,
    (row) => row.key.length,
    parentNames,
    (row) => row.ports,
    rootMap,
  );
  const block = (ports: (row: BlockRow) => Ports, top: number) =>
    mapEntries(maps, blocks, (row) => row.prefix, parentBlocks, ports, top);
  const addressed = block((row) => row.ports, rootMap);
  const dialled = block((row) => row.dialled ?? INHERIT, passMap);
  const [addr4Starts, addr4Entries] = segmentsOf(blocks, 4, names.length, root);
  const [addr6Starts, addr6Entries] = segmentsOf(blocks, 6, names.length, root);
  const id = encoder.encode(tables.integration ?? 'all');
  const url = encoder.encode('https://broker.test/');
  const sections: ImageSections = {
    names: Uint8Array.from(keys.flatMap((key) => [...key])),
    nameOffsets: Uint32Array.from(offsetsOf(keys)),
    nameSlots: nameSlots(keys),
    suffixLengths: suffixLengths(keys),
    addr4Starts: Uint32Array.from(addr4Starts),
    addr4Entries: Uint32Array.from(addr4Entries),
    addr6Starts: Uint32Array.from(addr6Starts),
    addr6Entries: Uint32Array.from(addr6Entries),
    addressBlocks: Uint32Array.from(
      blocks.flatMap(({ family, prefix, start }) => [
        family * 256 + prefix,
        ...words(start, family),
        ...(family === 4 ? [0, 0, 0] : []),
      ]),
    ),
    entryLinks: Uint32Array.from([
      ...named.links.map((row) => (row === undefined ? NONE : names.indexOf(row))),
      ...addressed.links.map((row) =>
        row === undefined ? NONE : names.length + blocks.indexOf(row),
      ),
      NONE,
    ]),
    entryRules: Uint32Array.from({ length: root + 2 }, (_, i) => i),
    entryFlags: new Uint8Array(root + 1),
    ruleRefs: new Uint32Array(root + 1),
    entryPortMaps: Uint32Array.from([...named.maps, ...addressed.maps, rootMap]),
    dialledPortMaps: Uint32Array.from(dialled.maps),
    portMapOffsets: Uint32Array.from(maps.offsets),
    portMapParents: Uint32Array.from(maps.parents),
    portSegments: Uint32Array.from(maps.segments),
    rules: Uint32Array.from([2 | (3 << 2) | (1 << 8), 0, 0, 0]),
    ruleNames: Uint32Array.from([0, id.length]),
    portSetOffsets: Uint32Array.from([0, 1]),
    portRanges: Uint32Array.from([1 | (65535 << 16)]),
    methodOffsets: Uint32Array.from([0]),
    methodSets: Uint32Array.from([1]),
    pathRows: Uint32Array.from([0, 0, 0]),
    programs: new Uint32Array(0),
    programClasses: new Uint8Array(0),
    programCells: new Uint16Array(0),
    text: Uint8Array.from([...id, ...url]),
  };
  const meta: ImageMeta = {
    policyId: `sha256:${'ab'.repeat(32)}`,
    issuedAt: Date.UTC(2026, 10, 22),
    expiresAt: Date.UTC(2026, 11, 22),
    serial: 42,
    defaultDeny: false,
    opaqueTunnel: false,
    dpopRequired: false,
    dpopAthRequired: false,
    brokerUrl: 'https://broker.test/',
    brokerEntry: 0,
    brokerPort: 443,
    nameCount: names.length,
    addressCount: blocks.length,
    ruleCount: 1,
    methodCount: 0,
    methodWords: 1,
  };
  return encodeImage(meta, sections, { signed: tables.signed ?? true, brokerUrlAt: id.length });
}

export const ORIGINS = {
  file: 'policy.yaml',
  compilerVersion: '0.1.0',
  ruleLines: [12],
  kid: 'policy-2026',
};
