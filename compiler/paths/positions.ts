/**
 * Position automaton of a regular expression (Glushkov): one state for each character class, repetitions written out, no
 * empty transitions. Its size is counted while it grows, so that a bound stops it early.
 */

import type { CharSet, Concatenation, Element, Expression, TransitionIterator } from 'refa';

/** Positions, and links between them. */
export const MAX_POSITIONS = 8192;
export const MAX_LINKS = 200_000;

/** Thrown where an automaton would pass a bound; caught in `automaton.ts`. */
export class BoundReached extends Error {}

/** A part of the automaton: its words begin at `first`, end at `last`; `nullable` adds the empty word. */
interface Fragment {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly nullable: boolean;
}

type Alternatives = readonly Concatenation[];

const EMPTY_WORD: Fragment = { first: [], last: [], nullable: true };
const NO_WORD: Fragment = { first: [], last: [], nullable: false };

class Positions {
  /** The start stands before the first character and has no class. */
  static readonly start = 0;
  readonly #characters: (CharSet | null)[] = [null];
  readonly #out: Map<number, CharSet>[] = [new Map()];
  #links = 0;

  add(characters: CharSet): number {
    if (this.#out.length > MAX_POSITIONS) {
      throw new BoundReached(`more than ${MAX_POSITIONS} positions`);
    }
    this.#characters.push(characters);
    return this.#out.push(new Map()) - 1;
  }

  link(from: readonly number[], to: readonly number[]): void {
    this.#links += from.length * to.length;
    if (this.#links > MAX_LINKS) throw new BoundReached(`more than ${MAX_LINKS} links`);
    for (const source of from) {
      for (const target of to) this.#out[source]!.set(target, this.#characters[target]!);
    }
  }

  outOf(position: number): ReadonlyMap<number, CharSet> {
    return this.#out[position]!;
  }
}

function concat(positions: Positions, a: Fragment, b: Fragment): Fragment {
  positions.link(a.last, b.first);
  return {
    first: a.nullable ? [...a.first, ...b.first] : a.first,
    last: b.nullable ? [...a.last, ...b.last] : b.last,
    nullable: a.nullable && b.nullable,
  };
}

/** `(x(x(x)?)?)?`: links stay linear in the count, which side-by-side options would not. */
function upTo(positions: Positions, count: number, one: () => Fragment): Fragment {
  const copies = Array.from({ length: Math.min(count, MAX_POSITIONS + 1) }, one);
  copies.forEach((copy, i) => {
    if (i > 0) positions.link(copies[i - 1]!.last, copy.first);
  });
  return { first: copies[0]?.first ?? [], last: copies.flatMap((c) => c.last), nullable: true };
}

function repeat(positions: Positions, make: () => Fragment, min: number, max: number): Fragment {
  if (max === 0) return EMPTY_WORD;
  const head = make();
  if (head.first.length === 0) return head.nullable || min === 0 ? EMPTY_WORD : NO_WORD;
  // The empty word taken out of x, x{min,max} is x{0,max}, and no copy can be skipped.
  const least = head.nullable ? 0 : min;
  let unused: Fragment | null = { ...head, nullable: false };
  const one = (): Fragment => {
    const next = unused ?? { ...make(), nullable: false };
    unused = null;
    return next;
  };
  const endless = max === Number.POSITIVE_INFINITY;
  let result = EMPTY_WORD;
  for (let i = 0; i < (endless ? Math.max(least - 1, 0) : least); i++) {
    result = concat(positions, result, one());
  }
  if (!endless) return concat(positions, result, upTo(positions, max - least, one));
  const loop = one();
  positions.link(loop.last, loop.first);
  return concat(positions, result, { ...loop, nullable: least === 0 });
}

function addElement(positions: Positions, element: Element): Fragment {
  switch (element.type) {
    case 'CharacterClass': {
      if (element.characters.isEmpty) return NO_WORD;
      const position = positions.add(element.characters);
      return { first: [position], last: [position], nullable: false };
    }
    case 'Alternation':
      return addAlternatives(positions, element.alternatives);
    case 'Quantifier': {
      const make = (): Fragment => addAlternatives(positions, element.alternatives);
      return repeat(positions, make, element.min, element.max);
    }
    case 'Assertion':
    case 'Unknown':
      throw new Error(`${element.type} was refused on the syntax tree`);
  }
}

function addConcatenation(positions: Positions, elements: readonly Element[]): Fragment {
  let result = EMPTY_WORD;
  for (const element of elements) {
    const next = addElement(positions, element);
    if (next.first.length === 0 && !next.nullable) return NO_WORD;
    result = concat(positions, result, next);
  }
  return result;
}

function addAlternatives(positions: Positions, alternatives: Alternatives): Fragment {
  const parts = alternatives.map((a) => addConcatenation(positions, a.elements));
  return {
    first: parts.flatMap((part) => part.first),
    last: parts.flatMap((part) => part.last),
    nullable: parts.some((part) => part.nullable),
  };
}

/** @throws BoundReached */
export function positionAutomaton(expression: Expression): TransitionIterator<number> {
  const positions = new Positions();
  const whole = addAlternatives(positions, expression.alternatives);
  positions.link([Positions.start], whole.first);
  const finals = new Set(whole.nullable ? [Positions.start, ...whole.last] : whole.last);
  return {
    initial: Positions.start,
    getOut: (position) => positions.outOf(position),
    isFinal: (position) => finals.has(position),
    stableOut: true,
  };
}
