/**
 * Search through machines that step together, best first by what a word has and at least lacks (A*): the first accepted
 * word is a shortest one. States are made as they are met, so a question costs what it touches; states and steps are bounded.
 */

import { ambiguousPathLanguage, canonicalPathLanguage } from './canonical-language.js';
import { DEAD, type Machine, programMachine } from './machine.js';

/** Joint states, and single steps of machines, that one question may cost. */
export const MAX_JOINT_STATES = 10_000;
export const MAX_STEPS = 20_000_000;

/** Counted down by all searches of one question. */
export interface Budget {
  states: number;
  steps: number;
}

export function newBudget(): Budget {
  return { states: MAX_JOINT_STATES, steps: MAX_STEPS };
}

export interface Query {
  /** What the path begins with. */
  readonly prefix: string;
  /** Of each group at least one machine accepts. */
  readonly groups: readonly (readonly Machine[])[];
  /** None of these accepts. */
  readonly without: readonly Machine[];
}

export type Found =
  | { readonly kind: 'empty' | 'undecided' }
  | { readonly kind: 'nonempty'; readonly path: string };

/** Readable bytes first, so that a witness reads well. */
const READABLE = [...'abcdefghijklmnopqrstuvwxyz0123456789/-_'].map((c) => c.charCodeAt(0));

/** One byte of each class of bytes that all machines treat alike. */
function representatives(machines: readonly Machine[]): number[] {
  const seen = new Set<string>();
  const result: number[] = [];
  for (const byte of [...READABLE, ...Array(128).keys()]) {
    const key = machines.map((machine) => machine.classOf[byte]).join();
    if (!seen.has(key)) {
      seen.add(key);
      result.push(byte);
    }
  }
  return result;
}

interface Visit {
  readonly states: readonly number[];
  /** Bytes behind the prefix. */
  readonly depth: number;
  readonly from: number;
  readonly byte: number;
}

const CANONICAL = 0;
const AMBIGUOUS = 1;
const FIRST_GROUP = 2;

class Search {
  readonly #machines: readonly Machine[];
  readonly #groups: readonly { readonly start: number; readonly end: number }[];
  readonly #without: number;
  readonly #bytes: readonly number[];
  readonly #prefix: string;
  readonly #budget: Budget;
  readonly #visits: Visit[] = [];
  /** Of each joint state the fewest bytes that led to it. */
  readonly #known = new Map<string, number>();
  /** Visits still to be looked at, by the least length of the words behind them. */
  readonly #waiting: number[][] = [];
  #length = 0;

  constructor(query: Query, budget: Budget) {
    const fixed = [programMachine(canonicalPathLanguage), programMachine(ambiguousPathLanguage)];
    this.#machines = [...fixed, ...query.groups.flat(), ...query.without];
    let start = FIRST_GROUP;
    this.#groups = query.groups.map((group) => {
      const begin = start;
      start += group.length;
      return { start: begin, end: start };
    });
    this.#without = start;
    this.#bytes = representatives(this.#machines);
    this.#prefix = query.prefix;
    this.#budget = budget;
  }

  run(): Found {
    this.#visit(this.#startStates(), -1, 0);
    if (this.#visits.length > 0) this.#await(0);
    let ambiguous: string | null = null;
    for (let at = this.#next(); at >= 0; at = this.#next()) {
      const { states } = this.#visits[at]!;
      const isAmbiguous = this.#machines[AMBIGUOUS]!.accepts(states[AMBIGUOUS]!);
      if (isAmbiguous && ambiguous !== null) continue;
      if (this.#accepts(states)) {
        if (!isAmbiguous) return { kind: 'nonempty', path: this.#pathTo(at) };
        ambiguous = this.#pathTo(at);
      } else if (!this.#expand(at)) {
        return answer(ambiguous, 'undecided');
      }
    }
    return answer(ambiguous, 'empty');
  }

  /** The visit to look at next, -1 where none is left. The latest of a length comes first: it leads on most quickly. */
  #next(): number {
    // Lengths never fall: a byte more is a byte less that is missing.
    for (; this.#length < this.#waiting.length; this.#length++) {
      const visits = this.#waiting[this.#length] ?? [];
      for (let at = visits.pop(); at !== undefined; at = visits.pop()) {
        const { states, depth } = this.#visits[at]!;
        if (this.#known.get(states.join()) === depth) return at;
      }
    }
    return -1;
  }

  #startStates(): number[] {
    return this.#machines.map((machine) => {
      let state = machine.start;
      for (let i = 0; i < this.#prefix.length && state !== DEAD; i++) {
        state = machine.next(state, this.#prefix.charCodeAt(i));
      }
      return state;
    });
  }

  /** @returns false where the budget is used up */
  #expand(at: number): boolean {
    const { states } = this.#visits[at]!;
    this.#budget.steps -= this.#bytes.length * states.length;
    if (this.#budget.steps < 0 || --this.#budget.states < 0) return false;
    const before = this.#visits.length;
    for (const byte of this.#bytes) {
      const next = states.map((state, m) =>
        state === DEAD ? DEAD : this.#machines[m]!.next(state, byte),
      );
      this.#visit(next, at, byte);
    }
    // The last in is the first out: the most readable byte goes in last.
    for (let visit = this.#visits.length - 1; visit >= before; visit--) this.#await(visit);
    return true;
  }

  #visit(states: number[], from: number, byte: number): void {
    if (!this.#simplify(states)) return;
    const depth = from < 0 ? 0 : this.#visits[from]!.depth + 1;
    const key = states.join();
    if ((this.#known.get(key) ?? Number.POSITIVE_INFINITY) <= depth) return;
    this.#known.set(key, depth);
    this.#visits.push({ states, depth, from, byte });
  }

  #await(visit: number): void {
    const { states, depth } = this.#visits[visit]!;
    const length = depth + this.#missing(states);
    this.#waiting[length] ??= [];
    this.#waiting[length].push(visit);
  }

  /** At least how many bytes any word behind these states still lacks. */
  #missing(states: readonly number[]): number {
    let missing = this.#machines[CANONICAL]!.distance(states[CANONICAL]!);
    for (const { start, end } of this.#groups) {
      let least = Number.POSITIVE_INFINITY;
      for (let m = start; m < end; m++) {
        if (states[m] !== DEAD) least = Math.min(least, this.#machines[m]!.distance(states[m]!));
      }
      missing = Math.max(missing, least);
    }
    return missing;
  }

  /** Makes equivalent joint states equal. @returns false where nothing can be accepted any more */
  #simplify(states: number[]): boolean {
    if (states[CANONICAL] === DEAD) return false;
    for (const { start, end } of this.#groups) {
      const covered = this.#coveredIn(states, start, end);
      if (covered >= 0) {
        for (let m = start; m < end; m++) if (m !== covered) states[m] = DEAD;
      } else if (states.slice(start, end).every((state) => state === DEAD)) {
        return false;
      }
    }
    return this.#coveredIn(states, this.#without, states.length) < 0;
  }

  #coveredIn(states: readonly number[], start: number, end: number): number {
    for (let m = start; m < end; m++) {
      if (states[m] !== DEAD && this.#machines[m]!.coversAll(states[m]!)) return m;
    }
    return -1;
  }

  #anyAccepts(states: readonly number[], start: number, end: number): boolean {
    for (let m = start; m < end; m++) if (this.#machines[m]!.accepts(states[m]!)) return true;
    return false;
  }

  #accepts(states: readonly number[]): boolean {
    return (
      this.#machines[CANONICAL]!.accepts(states[CANONICAL]!) &&
      this.#groups.every(({ start, end }) => this.#anyAccepts(states, start, end)) &&
      !this.#anyAccepts(states, this.#without, states.length)
    );
  }

  #pathTo(at: number): string {
    const bytes: number[] = [];
    for (let visit = this.#visits[at]!; visit.from >= 0; visit = this.#visits[visit.from]!) {
      bytes.push(visit.byte);
    }
    return this.#prefix + String.fromCharCode(...bytes.reverse());
  }
}

function answer(path: string | null, otherwise: 'empty' | 'undecided'): Found {
  return path === null ? { kind: otherwise } : { kind: 'nonempty', path };
}

/** A shortest canonical path that answers the query; one that every server reads alike, where the budget allows to find it. */
export function search(query: Query, budget: Budget): Found {
  return new Search(query, budget).run();
}
