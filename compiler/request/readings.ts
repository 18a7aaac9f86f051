/** All ways in which servers may read a path (design section 3, "Ambiguous paths"). */

import { removeDotSegments } from './path.js';

function decode(path: string): string {
  return path.replace(/%2F|%5C/g, '/');
}

function dropParameters(path: string): string {
  return path.replace(/;[^/]*/g, '');
}

function mergeSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

const STEPS = [decode, dropParameters, mergeSlashes, removeDotSegments] as const;

/** False where the only reading of a canonical path is the path itself. */
export function isPossiblyAmbiguous(path: string): boolean {
  return /%2F|%5C|\/\/|;/.test(path);
}

/**
 * Every path that the four steps can reach, in any order and number, and first the path itself.
 * Each step that changes a path makes it shorter, so the closure is finite.
 */
export function readings(path: string): string[] {
  const reached = new Set([path]);
  // A Set is walked in order of insertion, what is added on the way included.
  for (const reading of reached) {
    for (const step of STEPS) reached.add(step(reading));
  }
  return [...reached];
}
