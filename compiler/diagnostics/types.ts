/** The one shape of everything that this project has to say about a manifest (design section 9). */

export type Severity = 'error' | 'warning' | 'info';

/** A place in a source text. Lines and columns count from 1; columns count UTF-16 units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A request that shows a finding to be real; the matcher confirmed it. */
export interface Witness {
  readonly method: string;
  readonly url: string;
}

export interface Diagnostic extends Partial<Location> {
  /** Stable, `area/what` (`host/misplaced-wildcard`); every code stands in `catalog.ts`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: what is wrong, naming the offending text. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Zero-based index in `match_rules`, where one rule is meant. */
  readonly rule?: number;
  readonly witness?: Witness;
}

/** Where a value of the manifest stands. `path` is its JSON path, such as `['match_rules', 0, 'match']`. */
export type Locate = (path: readonly (string | number)[], part?: 'key' | 'value') => Location;

/**
 * The outcome of a stage. Errors are values: a stage collects every diagnostic it can and never throws for bad input.
 * `ok: true` may carry warnings; `ok: false` carries at least one error.
 */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
