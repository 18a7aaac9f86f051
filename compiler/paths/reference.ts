/**
 * The reference for path patterns: sets of positions over the syntax tree, slow and obvious. It shares no code with the
 * automata, so that each can catch the other, and it is polynomial where a backtracking matcher is not. Paths of more than
 * 1,024 characters are left to the automaton, which takes linear time.
 */

import type { AST } from '@eslint-community/regexpp';
import type { PathPattern } from '../policy/types.js';
import { runProgram } from './program.js';
import { parsePathRegex } from './regex-syntax.js';

type Ends = ReadonlySet<number>;

function inSet(set: AST.CharacterSet, character: string): boolean {
  // The pattern's own text, on one character: a native class is the definition of itself.
  return new RegExp(`^(?:${set.raw})$`, 'u').test(character);
}

function inClass(node: AST.CharacterClass, character: string): boolean {
  const code = character.charCodeAt(0);
  const hit = node.elements.some((element) => {
    switch (element.type) {
      case 'Character':
        return element.value === code;
      case 'CharacterClassRange':
        return element.min.value <= code && code <= element.max.value;
      case 'CharacterSet':
        return inSet(element, character);
      default:
        throw new Error(`${element.type} needs the flag v, which is not used`);
    }
  });
  return hit !== node.negate;
}

class Matcher {
  readonly #path: string;
  /** For each node: the ends of its matches that begin at a position. */
  readonly #known = new Map<AST.Element, Map<number, Ends>>();

  constructor(path: string) {
    this.#path = path;
  }

  ends(node: AST.Element, start: number): Ends {
    const byStart = this.#known.get(node) ?? new Map<number, Ends>();
    this.#known.set(node, byStart);
    const known = byStart.get(start);
    if (known !== undefined) return known;
    const ends = this.#endsOf(node, start);
    byStart.set(start, ends);
    return ends;
  }

  #endsOf(node: AST.Element, start: number): Ends {
    switch (node.type) {
      case 'Character':
        return this.#one(start, (c) => c.charCodeAt(0) === node.value);
      case 'CharacterSet':
        return this.#one(start, (c) => inSet(node, c));
      case 'CharacterClass':
        return this.#one(start, (c) => inClass(node, c));
      case 'Group':
      case 'CapturingGroup':
        return this.alternatives(node.alternatives, start);
      case 'Quantifier':
        return this.#repeat(node, start);
      default:
        throw new Error(`${node.type} was refused on the syntax tree`);
    }
  }

  #one(start: number, matches: (character: string) => boolean): Ends {
    const character = this.#path[start];
    return new Set(character !== undefined && matches(character) ? [start + 1] : []);
  }

  alternatives(alternatives: readonly AST.Alternative[], start: number): Ends {
    const ends = new Set<number>();
    for (const { elements } of alternatives) {
      let reached: Ends = new Set([start]);
      for (const element of elements) reached = this.#step(element, reached);
      for (const end of reached) ends.add(end);
    }
    return ends;
  }

  #step(node: AST.Element, starts: Ends): Ends {
    const ends = new Set<number>();
    for (const start of starts) for (const end of this.ends(node, start)) ends.add(end);
    return ends;
  }

  #repeat(node: AST.Quantifier, start: number): Ends {
    let reached: Ends = new Set([start]);
    // After one step a position, an element that must advance is past the end, and any other has reached all it can.
    const needed = Math.min(node.min, this.#path.length + 1);
    for (let i = 0; i < needed; i++) reached = this.#step(node.element, reached);
    const all = new Set(reached);
    for (let i = node.min; i < node.max && reached.size > 0; i++) {
      reached = new Set([...this.#step(node.element, reached)].filter((end) => !all.has(end)));
      for (const end of reached) all.add(end);
    }
    return all;
  }
}

type RegexPattern = Extract<PathPattern, { readonly kind: 'regex' }>;

const trees = new WeakMap<RegexPattern, AST.Pattern>();

function treeOf(pattern: RegexPattern): AST.Pattern {
  const known = trees.get(pattern);
  if (known !== undefined) return known;
  const syntax = parsePathRegex(`^${pattern.source}$`);
  if (!syntax.ok) throw new Error(`not an accepted regular expression: ${syntax.message}`);
  trees.set(pattern, syntax.pattern);
  return syntax.pattern;
}

/** Longer paths take the automaton: the sets of positions grow with the square of the path. */
const REFERENCE_LENGTH = 1024;

function regexMatches(pattern: RegexPattern, path: string): boolean {
  if (path.length > REFERENCE_LENGTH) return runProgram(pattern.program, path);
  return new Matcher(path).alternatives(treeOf(pattern).alternatives, 0).has(path.length);
}

/** Does the pattern match the path as it stands? */
export function pathMatches(pattern: PathPattern, path: string): boolean {
  switch (pattern.kind) {
    case 'all':
      return true;
    case 'prefix':
      return path.startsWith(pattern.prefix);
    case 'exact':
      return path === pattern.path;
    case 'regex':
      return regexMatches(pattern, path);
  }
}
