/**
 * The host patterns of a policy as a tree: which pattern lies in which. A host is judged by the rules of the most specific
 * entry that holds it and of that entry's ancestors, so a question about all hosts becomes one about entries.
 */

import { hostMatches } from '../policy/index.js';
import type { HostPattern, Policy } from '../policy/types.js';
import { formatAddress, hostText, isLoopback, widthOf } from '../request/index.js';
import type { Address, Host } from '../request/types.js';

export interface Entry {
  readonly pattern: HostPattern;
  /** Rules with this very pattern, ascending. */
  readonly rules: number[];
  /** The next wider entry; null below the root (`*`) and for it. */
  parent: Entry | null;
  readonly children: Entry[];
  /** No rule reaches it: the gateway's range, and spellings that stand for other addresses. */
  readonly hole: boolean;
}

type Block = Extract<HostPattern, { kind: 'block' }>;

const LOOPBACK: readonly Block[] = [
  { kind: 'block', address: { family: 4, value: 0x7f000000n }, prefix: 8 },
  { kind: 'block', address: { family: 6, value: 1n }, prefix: 128 },
];
/** 127.64.0.0/10; 0.0.0.0 and ::, which mean loopback; the mapped IPv4 addresses, which are IPv4. */
const HOLES: readonly Block[] = [
  { kind: 'block', address: { family: 4, value: 0x7f400000n }, prefix: 10 },
  { kind: 'block', address: { family: 4, value: 0n }, prefix: 32 },
  { kind: 'block', address: { family: 6, value: 0n }, prefix: 128 },
  { kind: 'block', address: { family: 6, value: 0xffff_0000_0000n }, prefix: 96 },
];

const MAX_NAME = 253;

/** More distinct labels than `taken` names can have used up, short ones among the first. */
function* labels(taken: number): Generator<string> {
  yield 'www';
  for (let i = 10; i < taken + 47; i++) yield i.toString(36);
  for (let i = 0; i < 10; i++) yield String(i);
}

/** Last labels with a letter in them, more than `taken` patterns can have used up. */
function* tops(taken: number): Generator<string> {
  yield* ['example', 'invalid'];
  for (const label of labels(2 * taken)) if (/[a-z]/.test(label)) yield label;
}

export class HostTree {
  readonly root: Entry = entryOf({ kind: 'any' }, false);
  readonly #names = new Map<string, Entry>();
  readonly #blocks = {
    4: new Map<number, Map<bigint, Entry>>(),
    6: new Map<number, Map<bigint, Entry>>(),
  };
  #count = 0;
  readonly #samples = new Map<Entry, Host | null>();
  readonly #broker: Policy['broker'];

  constructor(policy: Policy) {
    this.#broker = policy.broker;
    for (const block of HOLES) this.#add(block, true);
    for (const block of LOOPBACK) this.#add(block);
    this.#add({ kind: 'name', name: 'localhost' });
    this.#add({ kind: 'suffix', name: 'localhost' });
    const { host } = policy.broker;
    if (host.kind === 'name') this.#add(host);
    else this.#add({ kind: 'block', address: host.address, prefix: widthOf(host.address.family) });
    for (const rule of policy.rules) {
      for (const pattern of rule.hosts) {
        const { rules } = this.#add(pattern);
        if (rules.at(-1) !== rule.index) rules.push(rule.index);
      }
    }
    for (const entry of this.entries()) this.#link(entry);
  }

  /** All entries but the root, wildcards and names first. */
  *entries(): Generator<Entry> {
    yield* this.#names.values();
    for (const family of [this.#blocks[4], this.#blocks[6]]) {
      for (const blocks of family.values()) yield* blocks.values();
    }
  }

  /** The entry of a pattern of this policy; throws (a bug) where it has none. */
  entryOf(pattern: HostPattern): Entry {
    const before = this.#count;
    const entry = this.#add(pattern);
    if (this.#count !== before) throw new Error('no entry for the host pattern');
    return entry;
  }

  /** The most specific entry that holds the host. */
  find(host: Host): Entry {
    if (host.kind === 'address') return this.#widerBlock(host.address, 129) ?? this.root;
    return this.#names.get(host.name) ?? this.#widerName(host.name) ?? this.root;
  }

  /** The entry and its ancestors, the root left out. */
  chain(entry: Entry): Entry[] {
    const chain: Entry[] = [];
    for (let at: Entry | null = entry; at !== null; at = at.parent) chain.push(at);
    return chain.filter((one) => one !== this.root);
  }

  isBroker(host: Host): boolean {
    return hostText(host) === hostText(this.#broker.host);
  }

  /** Do `*` and the default reach this host at this port? */
  isOpen(host: Host, port: number): boolean {
    return !isLoopback(host) && !(port === this.#broker.port && this.isBroker(host));
  }

  /** A host whose most specific entry is this one; null where narrower entries hold every host of it. */
  sample(entry: Entry): Host | null {
    let host = this.#samples.get(entry);
    if (host === undefined) {
      host = this.#newSample(entry);
      this.#samples.set(entry, host);
    }
    return host;
  }

  #newSample(entry: Entry): Host | null {
    const { pattern } = entry;
    if (entry.hole) return null;
    if (pattern.kind === 'name') return pattern;
    if (pattern.kind === 'suffix') return this.#sampleName(entry, pattern.name);
    if (pattern.kind === 'any') return this.#sampleOther();
    return this.#sampleAddress(entry, pattern);
  }

  /**
   * Hosts that stand for all hosts of a pattern as far as hiding goes: one that no narrower entry holds, or else one for
   * each narrower entry; and those that `*` does not reach.
   */
  samples(pattern: HostPattern): Host[] {
    const entry = this.entryOf(pattern);
    const own = this.samplesOf(entry);
    if (pattern.kind === 'name') return own;
    return own.concat(
      this.#exempt().filter((host) => pattern.kind !== 'any' && hostMatches(pattern, host)),
    );
  }

  /** A host that no narrower entry holds, or else one for each narrower entry. */
  samplesOf(entry: Entry): Host[] {
    const own = this.sample(entry);
    if (own !== null) return [own];
    return entry.hole ? [] : entry.children.flatMap((child) => this.samplesOf(child));
  }

  #exempt(): Host[] {
    const loopback = LOOPBACK.map((block) => this.sample(this.#add(block)));
    return [this.#broker.host, ...loopback.filter((host) => host !== null)];
  }

  #sampleName(entry: Entry, name: string): Host | null {
    for (const label of labels(entry.children.length)) {
      const host: Host = { kind: 'name', name: `${label}.${name}` };
      if (host.name.length <= MAX_NAME && this.find(host) === entry) return host;
    }
    return null;
  }

  /** A name that no pattern but `*` holds. */
  #sampleOther(): Host | null {
    for (const top of tops(this.root.children.length)) {
      const host: Host = { kind: 'name', name: `www.${top}` };
      if (this.find(host) === this.root) return host;
    }
    return null;
  }

  #sampleAddress(entry: Entry, block: Block): Host | null {
    const { family } = block.address;
    const last = block.address.value + sizeOf(block);
    let value = block.address.value;
    const inner = entry.children
      .flatMap(({ pattern }) => (pattern.kind === 'block' ? [pattern] : []))
      .sort((a, b) => (a.address.value < b.address.value ? -1 : 1));
    for (const child of inner) {
      if (value < child.address.value) break;
      value = child.address.value + sizeOf(child);
    }
    if (value >= last) return null;
    // The first address of a block is seldom a host: the next one reads better.
    const next: Host = { kind: 'address', address: { family, value: value + 1n } };
    const isOwn = value === block.address.value && value + 1n < last && this.find(next) === entry;
    return isOwn ? next : { kind: 'address', address: { family, value } };
  }

  #add(pattern: HostPattern, hole = false): Entry {
    if (pattern.kind === 'any') return this.root;
    if (pattern.kind === 'block') {
      const { family, value } = pattern.address;
      const blocks = upsert(this.#blocks[family], pattern.prefix, () => new Map<bigint, Entry>());
      return upsert(blocks, value, () => this.#new(pattern, hole));
    }
    const key = pattern.kind === 'suffix' ? `.${pattern.name}` : pattern.name;
    return upsert(this.#names, key, () => this.#new(pattern, false));
  }

  #new(pattern: HostPattern, hole: boolean): Entry {
    this.#count++;
    return entryOf(pattern, hole);
  }

  #link(entry: Entry): void {
    const { pattern } = entry;
    if (pattern.kind === 'any') return;
    entry.parent =
      pattern.kind === 'block'
        ? this.#widerBlock(pattern.address, pattern.prefix)
        : this.#widerName(pattern.kind === 'suffix' ? `.${pattern.name}` : pattern.name);
    (entry.parent ?? this.root).children.push(entry);
  }

  #widerName(name: string): Entry | null {
    for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const wider = this.#names.get(name.slice(dot));
      if (wider !== undefined) return wider;
    }
    return null;
  }

  /** The longest block of a prefix shorter than `below`. */
  #widerBlock(address: Address, below: number): Entry | null {
    const width = widthOf(address.family);
    const family = this.#blocks[address.family];
    let best: Entry | null = null;
    let longest = -1;
    for (const [prefix, blocks] of family) {
      if (prefix >= below || prefix <= longest) continue;
      const bits = BigInt(width - prefix);
      const found = blocks.get((address.value >> bits) << bits);
      if (found !== undefined) [best, longest] = [found, prefix];
    }
    return best;
  }
}

function entryOf(pattern: HostPattern, hole: boolean): Entry {
  return { pattern, rules: [], parent: null, children: [], hole };
}

function upsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function sizeOf(block: Block): bigint {
  return 1n << BigInt(widthOf(block.address.family) - block.prefix);
}

/** A pattern as one would write it. */
export function patternText(pattern: HostPattern): string {
  switch (pattern.kind) {
    case 'any':
      return '*';
    case 'name':
      return pattern.name;
    case 'suffix':
      return `*.${pattern.name}`;
    case 'block': {
      const full = pattern.prefix === widthOf(pattern.address.family);
      return `${formatAddress(pattern.address)}${full ? '' : `/${pattern.prefix}`}`;
    }
  }
}
