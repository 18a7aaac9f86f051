/** Sets of patterns without regular expressions: whole paths, prefixes, everything. Near-linear for thousands of them. */

import type { PathPattern } from '../policy/types.js';

export type LiteralPattern = Exclude<PathPattern, { readonly kind: 'regex' }>;

export function isLiteral(pattern: PathPattern): pattern is LiteralPattern {
  return pattern.kind !== 'regex';
}

/** A prefix pattern, `all` being the prefix that every path has; null for a whole path. */
export function prefixOf(pattern: LiteralPattern): string | null {
  if (pattern.kind === 'exact') return null;
  return pattern.kind === 'all' ? '/' : pattern.prefix;
}

/** Prefixes end with `/`, so only what ends there has to be looked up. */
export class LiteralSet {
  readonly #paths = new Set<string>();
  readonly #prefixes = new Set<string>();

  constructor(patterns: readonly LiteralPattern[]) {
    for (const pattern of patterns) this.add(pattern);
  }

  add(pattern: LiteralPattern): void {
    if (pattern.kind === 'exact') this.#paths.add(pattern.path);
    else this.#prefixes.add(prefixOf(pattern)!);
  }

  /**
   * Is every canonical path of `pattern` in this set? Exact: beside whole paths and longer prefixes, of which there are
   * finitely many, a prefix always has paths left.
   */
  covers(pattern: LiteralPattern): boolean {
    const prefix = prefixOf(pattern);
    if (prefix !== null) return this.coversPrefix(prefix);
    return pattern.kind === 'exact' && this.has(pattern.path);
  }

  /** Does some prefix pattern match every path that begins with `text`? */
  coversPrefix(text: string): boolean {
    if (this.#prefixes.size === 0) return false;
    for (let end = text.indexOf('/'); end >= 0; end = text.indexOf('/', end + 1)) {
      if (this.#prefixes.has(text.slice(0, end + 1))) return true;
    }
    return false;
  }

  has(path: string): boolean {
    return this.#paths.has(path) || this.coversPrefix(path);
  }
}

/** What both sets match, again as literal patterns: of two prefixes the longer, where one begins with the other. */
export function intersectLiterals(
  a: readonly LiteralPattern[],
  b: readonly LiteralPattern[],
): LiteralPattern[] {
  const within = (patterns: readonly LiteralPattern[], set: LiteralSet): LiteralPattern[] =>
    patterns.filter((pattern) => {
      const prefix = prefixOf(pattern);
      if (prefix !== null) return set.coversPrefix(prefix);
      return pattern.kind === 'exact' && set.has(pattern.path);
    });
  return [...within(a, new LiteralSet(b)), ...within(b, new LiteralSet(a))];
}
