/** Path patterns from their text, for tests. */

import { lowerPath } from '../../compiler/lower/index.js';
import type { PathPattern } from '../../compiler/policy/index.js';

export function pattern(text: string): PathPattern {
  const part = lowerPath(text);
  if (!part.ok) throw new Error(part.problem.message);
  return part.value;
}

export function patterns(...texts: readonly string[]): PathPattern[] {
  return texts.map(pattern);
}
