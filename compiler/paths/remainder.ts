/** Questions about sets of path patterns, answered exactly or not at all. */

import type { PathPattern, PathProgram } from '../policy/types.js';
import {
  intersectLiterals,
  isLiteral,
  type LiteralPattern,
  LiteralSet,
  prefixOf,
} from './literal-set.js';
import { literalMachine, type Machine, programMachine } from './machine.js';
import { runProgram } from './program.js';
import { type Budget, newBudget, search } from './search.js';
import type { Remainder, RemainderOf } from './types.js';
import { isAmbiguousText, isBetterWitness, pathBeyond } from './witness.js';

type Patterns = readonly PathPattern[];

const EMPTY: Remainder = { kind: 'empty' };

/** A set of patterns, taken apart once. */
interface PatternSet {
  readonly literals: readonly LiteralPattern[];
  readonly literalSet: LiteralSet;
  readonly regexes: readonly Extract<PathPattern, { readonly kind: 'regex' }>[];
}

function patternSet(patterns: Patterns): PatternSet {
  const literals = patterns.filter(isLiteral);
  const byProgram = new Map(
    patterns.flatMap((p) => (p.kind === 'regex' ? [[p.program, p] as const] : [])),
  );
  return { literals, literalSet: new LiteralSet(literals), regexes: [...byProgram.values()] };
}

function has(set: PatternSet, path: string): boolean {
  return set.literalSet.has(path) || set.regexes.some((regex) => runProgram(regex.program, path));
}

/** The machines of a set, as far as paths beginning with `prefix` may meet them. */
function machinesOf(set: PatternSet, prefix: string): Machine[] {
  const near = set.literals.filter((literal) => {
    const text = prefixOf(literal) ?? (literal.kind === 'exact' ? literal.path : '');
    return text.startsWith(prefix) || prefix.startsWith(text);
  });
  const machines = set.regexes.map((regex) => programMachine(regex.program));
  return near.length === 0 ? machines : [literalMachine(near), ...machines];
}

/** Collects answers for single patterns: the best witness, and whether some question stayed open. */
class Answers {
  best: string | null = null;
  #undecided = false;

  add(answer: Remainder): void {
    if (answer.kind === 'undecided') this.#undecided = true;
    else if (answer.kind === 'nonempty' && isBetterWitness(answer.path, this.best)) {
      this.best = answer.path;
    }
  }

  /** Could a path that begins with `prefix` still be better than the best so far? */
  canImprove(prefix: string): boolean {
    if (this.best === null) return true;
    const [known, next] = [isAmbiguousText(this.best), isAmbiguousText(prefix)];
    return known === next ? prefix.length <= this.best.length : known;
  }

  /** A member is a member, whatever else stayed open. */
  result(): Remainder {
    if (this.best !== null) return { kind: 'nonempty', path: this.best };
    return this.#undecided ? { kind: 'undecided' } : EMPTY;
  }
}

function literalAnswer(pattern: LiteralPattern, without: LiteralSet): Remainder {
  const prefix = prefixOf(pattern);
  if (prefix === null) {
    const path = pattern.kind === 'exact' ? pattern.path : '';
    return without.has(path) ? EMPTY : { kind: 'nonempty', path };
  }
  if (without.coversPrefix(prefix)) return EMPTY;
  return { kind: 'nonempty', path: pathBeyond(prefix, without) };
}

function literalRemainder(keep: readonly LiteralPattern[], without: LiteralSet): Remainder {
  const answers = new Answers();
  for (const pattern of keep) {
    const text = pattern.kind === 'exact' ? pattern.path : prefixOf(pattern)!;
    if (answers.canImprove(text)) answers.add(literalAnswer(pattern, without));
  }
  return answers.result();
}

function isEmptySet(set: PatternSet): boolean {
  return set.literals.length === 0 && set.regexes.length === 0;
}

const known = new WeakMap<PathProgram, Remainder>();

/** A shortest member of a regular expression, asked of most of them and therefore remembered. */
function wholeLanguage(program: PathProgram, budget: Budget): Remainder {
  const remembered = known.get(program);
  if (remembered !== undefined) return remembered;
  const query = { prefix: '/', groups: [[programMachine(program)]], without: [] };
  const answer: Remainder = search(query, budget);
  if (answer.kind !== 'undecided') known.set(program, answer);
  return answer;
}

/** What one pattern of a set shares with the other sets, `without` taken away. */
function patternAnswer(
  pattern: PathPattern,
  others: readonly PatternSet[],
  without: PatternSet,
  budget: Budget,
): Remainder {
  if (pattern.kind === 'exact') {
    const member = others.every((set) => has(set, pattern.path)) && !has(without, pattern.path);
    return member ? { kind: 'nonempty', path: pattern.path } : EMPTY;
  }
  if (pattern.kind === 'regex' && others.length === 0 && isEmptySet(without)) {
    return wholeLanguage(pattern.program, budget);
  }
  const prefix = pattern.kind === 'prefix' ? pattern.prefix : '/';
  if (without.literalSet.coversPrefix(prefix)) return EMPTY;
  const own = pattern.kind === 'regex' ? [[programMachine(pattern.program)]] : [];
  const groups = [...own, ...others.map((set) => machinesOf(set, prefix))];
  return search({ prefix, groups, without: machinesOf(without, prefix) }, budget);
}

/**
 * Canonical paths that every set of `sets` matches by some pattern, and that no pattern of `without` matches.
 * Near-linear where no regular expression takes part.
 */
export function commonRemainder(sets: readonly Patterns[], without: Patterns): Remainder {
  if (without.some((pattern) => pattern.kind === 'all')) return EMPTY;
  const excluded = patternSet(without);
  const [head = [], ...rest] = sets;
  const literalSets = sets.map((set) => set.filter(isLiteral));
  const allLiteral = literalSets.every((set, i) => set.length === sets[i]!.length);
  if (allLiteral && excluded.regexes.length === 0) {
    const [first = [], ...more] = literalSets;
    return literalRemainder(more.reduce(intersectLiterals, first), excluded.literalSet);
  }
  const others = rest.map(patternSet);
  const answers = new Answers();
  const budget = newBudget();
  for (const pattern of head) answers.add(patternAnswer(pattern, others, excluded, budget));
  return answers.result();
}

/** Canonical paths that at least one of `keep` matches, and none of `without`. */
export const remainderOf: RemainderOf = (keep, without) => commonRemainder([keep], without);

/**
 * Whether `remainderOf` is empty, without looking for a good witness: stops at the first member. Searches draw on `budget`,
 * which the caller may share between questions.
 */
export function isCovered(
  keep: Patterns,
  without: Patterns,
  budget: Budget,
): 'yes' | 'no' | 'undecided' {
  if (without.some((pattern) => pattern.kind === 'all')) return 'yes';
  const excluded = patternSet(without);
  let open = false;
  for (const pattern of keep) {
    const answer = patternAnswer(pattern, [], excluded, budget);
    if (answer.kind === 'nonempty') return 'no';
    open ||= answer.kind === 'undecided';
  }
  return open ? 'undecided' : 'yes';
}
