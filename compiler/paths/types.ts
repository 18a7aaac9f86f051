/** Questions about sets of canonical paths. Answers are exact, or say that the work bound was reached. */

import type { PathPattern } from '../policy/types.js';

/** What is left of a path language once others are taken away. */
export type Remainder =
  | { readonly kind: 'empty' }
  /** `path` is a shortest member; without `%2F`, `%5C`, `//` and `;` wherever such a member exists. */
  | { readonly kind: 'nonempty'; readonly path: string }
  | { readonly kind: 'undecided' };

/** Canonical paths matched by at least one of `keep` and by none of `without`. */
export type RemainderOf = (
  keep: readonly PathPattern[],
  without: readonly PathPattern[],
) => Remainder;
