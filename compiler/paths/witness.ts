/** Which of two paths shows a finding better: one that every server reads alike, then the shorter, then the first by code unit. */

import { ambiguousPathLanguage, isCanonicalPath } from './canonical-language.js';
import type { LiteralSet } from './literal-set.js';
import { runProgram } from './program.js';

export function isAmbiguousText(path: string): boolean {
  return runProgram(ambiguousPathLanguage, path);
}

/** @returns true where `a` is the better one */
export function isBetterWitness(a: string, b: string | null): boolean {
  if (b === null) return true;
  const [ambiguousA, ambiguousB] = [isAmbiguousText(a), isAmbiguousText(b)];
  if (ambiguousA !== ambiguousB) return ambiguousB;
  return a.length === b.length ? a < b : a.length < b.length;
}

/** Letters first: what a reader would try. Escapes are left out: a shorter member always exists without them. */
const TAILS = [
  ..."abcdefghijklmnopqrstuvwxyz0123456789-_~ABCDEFGHIJKLMNOPQRSTUVWXYZ.!$&'()*+,:=@|[]/",
];

/**
 * A shortest path that begins with `prefix` and is not in `without`, which must not cover the prefix as a whole.
 * It always exists: names in one segment are infinite, and only whole paths can exclude them.
 */
export function pathBeyond(prefix: string, without: LiteralSet): string {
  if (!without.has(prefix)) return prefix;
  const parents = [prefix];
  for (const parent of parents) {
    for (const tail of TAILS) {
      const child = parent + tail;
      if (child.endsWith('//') || (tail === '/' && without.coversPrefix(child))) continue;
      if (isCanonicalPath(child) && !without.has(child)) return child;
      parents.push(child);
    }
  }
  throw new Error('unreachable: the queue never runs dry');
}
