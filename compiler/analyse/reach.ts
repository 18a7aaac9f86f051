/** Where a rule decides: a request that it matches and no earlier rule takes. */

import type { HostPattern, PathPattern, Policy, Rule } from '../policy/types.js';
import { isLoopback } from '../request/index.js';
import type { CanonicalRequest, Host } from '../request/types.js';
import type { Budget } from './budget.js';
import { freeSpot } from './cover.js';
import { type Entry, HostTree } from './hosts.js';
import { Shelf } from './shelf.js';
import { hasPort, type Traffic, withoutPort } from './traffic.js';

export type Reach =
  | { readonly kind: 'reached'; readonly request: CanonicalRequest }
  | { readonly kind: 'hidden'; readonly by: readonly number[] }
  | { readonly kind: 'undecided' };

/**
 * `request`: an address is judged by all rules, as where no name is known for it. `dialled`: a connection known by name is
 * also judged by the address really dialled, by rules that name addresses alone (design section 2).
 */
export type Sight = 'request' | 'dialled';

/** The rules of a policy, by host. Shared by all checks of one run. */
export class Ground {
  readonly policy: Policy;
  readonly tree: HostTree;
  readonly #shelves = new Map<Entry, Shelf>();

  constructor(policy: Policy) {
    this.policy = policy;
    this.tree = new HostTree(policy);
  }

  /** Rules before `limit` that could cover `path` on the host; `*` rules only where `open`. Ascending. */
  earlier(host: Host, open: boolean, path: PathPattern, limit: number): Rule[] {
    const lists = this.#entriesAt(host, open)
      .filter((entry) => entry.rules.length > 0 && entry.rules[0]! < limit)
      .map((entry) => this.#shelf(entry).covering(path, limit));
    if (lists.length <= 1) return lists[0] ?? [];
    return [...new Set(lists.flat())].sort((a, b) => a.index - b.index);
  }

  /** All rules that can match a request to the host at the port, ascending. */
  rulesAt(host: Host, port: number): Rule[] {
    const lists = this.#entriesAt(host, this.tree.isOpen(host, port))
      .map((entry) => entry.rules)
      .filter((rules) => rules.length > 0);
    const indices =
      lists.length <= 1 ? (lists[0] ?? []) : [...new Set(lists.flat())].sort((a, b) => a - b);
    return indices.map((index) => this.policy.rules[index]!);
  }

  /** Is it plain that the rule decides something: a name that no earlier rule shares? */
  isAlone(rule: Rule): boolean {
    const first = this.tree.root.rules[0];
    if (first !== undefined && first < rule.index) return false;
    if (rule.paths.every((path) => path.kind === 'regex')) return false;
    return rule.hosts.some((host) => {
      if (host.kind !== 'name') return false;
      const entry = this.tree.entryOf(host);
      return entry.rules[0] === rule.index && entry.parent === null;
    });
  }

  #entriesAt(host: Host, open: boolean): Entry[] {
    const chain = this.tree.chain(this.tree.find(host));
    if (open) chain.push(this.tree.root);
    return chain;
  }

  #shelf(entry: Entry): Shelf {
    let shelf = this.#shelves.get(entry);
    if (shelf === undefined) {
      shelf = new Shelf(entry.rules.map((index) => this.policy.rules[index]!));
      this.#shelves.set(entry, shelf);
    }
    return shelf;
  }
}

/** Which rules count as earlier ones. */
export interface Before {
  /** Rules from this index on do not count. */
  readonly limit: number;
  readonly sight: Sight;
  /** Only these count, where given. */
  readonly among?: ReadonlySet<number>;
}

/** Finds a request of `traffic` to a host of `patterns` that no earlier rule matches. */
export function reach(
  ground: Ground,
  patterns: readonly HostPattern[],
  traffic: Traffic,
  before: Before,
  budget: Budget,
): Reach {
  if (budget.exceeded) return { kind: 'undecided' };
  const by = new Set<number>();
  let undecided = false;
  for (const pattern of patterns) {
    for (const host of ground.tree.samples(pattern)) {
      const found = reachHost(ground, host, traffic, before, budget);
      if (found.kind === 'reached') return found;
      if (budget.exceeded) return { kind: 'undecided' };
      if (found.kind === 'undecided') undecided = true;
      else for (const index of found.by) by.add(index);
    }
  }
  if (undecided) return { kind: 'undecided' };
  return { kind: 'hidden', by: [...by].sort((a, b) => a - b) };
}

/** Finds a request of `traffic` to the one host that no earlier rule matches. The rule asked for must match the host. */
export function reachHost(
  ground: Ground,
  host: Host,
  traffic: Traffic,
  before: Before,
  budget: Budget,
): Reach {
  const by: number[] = [];
  let undecided = false;
  for (const part of partsAt(ground, host, traffic, before.sight)) {
    const found = reachAt(ground, host, part, before, budget);
    if (found.kind === 'reached') return found;
    if (found.kind === 'undecided') undecided = true;
    else for (const index of found.by) by.push(index);
  }
  return undecided ? { kind: 'undecided' } : { kind: 'hidden', by };
}

interface Part {
  readonly traffic: Traffic;
  /** Do `*` and the default reach it? */
  readonly open: boolean;
}

/** The broker's host is exempt at the broker's port alone. */
function partsAt(ground: Ground, host: Host, traffic: Traffic, sight: Sight): Part[] {
  if (sight === 'dialled' || isLoopback(host)) return [{ traffic, open: false }];
  const { port } = ground.policy.broker;
  if (!ground.tree.isBroker(host) || !hasPort(traffic.ports, port))
    return [{ traffic, open: true }];
  const rest = withoutPort(traffic.ports, port);
  const guarded = { traffic: { ...traffic, ports: [{ lo: port, hi: port }] }, open: false };
  return rest.length === 0
    ? [guarded]
    : [{ traffic: { ...traffic, ports: rest }, open: true }, guarded];
}

function reachAt(ground: Ground, host: Host, part: Part, before: Before, budget: Budget): Reach {
  const by: number[] = [];
  let undecided = false;
  for (const path of part.traffic.paths) {
    const all = ground.earlier(host, part.open, path, before.limit);
    const earlier =
      before.among === undefined ? all : all.filter((rule) => before.among!.has(rule.index));
    const found = freeSpot({ ...part.traffic, paths: [path] }, earlier, budget);
    if (found.kind === 'free') return { kind: 'reached', request: { host, ...found.spot } };
    if (found.kind === 'undecided') undecided = true;
    else for (const index of found.by) by.push(index);
  }
  return undecided ? { kind: 'undecided' } : { kind: 'hidden', by };
}

/** A request that the rule decides; `narrow` asks for less than the rule's own traffic. */
export function decided(
  ground: Ground,
  rule: Rule,
  budget: Budget,
  narrow: Partial<Traffic> & { readonly hosts?: readonly HostPattern[] } = {},
): Reach {
  const before: Before = { limit: rule.index, sight: 'request' };
  return reach(ground, narrow.hosts ?? rule.hosts, { ...rule, ...narrow }, before, budget);
}
