/** Path patterns (design section 3): everything, a prefix, a whole path, a regular expression. */

import { compilePathRegex } from '../paths/index.js';
import type { PathPattern } from '../policy/types.js';
import { isPlainPath, patternPath } from '../request/index.js';
import { lowered, type Part, problem, quoted } from './part.js';

type Refusal = readonly [pattern: RegExp, code: string, what: string, hint?: string];

const REFUSALS: readonly Refusal[] = [
  [/^$/, 'path/empty', 'is empty', 'Write "*" for every path, "/" for the root.'],
  [
    /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u,
    'path/control',
    'holds a control character',
    'Write it as an escape, such as %0A.',
  ],
  [/^[^/]/, 'path/no-leading-slash', 'does not begin with "/"'],
  [/\?/, 'path/query', 'holds a "?"', 'A query plays no part. For the character itself write %3F.'],
  [/#/, 'path/fragment', 'holds a "#"', 'For the character itself write %23.'],
  [/\\/, 'path/backslash', 'holds a backslash', 'For the character itself write %5C.'],
  [
    /\*/,
    'path/misplaced-wildcard',
    'holds a "*" that is neither alone nor the last segment',
    'Write "/v1/*", or a regular expression "^...$"; for the character itself write %2A.',
  ],
  [
    /\/(?:\.|%2[Ee]){1,2}(?:\/|$)/,
    'path/dot-segment',
    'holds a dot segment',
    'Clients remove dot segments before they send: write the path without them.',
  ],
];

function lowerRegex(text: string): Part<PathPattern> {
  const compiled = compilePathRegex(text);
  if (compiled.ok) {
    return lowered({ kind: 'regex', source: compiled.body, program: compiled.program });
  }
  const place = compiled.offset === undefined ? '' : ` (character ${compiled.offset + 1})`;
  return problem(compiled.code, `path ${quoted(text)}: ${compiled.message}${place}`, compiled.hint);
}

/** @param text one item of `match.path_groups`, as written */
export function lowerPath(text: string): Part<PathPattern> {
  if (text === '*' || text === '/*') return lowered({ kind: 'all' });
  if (text.startsWith('^')) return lowerRegex(text);
  const isPrefix = text.endsWith('/*');
  const literal = isPrefix ? text.slice(0, -1) : text;
  for (const [pattern, code, what, hint] of isPlainPath(literal) ? [] : REFUSALS) {
    if (pattern.test(literal)) return problem(code, `path ${quoted(text)} ${what}`, hint);
  }
  const path = patternPath(literal);
  if (!path.ok) return problem('path/not-canonical', path.error.message);
  if (!isPrefix) return lowered({ kind: 'exact', path: path.value });
  return lowered({ kind: 'prefix', prefix: path.value });
}

/** Equal for equal patterns, and for those alone. */
export function pathKey(pattern: PathPattern): string {
  switch (pattern.kind) {
    case 'all':
      return '*';
    case 'prefix':
      return `${pattern.prefix}*`;
    case 'exact':
      return `=${pattern.path}`;
    case 'regex':
      return `^${pattern.source}$`;
  }
}
