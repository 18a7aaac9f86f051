/** Port maps: the verdict of every host entry, port by port; shared where they are alike, inherited where they are large. */

import { NONE, VERDICT } from '../image/types.js';
import type { DefaultAction, Rule } from '../policy/types.js';
import { LimitReached, PortIndex } from './port-index.js';
import { VerdictJudge } from './verdict.js';

/** The rules of a host and of its shorter matches: what `at` a port decides, from the most specific to the last. */
export interface Scope {
  readonly own: PortIndex;
  readonly parent: Scope | null;
  /** What holds where no rule of the chain matches. */
  readonly fallback: DefaultAction;
  /** Number of its port map. */
  readonly map: number;
}

export interface PortMaps {
  readonly offsets: number[];
  readonly parents: number[];
  readonly segments: number[];
}

/** Port map segments that are worked out one by one, over the whole policy. */
export const MAX_PORT_SEGMENTS = 4_194_304;
/** A map of at most so many segments stands on its own, without a parent. */
const FLAT = 8;

interface Segment {
  readonly start: number;
  readonly verdict: number;
}

export class PortMapBuilder {
  readonly #rules: readonly Rule[];
  readonly #judge: VerdictJudge;
  readonly #maps: { segments: readonly Segment[]; parent: number }[] = [];
  readonly #known = new Map<string, number>();
  #worked = 0;
  /** Rules at whose hosts a verdict is `capture` for want of a proof. */
  readonly undecided = new Set<number>();
  /** No rule, nothing but `pass`. */
  readonly open: Scope;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#judge = new VerdictJudge(rules);
    this.open = this.scope([], null, 'pass');
  }

  /**
   * The scope of an entry with rules `own` below `parent`. At `guarded.port` only its own rules and those of
   * `guarded.below`, and no default, have a say: the broker's exemption.
   */
  scope(
    own: readonly number[],
    parent: Scope | null,
    fallback: DefaultAction,
    guarded?: { readonly port: number; readonly below: Scope },
  ): Scope {
    if (own.length === 0 && parent !== null && guarded === undefined) return parent;
    const index = new PortIndex(own, this.#rules, this.#judge);
    const scope = { own: index, parent, fallback, map: 0 };
    const segments = parent === null ? this.#all(scope) : this.#refined(scope, parent);
    if (guarded !== undefined) {
      const bare: Scope = { own: index, parent: guarded.below, fallback: 'pass', map: 0 };
      override(segments, guarded.port, this.#verdict(bare, guarded.port), (port) =>
        this.#at(segments, parent, port),
      );
    }
    return { ...scope, map: this.#intern(merge(segments), parent) };
  }

  finish(): PortMaps {
    const offsets = [0];
    const segments: number[] = [];
    for (const map of this.#maps) {
      for (const { start, verdict } of map.segments) segments.push(start * 256 + verdict);
      offsets.push(segments.length);
    }
    return { offsets, parents: this.#maps.map((map) => map.parent), segments };
  }

  #all(scope: Scope): Segment[] {
    return scope.own.starts.map((start) => ({ start, verdict: this.#verdict(scope, start) }));
  }

  /** Worked out where own rules apply, inherited elsewhere. */
  #refined(scope: Scope, parent: Scope): Segment[] {
    const segments: Segment[] = [];
    scope.own.starts.forEach((start, index) => {
      if (scope.own.at(start).rules.length === 0) {
        segments.push({ start, verdict: VERDICT.inherit });
        return;
      }
      const end = (scope.own.starts[index + 1] ?? 65536) - 1;
      const fine = new Set([start]);
      for (let up: Scope | null = parent; up !== null; up = up.parent) {
        for (const port of up.own.startsWithin(start, end)) fine.add(port);
      }
      for (const port of [...fine].sort((a, b) => a - b)) {
        const verdict = this.#verdict(scope, port);
        // Equal to what would be inherited: saying so keeps large maps small and alike.
        const same = fine.size > FLAT && verdict === this.#lookUp(parent.map, port);
        segments.push({ start: port, verdict: same ? VERDICT.inherit : verdict });
      }
    });
    return segments;
  }

  #verdict(scope: Scope, port: number): number {
    if (++this.#worked > MAX_PORT_SEGMENTS) {
      throw new LimitReached(
        'limit/port-segments',
        `the port ranges of the rules cross in more than ${MAX_PORT_SEGMENTS} places over all host patterns`,
      );
    }
    const lists = [];
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      const list = at.own.at(port);
      if (list.rules.length > 0) lists.push(list);
    }
    const judged = this.#judge.judge(lists, scope.fallback);
    if (judged.undecided) {
      const own = lists[0]?.rules[0];
      if (own !== undefined) this.undecided.add(own);
    }
    return VERDICT[judged.verdict];
  }

  #at(segments: readonly Segment[], parent: Scope | null, port: number): number {
    let found = segments[0]!;
    for (const segment of segments) if (segment.start <= port) found = segment;
    return found.verdict === VERDICT.inherit && parent !== null
      ? this.#lookUp(parent.map, port)
      : found.verdict;
  }

  #lookUp(map: number, port: number): number {
    const { segments, parent } = this.#maps[map]!;
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (segments[middle]!.start <= port) low = middle;
      else high = middle - 1;
    }
    const { verdict } = segments[low]!;
    return verdict === VERDICT.inherit ? this.#lookUp(parent, port) : verdict;
  }

  #intern(segments: readonly Segment[], parent: Scope | null): number {
    const flat = parent === null ? segments : this.#flatten(segments, parent.map);
    const kept = flat ?? segments;
    const above = flat === null ? parent!.map : NONE;
    const key = `${above}|${kept.map(({ start, verdict }) => `${start}:${verdict}`).join()}`;
    let number = this.#known.get(key);
    if (number === undefined) {
      number = this.#maps.length;
      this.#maps.push({ segments: kept, parent: above });
      this.#known.set(key, number);
    }
    return number;
  }

  /** The same map without inheritance, or null where that is not small. */
  #flatten(segments: readonly Segment[], parent: number): readonly Segment[] | null {
    if (!segments.some(({ verdict }) => verdict === VERDICT.inherit)) return segments;
    const above = this.#maps[parent]!;
    if (segments.length > FLAT || above.parent !== NONE || above.segments.length > FLAT)
      return null;
    const starts = new Set([...segments, ...above.segments].map(({ start }) => start));
    const flat = merge(
      [...starts]
        .sort((a, b) => a - b)
        .map((start) => {
          const own = segments.findLast((segment) => segment.start <= start)!.verdict;
          return { start, verdict: own === VERDICT.inherit ? this.#lookUp(parent, start) : own };
        }),
    );
    return flat.length <= FLAT ? flat : null;
  }
}

/** Adjacent segments of one verdict become one. */
function merge(segments: readonly Segment[]): readonly Segment[] {
  return segments.filter(
    (segment, index) => index === 0 || segments[index - 1]!.verdict !== segment.verdict,
  );
}

/** Gives `port` alone another verdict. `at` answers for the unchanged map. */
function override(
  segments: Segment[],
  port: number,
  verdict: number,
  at: (port: number) => number,
): void {
  const before = segments.findLast((segment) => segment.start <= port)!;
  const after = port < 65535 ? segments.findLast((segment) => segment.start <= port + 1)! : null;
  if (at(port) === verdict) return;
  const rest = segments.filter((segment) => segment.start !== port && segment.start !== port + 1);
  rest.push({ start: port, verdict });
  if (after !== null)
    rest.push({
      start: port + 1,
      verdict: after.start === port + 1 ? after.verdict : before.verdict,
    });
  rest.sort((a, b) => a.start - b.start);
  segments.splice(0, segments.length, ...rest);
}
