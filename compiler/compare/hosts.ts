/** All hosts, in classes that neither policy tells apart, and sets of classes as one would write them. */

import { type Entry, HostTree, patternText } from '../analyse/hosts.js';
import { hasPort, withoutPort } from '../analyse/traffic.js';
import type { Policy, PortInterval, Rule } from '../policy/types.js';
import { isLoopback, sameHost, widthOf } from '../request/index.js';
import type { Host } from '../request/types.js';
import { ALL_PORTS } from './side.js';
import type { Pair } from './types.js';

/** Hosts whose narrowest entry is one, at ports where the same exemptions hold. */
export interface HostClass {
  readonly entry: Entry;
  /** One of them. */
  readonly host: Host;
  readonly ports: readonly PortInterval[];
  /** Do `*` and the default reach it, before and after? */
  readonly open: readonly [boolean, boolean];
}

/** Classes of one set of requests. */
export interface HostSet {
  readonly entries: Set<Entry>;
  /** Those of `entries` that `*` does not reach. */
  readonly closed: Set<Entry>;
  /** Entries outside of the set that need no `!`, since `*` does not reach them at these ports. */
  readonly silent: Set<Entry>;
}

export class Hosts {
  readonly tree: HostTree;
  readonly #pair: Pair;
  readonly #count: number;
  /** Rules with the host `*`. */
  readonly #star: readonly [number[], number[]];

  constructor(pair: Pair) {
    const { before, after } = pair;
    this.#pair = pair;
    this.#count = before.rules.length;
    // One tree for both: the rules of the second policy are numbered behind those of the first.
    const moved = after.rules.map((rule) => ({ ...rule, index: rule.index + this.#count }));
    this.tree = new HostTree({ ...before, rules: [...before.rules, ...moved, brokerRule(pair)] });
    this.#star = this.#split(this.tree.root.rules);
  }

  *classes(): Generator<HostClass> {
    for (const entry of [this.tree.root, ...this.tree.entries()]) {
      const host = this.tree.sample(entry);
      if (host !== null) yield* this.#classesOf(entry, host);
    }
  }

  *#classesOf(entry: Entry, host: Host): Generator<HostClass> {
    const policies = [this.#pair.before, this.#pair.after] as const;
    const loopback = isLoopback(host);
    let rest = ALL_PORTS;
    const broker = loopback ? [] : policies.filter((one) => sameHost(one.broker.host, host));
    for (const port of new Set(broker.map((policy) => policy.broker.port))) {
      rest = withoutPort(rest, port);
      const open = policies.map((policy) => !loopback && !isBrokerAt(policy, host, port));
      yield { entry, host, ports: [{ lo: port, hi: port }], open: [open[0]!, open[1]!] };
    }
    yield { entry, host, ports: rest, open: [!loopback, !loopback] };
  }

  /** The rules that may match a host of the class, of either policy, as places in their lists; ascending. */
  rulesOf({ entry, open }: HostClass): readonly [readonly number[], readonly number[]] {
    const named = this.#split(this.tree.chain(entry).flatMap(({ rules }) => rules));
    const of = (side: 0 | 1): readonly number[] =>
      open[side] ? merged(named[side], this.#star[side]) : named[side];
    return [of(0), of(1)];
  }

  /** Numbers of the tree as places in either list, ascending and unique. */
  #split(rules: readonly number[]): readonly [number[], number[]] {
    const all = [...new Set(rules)].sort((a, b) => a - b);
    const end = this.#count + this.#pair.after.rules.length;
    return [
      all.filter((rule) => rule < this.#count),
      all.filter((rule) => rule >= this.#count && rule < end).map((rule) => rule - this.#count),
    ];
  }

  /** The broker's entry and port, where both policies have the same and `*` would reach it otherwise. */
  sharedBroker(): { readonly entry: Entry; readonly port: number } | null {
    const { broker } = this.#pair.before;
    if (!isBrokerAt(this.#pair.after, broker.host, broker.port) || isLoopback(broker.host)) {
      return null;
    }
    const entry = this.tree.find(broker.host);
    return this.#above(entry) === this.tree.root ? { entry, port: broker.port } : null;
  }

  /** Items of which the narrowest that holds a host tells whether it is in the set. */
  textsOf(set: HostSet): string[] {
    const listed = this.listed(set);
    const away: string[] = [];
    for (const entry of set.entries) {
      for (const child of this.#below(entry)) {
        const isPlain = set.entries.has(child) || set.silent.has(child);
        if (isPlain || (entry === this.tree.root && this.#isLoopback(child))) continue;
        away.push(`!${patternText(child.pattern)}`);
      }
    }
    return [...listed.map(({ pattern }) => patternText(pattern)).sort(), ...away.sort()];
  }

  /** Entries of the set that have to be named: no wider one in the set stands for them. */
  listed({ entries, closed }: HostSet): Entry[] {
    return [...entries].filter((entry) => {
      if (entry === this.tree.root) return true;
      const above = this.#above(entry);
      // What `*` does not reach is named even below a block that goes without saying under `*`.
      return !entries.has(above) || (closed.has(entry) && !closed.has(above));
    });
  }

  /** The next wider entry with hosts of its own. */
  #above(entry: Entry): Entry {
    let at = entry.parent;
    while (at !== null && this.tree.sample(at) === null) at = at.parent;
    return at ?? this.tree.root;
  }

  /** The next narrower entries with hosts of their own. */
  *#below(entry: Entry): Generator<Entry> {
    for (const child of entry.children) {
      if (child.hole) continue;
      if (this.tree.sample(child) === null) yield* this.#below(child);
      else yield child;
    }
  }

  #isLoopback(entry: Entry): boolean {
    const host = this.tree.sample(entry);
    return host !== null && isLoopback(host);
  }
}

/** Both ascending and unique; so is the result. */
function merged(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [x, y] = [a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY];
    result.push(Math.min(x, y));
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return result;
}

function isBrokerAt({ broker }: Policy, host: Host, port: number): boolean {
  return port === broker.port && sameHost(broker.host, host);
}

/** Gives the second broker's host an entry of its own; no policy holds a rule of this number. */
function brokerRule({ before, after }: Pair): Rule {
  const { host } = after.broker;
  return {
    index: before.rules.length + after.rules.length,
    integrationId: '',
    provider: '',
    action: 'pass',
    hosts: [
      host.kind === 'name'
        ? host
        : { kind: 'block', address: host.address, prefix: widthOf(host.address.family) },
    ],
    http: false,
    https: false,
    ports: [],
    methods: null,
    paths: [],
  };
}

/** The ports without the broker's, where it is among them. */
export function besideBroker(
  ports: readonly PortInterval[],
  port: number,
): readonly PortInterval[] | null {
  return hasPort(ports, port) ? withoutPort(ports, port) : null;
}
