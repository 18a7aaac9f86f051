/** Scheme x port x method, cut where hiding rules begin and end, and put together again into readable ranges. */

import type { Budget } from '../analyse/budget.js';
import { SCHEMES } from '../analyse/traffic.js';
import type { PortInterval } from '../policy/types.js';
import type { Scheme } from '../request/types.js';
import type { Item } from './types.js';

export interface Box {
  readonly schemes: readonly Scheme[];
  /** Sorted, disjoint. */
  readonly ports: readonly PortInterval[];
  /** Null: every method. */
  readonly methods: readonly string[] | null;
}

/** One method of a box; null stands for all that nobody mentions. */
type Method = string | null;

export interface Cell {
  readonly scheme: Scheme;
  readonly method: Method;
  readonly ports: PortInterval;
}

/** Cells in which the same rules hide. */
export interface CellGroup {
  readonly hiders: readonly Item[];
  readonly cells: Cell[];
}

/** Runs of ports that no interval of `hiders` tells apart. */
function segmentsOf(ports: readonly PortInterval[], hiders: readonly Item[]): PortInterval[] {
  const cuts = new Set<number>();
  for (const hider of hiders) for (const { lo, hi } of hider.ports) cuts.add(lo).add(hi + 1);
  const sorted = [...cuts].sort((a, b) => a - b);
  const segments: PortInterval[] = [];
  let at = 0;
  for (const { lo, hi } of ports) {
    let start = lo;
    for (; at < sorted.length && sorted[at]! <= hi; at++) {
      if (sorted[at]! <= start) continue;
      segments.push({ lo: start, hi: sorted[at]! - 1 });
      start = sorted[at]!;
    }
    segments.push({ lo: start, hi });
  }
  return segments;
}

/** The first segment that begins at `port` or behind it. */
function firstFrom(segments: readonly PortInterval[], port: number): number {
  let low = 0;
  for (let high = segments.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.lo < port) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of each segment the hiders whose ports hold it, as places in `hiders`. Null where the budget is used up. */
function hidersBySegment(
  segments: readonly PortInterval[],
  hiders: readonly Item[],
  budget: Budget,
): number[][] | null {
  const result = segments.map((): number[] => []);
  for (const [place, hider] of hiders.entries()) {
    for (const { lo, hi } of hider.ports) {
      const first = firstFrom(segments, lo);
      let at = first;
      for (; at < segments.length && segments[at]!.hi <= hi; at++) result[at]!.push(place);
      if (!budget.spend(at - first + 1)) return null;
    }
  }
  return result;
}

function methodsOf(box: Box, hiders: readonly Item[]): Method[] {
  if (box.methods !== null) return [...box.methods];
  return [null, ...new Set(hiders.flatMap(({ methods }) => methods ?? []))];
}

function admitsMethod(item: Item, method: Method): boolean {
  return item.methods === null || (method !== null && item.methods.includes(method));
}

/** The box cut so finely that within a cell every hider applies or does not. Null where the budget is used up. */
export function cellsOf(box: Box, hiders: readonly Item[], budget: Budget): CellGroup[] | null {
  const segments = segmentsOf(box.ports, hiders);
  const inSegment = hidersBySegment(segments, hiders, budget);
  if (inSegment === null) return null;
  const methods = methodsOf(box, hiders);
  const groups = new Map<string, CellGroup>();
  for (const [at, ports] of segments.entries()) {
    const near = inSegment[at]!;
    if (!budget.spend(methods.length * box.schemes.length * (near.length + 1))) return null;
    for (const scheme of box.schemes) {
      for (const method of methods) {
        const places = near.filter(
          (place) => hiders[place]![scheme] && admitsMethod(hiders[place]!, method),
        );
        const key = places.join();
        const group = groups.get(key) ?? { hiders: places.map((p) => hiders[p]!), cells: [] };
        group.cells.push({ scheme, method, ports });
        groups.set(key, group);
      }
    }
  }
  return [...groups.values()];
}

/** A range as it is printed. */
export interface Range {
  readonly schemes: readonly Scheme[];
  readonly ports: readonly PortInterval[];
  /** `*`, names, and names taken away: `!GET`. */
  readonly methods: readonly string[];
}

/**
 * The fewest ranges that the greedy way finds; together they are exactly the cells.
 * @param hiders all rules that the cells were cut by: the methods that they mention are not those that nobody mentions
 */
export function rangesOf(cells: readonly Cell[], hiders: readonly Item[]): Range[] {
  const mentioned = new Set(hiders.flatMap(({ methods }) => methods ?? []));
  const byRow = gather(cells, ({ scheme, method }) => `${scheme} ${method ?? '*'}`);
  const rows = [...byRow.values()].map((row) => ({
    scheme: row[0]!.scheme,
    method: row[0]!.method,
    ports: joined(row.map(({ ports }) => ports)),
  }));
  const byPorts = gather(rows, ({ scheme, ports }) => `${scheme} ${portsKey(ports)}`);
  const merged = [...byPorts.values()].map((alike) => ({
    scheme: alike[0]!.scheme,
    ports: alike[0]!.ports,
    methods: methodTexts(
      alike.map(({ method }) => method),
      mentioned,
    ),
  }));
  const byRest = gather(merged, ({ ports, methods }) => `${portsKey(ports)} ${methods.join()}`);
  return [...byRest.values()].map((alike) => ({
    schemes: SCHEMES.filter((scheme) => alike.some((one) => one.scheme === scheme)),
    ports: alike[0]!.ports,
    methods: alike[0]!.methods,
  }));
}

function gather<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function portsKey(ports: readonly PortInterval[]): string {
  return ports.map(({ lo, hi }) => `${lo}-${hi}`).join();
}

/** Sorted, disjoint and not adjacent. */
export function joined(ports: readonly PortInterval[]): PortInterval[] {
  const result: PortInterval[] = [];
  for (const { lo, hi } of [...ports].sort((a, b) => a.lo - b.lo)) {
    const last = result.at(-1);
    if (last !== undefined && lo <= last.hi + 1) {
      result[result.length - 1] = { lo: last.lo, hi: Math.max(last.hi, hi) };
    } else result.push({ lo, hi });
  }
  return result;
}

/** `mentioned`: every method that the null method leaves out. */
function methodTexts(methods: readonly Method[], mentioned: ReadonlySet<string>): string[] {
  const named = new Set(methods.filter((method) => method !== null));
  if (named.size === methods.length) return [...named].sort();
  return [
    '*',
    ...[...mentioned]
      .filter((method) => !named.has(method))
      .sort()
      .map((m) => `!${m}`),
  ];
}
