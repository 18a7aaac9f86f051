/** The rules of one policy that one kind of host sees, in order, and behind them what holds where none matches. */

import { pathText } from '../analyse/literals.js';
import type { PathPattern, Policy, PortInterval, Rule } from '../policy/types.js';
import { mayMeet, PatternIndex } from './pattern-index.js';
import type { Effect, Item } from './types.js';

export const ALL_PORTS: readonly PortInterval[] = [{ lo: 1, hi: 65535 }];
export const ALL_PATHS: readonly PathPattern[] = [{ kind: 'all' }];

export function effectIdOf({ action, integrationId }: Effect): string {
  return action === 'execute' ? `execute ${integrationId}` : action;
}

/** Numbers for what rules match beside hosts: shared by both sides. */
export class MatchNumbers {
  readonly #numbers = new Map<string, number>();

  of(rule: Rule): number {
    const { http, https, ports, methods, paths } = rule;
    const key = JSON.stringify([
      http,
      https,
      ports.map(({ lo, hi }) => [lo, hi]),
      methods,
      [...new Set(paths.map(pathText))].sort(),
    ]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

const DEFAULT_MATCH = -1;

export function itemOf(rule: Rule, match: number): Omit<Item, 'position'> {
  const { http, https, ports, methods, paths, action, integrationId, index } = rule;
  const effect = { action, rule: index, integrationId };
  return { match, effectId: effectIdOf(effect), effect, http, https, ports, methods, paths };
}

/** What holds where no rule matches; `open`: the default reaches the host. */
export function fallbackOf(policy: Policy, open: boolean): Omit<Item, 'position'> {
  const effect: Effect = {
    action: open ? policy.defaultAction : 'pass',
    rule: null,
    integrationId: null,
  };
  return {
    match: DEFAULT_MATCH,
    effectId: effectIdOf(effect),
    effect,
    http: true,
    https: true,
    ports: ALL_PORTS,
    methods: null,
    paths: ALL_PATHS,
  };
}

/** Key by key, since lists are laid out for each class of hosts: a spread takes many times as long. */
function placed(row: Omit<Item, 'position'>, position: number): Item {
  return {
    position,
    match: row.match,
    effectId: row.effectId,
    effect: row.effect,
    http: row.http,
    https: row.https,
    ports: row.ports,
    methods: row.methods,
    paths: row.paths,
  };
}

export class Side {
  readonly items: readonly Item[];
  readonly #places = new Map<number, number>();
  #index: PatternIndex | null = null;
  #ports: PortIndex | null = null;
  /** An index is worth its making from some questions on. */
  #asked = 0;

  /** The last of `items` is the fallback. */
  constructor(items: readonly Omit<Item, 'position'>[]) {
    this.items = items.map(placed);
    for (const { match, position } of this.items) {
      if (!this.#places.has(match)) this.#places.set(match, position);
    }
  }

  /** The first item that matches the very requests of this one; Infinity where there is none. */
  twinOf(item: Item): number {
    return this.#places.get(item.match) ?? Number.POSITIVE_INFINITY;
  }

  /** Items that may match a path of `paths`, in order. */
  meeting(paths: readonly PathPattern[]): readonly Item[] {
    return this.near(paths) ?? this.items;
  }

  /** The same; null where that may be any item. */
  near(paths: readonly PathPattern[]): readonly Item[] | null {
    if (paths.some(({ kind }) => kind === 'all' || kind === 'regex')) return null;
    if (++this.#asked <= FEW_QUESTIONS) {
      return this.items.filter((item) => mayMeet(item.paths, paths));
    }
    const index = this.#patterns();
    const found = new Set<number>();
    for (const pattern of paths) {
      for (const { owner } of index.overlapping(pattern)) found.add(owner);
    }
    return [...found].sort((a, b) => a - b).map((position) => this.items[position]!);
  }

  /** Items that may match a request with this path and port, by whichever tells more apart. */
  nearRequest(path: string, port: number): readonly Item[] {
    if (++this.#asked <= FEW_QUESTIONS) return this.items;
    this.#ports ??= new PortIndex(this.items);
    const byPort = this.#ports.countAt(port) < this.#patterns().broad;
    return byPort
      ? this.#ports.at([{ lo: port, hi: port }])
      : this.meeting([{ kind: 'exact', path }]);
  }

  #patterns(): PatternIndex {
    this.#index ??= new PatternIndex(
      this.items.flatMap(({ paths, position }) =>
        paths.map((pattern) => ({ pattern, owner: position })),
      ),
    );
    return this.#index;
  }

  /** Items that may match one of these few ports, in order; null where they are many. */
  atPorts(ports: readonly PortInterval[]): readonly Item[] | null {
    if (ports.reduce((sum, { lo, hi }) => sum + hi - lo + 1, 0) > FEW_PORTS) return null;
    this.#ports ??= new PortIndex(this.items);
    return this.#ports.at(ports);
  }
}

const FEW_PORTS = 16;
const FEW_QUESTIONS = 8;

/** Items by the single ports that they name. */
class PortIndex {
  readonly #single = new Map<number, Item[]>();
  readonly #ranges: Item[] = [];

  constructor(items: readonly Item[]) {
    for (const item of items) {
      if (item.ports.some(({ lo, hi }) => lo < hi)) this.#ranges.push(item);
      else for (const { lo } of item.ports) this.#of(lo).push(item);
    }
  }

  at(ports: readonly PortInterval[]): readonly Item[] {
    const found = new Set(this.#ranges);
    for (const { lo, hi } of ports) {
      for (let port = lo; port <= hi; port++) {
        for (const item of this.#single.get(port) ?? []) found.add(item);
      }
    }
    return [...found].sort((a, b) => a.position - b.position);
  }

  countAt(port: number): number {
    return this.#ranges.length + (this.#single.get(port)?.length ?? 0);
  }

  #of(port: number): Item[] {
    const known = this.#single.get(port) ?? [];
    this.#single.set(port, known);
    return known;
  }
}
