/** What can be said of two path patterns without an automaton. */

import type { PathPattern } from '../policy/types.js';

/** Does `wide` match all that `narrow` matches? Null where only an automaton can tell. */
export function holds(wide: PathPattern, narrow: PathPattern): boolean | null {
  if (wide.kind === 'all') return true;
  if (wide.kind === 'regex') {
    return narrow.kind === 'regex' && narrow.source === wide.source ? true : null;
  }
  if (narrow.kind === 'regex') return null;
  if (narrow.kind === 'all') return false;
  const text = narrow.kind === 'exact' ? narrow.path : narrow.prefix;
  if (wide.kind === 'prefix') return text.startsWith(wide.prefix);
  return narrow.kind === 'exact' && narrow.path === wide.path;
}

/** Can no path match both? False where only an automaton can tell. */
export function areApart(a: PathPattern, b: PathPattern): boolean {
  return holds(a, b) === false && holds(b, a) === false;
}

/** A path pattern as one would write it. */
export function pathText(pattern: PathPattern): string {
  switch (pattern.kind) {
    case 'all':
      return '*';
    case 'exact':
      return pattern.path;
    case 'prefix':
      return `${pattern.prefix}*`;
    case 'regex':
      return `^${pattern.source}$`;
  }
}

/** How much an automaton question about the pattern costs beside its fixed price. */
export function weightOf(pattern: PathPattern): number {
  return pattern.kind === 'regex' ? pattern.program.stateCount * pattern.program.classCount : 1;
}
