/**
 * What two ordered lists of rules decide differently. A request that rule i decides on one side and rule j on the other
 * matches both, and nothing before them. Pairs that cannot be are never asked about.
 */

import type { Budget } from '../analyse/budget.js';
import { intersectMethods, intersectPorts, SCHEMES, sharesConnection } from '../analyse/traffic.js';
import type { PathPattern, PortInterval } from '../policy/types.js';
import { Candidates } from './candidates.js';
import { type Box, type Cell, cellsOf, type Range, rangesOf } from './cells.js';
import { askPaths, type PathAnswer } from './paths.js';
import { mayMeet } from './pattern-index.js';
import type { Side } from './side.js';
import type { Effect, Item } from './types.js';

/** Requests on one kind of host that are decided differently. */
export interface Region extends Range {
  readonly before: Effect;
  readonly after: Effect;
  readonly paths: readonly string[];
  /** A path of the region; null where it is not known whether there is one. */
  readonly path: string | null;
  readonly ambiguousOnly: boolean;
  /** The rules that it came from. */
  readonly sides: readonly [Side, Side];
}

/** @param ports what is asked about. Regions are disjoint, and exact while the budget lasts. */
export function compareLists(
  before: Side,
  after: Side,
  ports: readonly PortInterval[],
  budget: Budget,
): Region[] {
  const regions: Region[] = [];
  const candidates = new Candidates(before, after);
  for (let at = commonStart(before, after); at < before.items.length; at++) {
    const first = before.items[at]!;
    // Where the twin of one rule stands before the other rule, it decides first.
    const limit = after.twinOf(first);
    for (const second of candidates.of(first, limit)) {
      if (!budget.spend(PAIR_COST)) return regions;
      if (first.effectId === second.effectId) continue;
      for (const region of regionsOf(before, after, [first, second], ports, budget)) {
        regions.push(region);
      }
    }
  }
  return regions;
}

const PAIR_COST = 10;
const VISIT_COST = 4;

/** How many rules at the start are the same on both sides: what they decide, they decide alike. */
function commonStart(before: Side, after: Side): number {
  let at = 0;
  for (; at < before.items.length; at++) {
    const [a, b] = [before.items[at]!, after.items[at]];
    if (b === undefined || a.match !== b.match || a.effectId !== b.effectId) break;
  }
  return at;
}

function regionsOf(
  before: Side,
  after: Side,
  pair: readonly [Item, Item],
  ports: readonly PortInterval[],
  budget: Budget,
): Region[] {
  const [first, second] = pair;
  const box = boxOf(first, second, ports);
  if (box === null || !mayMeet(first.paths, second.paths)) return [];
  const hiders = hidersOf(before, after, pair, box, budget);
  if (budget.exceeded) return [];
  const groups = cellsOf(box, hiders, budget) ?? [];
  const byPaths = new Map<string, { answer: PathAnswer; cells: Cell[] }>();
  for (const { hiders: active, cells } of groups) {
    const answer = askPaths(first, second, active, budget);
    if (answer.kind === 'unfinished') break;
    if (answer.kind === 'empty') continue;
    const key = `${answer.kind} ${answer.texts.join('\n')}`;
    const known = byPaths.get(key);
    if (known === undefined) byPaths.set(key, { answer, cells });
    else for (const cell of cells) known.cells.push(cell);
  }
  return [...byPaths.values()].flatMap(({ answer, cells }) =>
    rangesOf(cells, hiders).map((range) => ({
      ...regionOf(pair, range, answer),
      sides: [before, after] as const,
    })),
  );
}

function regionOf(
  [first, second]: readonly [Item, Item],
  range: Range,
  answer: PathAnswer,
): Omit<Region, 'sides'> {
  return {
    ...range,
    before: first.effect,
    after: second.effect,
    paths: 'texts' in answer ? answer.texts : [],
    path: answer.kind === 'some' ? answer.path : null,
    ambiguousOnly: answer.kind === 'some' && answer.ambiguousOnly,
  };
}

function boxOf(a: Item, b: Item, ports: readonly PortInterval[]): Box | null {
  if (!sharesConnection(a, b)) return null;
  const shared = intersectPorts(intersectPorts(a.ports, b.ports), ports);
  if (shared.length === 0) return null;
  return {
    schemes: SCHEMES.filter((scheme) => a[scheme] && b[scheme]),
    ports: shared,
    methods: intersectMethods(a.methods, b.methods),
  };
}

/** Rules before the pair, on either side, that may match a request of the box; rules that match alike once. */
function hidersOf(
  before: Side,
  after: Side,
  [first, second]: readonly [Item, Item],
  box: Box,
  budget: Budget,
): Item[] {
  const narrow = first.paths.some(isBroad) ? second.paths : first.paths;
  const traffic = {
    http: box.schemes.includes('http'),
    https: box.schemes.includes('https'),
    ports: box.ports,
    methods: box.methods,
    paths: narrow,
  };
  const byMatch = new Map<number, Item>();
  const take = (side: Side, limit: number): void => {
    for (const item of side.near(narrow) ?? side.atPorts(box.ports) ?? side.items) {
      if (item.position >= limit || !budget.spend(VISIT_COST)) break;
      if (byMatch.has(item.match) || !sharesConnection(item, traffic)) continue;
      if (mayMeet(item.paths, first.paths) && mayMeet(item.paths, second.paths)) {
        byMatch.set(item.match, item);
      }
    }
  };
  take(before, first.position);
  take(after, second.position);
  return [...byMatch.values()];
}

function isBroad({ kind }: PathPattern): boolean {
  return kind === 'all' || kind === 'regex';
}
