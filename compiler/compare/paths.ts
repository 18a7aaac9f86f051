/** The paths that two rules share once the rules before them are taken away: whether there are any, and how one writes them. */

import type { Budget } from '../analyse/budget.js';
import { areApart, holds, pathText } from '../analyse/literals.js';
import { commonRemainder, compilePathRegex } from '../paths/index.js';
import type { PathPattern } from '../policy/types.js';
import { isPossiblyAmbiguous } from '../request/index.js';
import { costOf } from './budget.js';
import { indexOf } from './pattern-index.js';
import type { Item } from './types.js';

type Patterns = readonly PathPattern[];

export type PathAnswer =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'undecided'; readonly texts: readonly string[] }
  | {
      readonly kind: 'some';
      readonly texts: readonly string[];
      /** A shortest one; without `%2F`, `%5C`, `//` and `;` unless `ambiguousOnly`. */
      readonly path: string;
      readonly ambiguousOnly: boolean;
    };

const EMPTY: PathAnswer = { kind: 'empty' };
/** Questions about single patterns that make a text shorter; the text is exact without them. */
const MAX_TRIMS = 200;

const AMBIGUOUS: PathPattern = ambiguousPattern();

function ambiguousPattern(): PathPattern {
  const compiled = compilePathRegex('^.*(?:%2F|%5C|//|;).*$');
  if (!compiled.ok) throw new Error(compiled.message);
  return { kind: 'regex', source: compiled.body, program: compiled.program };
}

const isAll = (patterns: Patterns): boolean => patterns.some(({ kind }) => kind === 'all');

/** Lists of which a path must match one pattern each. */
function setsOf(a: Patterns, b: Patterns): readonly Patterns[] {
  if (isAll(a)) return [b];
  return isAll(b) ? [a] : [a, b];
}

export function askPaths(a: Item, b: Item, hiders: readonly Item[], budget: Budget): PathAnswer {
  if (hiders.some(({ paths }) => isAll(paths))) return EMPTY;
  const sets = setsOf(a.paths, b.paths);
  const without = hiders.flatMap(({ paths }) => paths);
  if (!budget.spend(costOf([...sets.flat(), ...without]))) return { kind: 'unfinished' };
  const found = commonRemainder(sets, without);
  if (found.kind === 'empty') return EMPTY;
  const texts = textsOf(sets, without, budget);
  if (found.kind === 'undecided') return { kind: 'undecided', texts };
  if (!isPossiblyAmbiguous(found.path)) {
    return { kind: 'some', texts, path: found.path, ambiguousOnly: false };
  }
  return clearest(sets, without, texts, found.path);
}

/** A path that every server reads alike, where there is one. */
function clearest(
  sets: readonly Patterns[],
  without: Patterns,
  texts: readonly string[],
  path: string,
): PathAnswer {
  const clear = commonRemainder(sets, [...without, AMBIGUOUS]);
  if (clear.kind === 'nonempty') {
    return { kind: 'some', texts, path: clear.path, ambiguousOnly: false };
  }
  return { kind: 'some', texts, path, ambiguousOnly: clear.kind === 'empty' };
}

/** What is kept: paths that match all of `all`. */
interface Kept {
  readonly text: string;
  readonly all: Patterns;
}

function textsOf(sets: readonly Patterns[], without: Patterns, budget: Budget): string[] {
  const hiding = indexOf(without);
  const trims = { left: MAX_TRIMS };
  const isNeeded = (keep: Kept): boolean => {
    const near = nearTo(keep, without);
    if (near.some((pattern) => keep.all.some((own) => holds(pattern, own) === true))) return false;
    return !isEmpty(keep.all, near, trims, budget);
  };
  const kept = widest(keptOf(sets)).filter(isNeeded);
  const taken = new Map<string, PathPattern>();
  for (const keep of kept) {
    for (const pattern of nearTo(keep, without)) {
      const text = pathText(pattern);
      if (taken.has(text) || isEmpty([...keep.all, pattern], [], trims, budget)) continue;
      taken.set(text, pattern);
    }
  }
  const away = widest([...taken].map(([text, pattern]) => ({ text, all: [pattern] })));
  return [...kept.map(({ text }) => text), ...away.map(({ text }) => `!${text}`)];

  function nearTo(keep: Kept, from: Patterns): PathPattern[] {
    const [first = { kind: 'all' } as const, ...rest] = keep.all;
    const near = [...hiding.overlapping(first)].map(({ owner }) => from[owner]!);
    return near.filter((pattern) => [first, ...rest].every((own) => !areApart(own, pattern)));
  }
}

/** True where it is known that nothing is left. Questions without regular expressions have been answered before. */
function isEmpty(
  all: Patterns,
  without: Patterns,
  trims: { left: number },
  budget: Budget,
): boolean {
  const patterns = [...all, ...without];
  if (patterns.every(({ kind }) => kind !== 'regex')) return false;
  if (trims.left === 0 || !budget.spend(costOf(patterns))) return false;
  trims.left--;
  return (
    commonRemainder(
      all.map((pattern) => [pattern]),
      without,
    ).kind === 'empty'
  );
}

function keptOf(sets: readonly Patterns[]): Kept[] {
  const [first = [], second] = sets;
  if (second === undefined) return unique(first.map((p) => ({ text: pathText(p), all: [p] })));
  const index = indexOf(second);
  return unique(
    first.flatMap((pattern) =>
      [...index.overlapping(pattern)].flatMap(({ owner }) => both(pattern, second[owner]!)),
    ),
  );
}

function both(a: PathPattern, b: PathPattern): Kept[] {
  if (areApart(a, b)) return [];
  if (holds(a, b) === true) return [{ text: pathText(b), all: [b] }];
  if (holds(b, a) === true) return [{ text: pathText(a), all: [a] }];
  return [{ text: `${pathText(a)} & ${pathText(b)}`, all: [a, b] }];
}

function unique(items: readonly Kept[]): Kept[] {
  return [...new Map(items.map((item) => [item.text, item])).values()];
}

/** Without the single patterns that another one holds. */
function widest(items: readonly Kept[]): Kept[] {
  const singles = items.flatMap(({ all }) => (all.length === 1 ? all : []));
  const index = indexOf(singles);
  return items.filter(({ all }) => {
    const [own] = all;
    if (own === undefined || all.length > 1) return true;
    for (const { owner } of index.overlapping(own)) {
      const other = singles[owner]!;
      if (other !== own && holds(other, own) === true) return false;
    }
    return true;
  });
}
