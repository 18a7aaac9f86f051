/** Path patterns by what they could meet: a question about one visits those that overlap it, not all. */

import { areApart } from '../analyse/literals.js';
import type { PathPattern } from '../policy/types.js';

export interface Owned {
  readonly pattern: PathPattern;
  readonly owner: number;
}

/** The text that a literal pattern begins with or is; `all` is the prefix of every path. */
function textOf(pattern: PathPattern): string {
  if (pattern.kind === 'exact') return pattern.path;
  return pattern.kind === 'prefix' ? pattern.prefix : '/';
}

export class PatternIndex {
  /** `*` and regular expressions may meet anything. */
  readonly #broad: Owned[] = [];
  readonly #exact = new Map<string, Owned[]>();
  readonly #prefix = new Map<string, Owned[]>();
  /** Exact and prefix patterns by their text. */
  readonly #sorted: { readonly text: string; readonly owned: Owned }[] = [];

  constructor(items: Iterable<Owned>) {
    for (const owned of items) {
      const { pattern } = owned;
      if (pattern.kind === 'all' || pattern.kind === 'regex') this.#broad.push(owned);
      else {
        const text = textOf(pattern);
        append(pattern.kind === 'exact' ? this.#exact : this.#prefix, text, owned);
        this.#sorted.push({ text, owned });
      }
    }
    this.#sorted.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  }

  /** How many patterns every question visits. */
  get broad(): number {
    return this.#broad.length;
  }

  /** All patterns that could match a path which `pattern` matches; exact but for regular expressions. */
  *overlapping(pattern: PathPattern): Generator<Owned> {
    yield* this.#broad;
    if (pattern.kind === 'all' || pattern.kind === 'regex') {
      for (const { owned } of this.#sorted) yield owned;
      return;
    }
    const text = textOf(pattern);
    if (pattern.kind === 'exact') yield* this.#exact.get(text) ?? [];
    else yield* this.#below(text);
    yield* this.#above(text, pattern.kind === 'prefix');
  }

  /** Prefix patterns that hold the whole of a text; `strictly` leaves out the one of that very text. */
  *#above(text: string, strictly: boolean): Generator<Owned> {
    for (let slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
      if (strictly && slash === text.length - 1) return;
      yield* this.#prefix.get(text.slice(0, slash + 1)) ?? [];
    }
  }

  *#below(prefix: string): Generator<Owned> {
    let low = 0;
    for (let high = this.#sorted.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]!.text < prefix) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#sorted.length && this.#sorted[low]!.text.startsWith(prefix); low++) {
      yield this.#sorted[low]!.owned;
    }
  }
}

function append(map: Map<string, Owned[]>, key: string, owned: Owned): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [owned]);
  else known.push(owned);
}

const FEW = 64;
const indices = new WeakMap<readonly PathPattern[], PatternIndex>();

/** The patterns of a list by their place in it. */
export function indexOf(patterns: readonly PathPattern[]): PatternIndex {
  let index = indices.get(patterns);
  if (index === undefined) {
    index = new PatternIndex(patterns.map((pattern, owner) => ({ pattern, owner })));
    indices.set(patterns, index);
  }
  return index;
}

/** Could a path be matched by both lists? True where only an automaton could tell. */
export function mayMeet(a: readonly PathPattern[], b: readonly PathPattern[]): boolean {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  if (few.length * many.length <= FEW) return few.some((p) => many.some((q) => !areApart(p, q)));
  const index = indexOf(many);
  return few.some((pattern) => index.overlapping(pattern).next().done !== true);
}
