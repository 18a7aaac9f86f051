/** All ways in which servers may read a path (design section 3, "Ambiguous paths"). */

function decode(path: string): string {
  return path.replace(/%2F|%5C/g, '/');
}

function dropParameters(path: string): string {
  return path.replace(/;[^/]*/g, '');
}

function mergeSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

/** RFC 3986, 5.2.4, for a path that begins with `/`; it keeps empty segments, and `..` removes one of them. */
function removeDotSegments(path: string): string {
  const segments = path.split('/').slice(1);
  const output: string[] = [];
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === '..') output.pop();
    else if (segment !== '.') output.push(segment);
    if (last && (segment === '.' || segment === '..')) output.push('');
  });
  return `/${output.join('/')}`;
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
