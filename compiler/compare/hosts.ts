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

  constructor(pair: Pair) {
    const { before, after } = pair;
    this.#pair = pair;
    this.#count = before.rules.length;
    // One tree for both: the rules of the second policy are numbered behind those of the first.
    const moved = after.rules.map((rule) => ({ ...rule, index: rule.index + this.#count }));
    this.tree = new HostTree({ ...before, rules: [...before.rules, ...moved, brokerRule(pair)] });
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
  rulesOf({ entry, open }: HostClass): readonly [number[], number[]] {
    const named = this.tree.chain(entry).flatMap(({ rules }) => rules);
    const star = this.tree.root.rules;
    const end = this.#count + this.#pair.after.rules.length;
    const pick = (from: number, to: number, reached: boolean): number[] => {
      const all = new Set(named);
      if (reached) for (const rule of star) all.add(rule);
      const own = [...all].filter((rule) => rule >= from && rule < to);
      return own.sort((a, b) => a - b).map((rule) => rule - from);
    };
    return [pick(0, this.#count, open[0]), pick(this.#count, end, open[1])];
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
