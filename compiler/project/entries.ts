/** The host index before it is numbered: which host patterns there are, what lies in what, and which rules each one has. */

import type { HostPattern, Policy } from '../policy/types.js';
import type { Address } from '../request/types.js';

export interface NameEntry {
  /** A wildcard's begins with its dot. */
  readonly name: string;
  readonly rules: number[];
  readonly exempt: boolean;
  broker: boolean;
  /** The next shorter wildcard. */
  link: NameEntry | null;
  number: number;
}

export interface BlockEntry {
  readonly family: 4 | 6;
  readonly start: bigint;
  readonly end: bigint;
  readonly prefix: number;
  readonly rules: number[];
  readonly exempt: boolean;
  broker: boolean;
  readonly gateway: boolean;
  /** The next wider block. */
  link: BlockEntry | null;
  number: number;
}

export interface HostIndex {
  readonly names: readonly NameEntry[];
  readonly blocks: readonly BlockEntry[];
  /** Rules of the pattern `*`. */
  readonly rootRules: number[];
}

const LOOPBACK_4 = { family: 4, value: 0x7f000000n } as const;
const LOOPBACK_6 = { family: 6, value: 1n } as const;
const GATEWAY_4 = { family: 4, value: 0x7f400000n } as const;

/** Collects, sorts, links and numbers the entries of a policy, together with those that every policy has. */
export function indexHosts(policy: Policy): HostIndex {
  const collector = new Collector();
  collector.name('localhost');
  collector.name('.localhost');
  collector.block(LOOPBACK_4, 8);
  collector.block(LOOPBACK_6, 128);
  collector.block(GATEWAY_4, 10);
  const { host } = policy.broker;
  if (host.kind === 'name') collector.name(host.name, true);
  else collector.block(host.address, host.address.family === 4 ? 32 : 128, true);
  for (const rule of policy.rules) {
    for (const pattern of rule.hosts) collector.add(pattern, rule.index);
  }
  return collector.finish();
}

class Collector {
  readonly #names = new Map<string, NameEntry>();
  readonly #blocks = new Map<string, BlockEntry>();
  readonly #root: number[] = [];

  add(pattern: HostPattern, rule: number): void {
    if (pattern.kind === 'any') push(this.#root, rule);
    else if (pattern.kind === 'name') push(this.name(pattern.name).rules, rule);
    else if (pattern.kind === 'suffix') push(this.name(`.${pattern.name}`).rules, rule);
    else push(this.block(pattern.address, pattern.prefix).rules, rule);
  }

  name(name: string, broker = false): NameEntry {
    let entry = this.#names.get(name);
    if (entry === undefined) {
      const exempt = name === 'localhost' || name.endsWith('.localhost');
      entry = { name, rules: [], exempt, broker: false, link: null, number: -1 };
      this.#names.set(name, entry);
    }
    entry.broker ||= broker;
    return entry;
  }

  block(address: Address, prefix: number, broker = false): BlockEntry {
    const { family, value: start } = address;
    const key = `${family}/${prefix}/${start}`;
    let entry = this.#blocks.get(key);
    if (entry === undefined) {
      const end = start + (1n << BigInt((family === 4 ? 32 : 128) - prefix)) - 1n;
      const gateway = family === 4 && start === GATEWAY_4.value && prefix === 10;
      const exempt =
        family === 4
          ? start >= LOOPBACK_4.value && end <= 0x7fffffffn
          : start === LOOPBACK_6.value && end === start;
      entry = {
        family,
        start,
        end,
        prefix,
        rules: [],
        exempt,
        broker: false,
        gateway,
        link: null,
        number: -1,
      };
      this.#blocks.set(key, entry);
    }
    entry.broker ||= broker;
    return entry;
  }

  finish(): HostIndex {
    const names = [...this.#names.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const blocks = [...this.#blocks.values()].sort(compareBlocks);
    names.forEach((entry, number) => {
      entry.number = number;
      entry.link = this.#shorterName(entry.name);
    });
    linkBlocks(blocks, names.length);
    return { names, blocks, rootRules: this.#root };
  }

  #shorterName(name: string): NameEntry | null {
    for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const shorter = this.#names.get(name.slice(dot));
      if (shorter !== undefined) return shorter;
    }
    return null;
  }
}

/** Rules come in ascending order, a rule perhaps twice in a row. */
function push(rules: number[], rule: number): void {
  if (rules[rules.length - 1] !== rule) rules.push(rule);
}

/** A block stands behind every block that holds it. */
function compareBlocks(a: BlockEntry, b: BlockEntry): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return a.prefix - b.prefix;
}

function linkBlocks(blocks: readonly BlockEntry[], firstNumber: number): void {
  const open: BlockEntry[] = [];
  blocks.forEach((entry, index) => {
    entry.number = firstNumber + index;
    let top = open.at(-1);
    while (top !== undefined && (top.family !== entry.family || top.end < entry.start)) {
      open.pop();
      top = open.at(-1);
    }
    // No rule reaches the gateway's own range, not even one of a wider block.
    entry.link = entry.gateway ? null : (top ?? null);
    open.push(entry);
  });
}

/** Start of each run of addresses with the same most specific entry; `null` where no block covers it. */
export function segmentsOf(
  blocks: readonly BlockEntry[],
  family: 4 | 6,
): { start: bigint; entry: BlockEntry | null }[] {
  const last = (1n << (family === 4 ? 32n : 128n)) - 1n;
  const segments: { start: bigint; entry: BlockEntry | null }[] = [{ start: 0n, entry: null }];
  const open: BlockEntry[] = [];
  const begin = (start: bigint, entry: BlockEntry | null): void => {
    const top = segments.at(-1)!;
    if (top.start === start) top.entry = entry;
    else segments.push({ start, entry });
  };
  const close = (): void => {
    const done = open.pop()!;
    if (done.end < last) begin(done.end + 1n, open.at(-1) ?? null);
  };
  for (const block of blocks) {
    if (block.family !== family) continue;
    while (open.length > 0 && open.at(-1)!.end < block.start) close();
    open.push(block);
    begin(block.start, block);
  }
  while (open.length > 0) close();
  return segments.filter(
    (segment, index) => index === 0 || segments[index - 1]!.entry !== segment.entry,
  );
}
