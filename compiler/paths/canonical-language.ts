/** The languages that every question is asked within: canonical paths, and those among them that servers may read in several ways. */

import type { PathProgram } from '../policy/types.js';
import { runProgram } from './program.js';
import { compilePathRegex } from './regex.js';

/** Characters that stand for themselves in a canonical path, `/` and `.` left out: what a URL parser does not escape. */
const RAW = "[!$&'()*+,\\-0-9:;=@A-Z[\\]_a-z|~]";
/** Escapes in upper case, of every byte but the unreserved `A-Z a-z 0-9 - . _ ~`. */
const ESCAPE = '%(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|[46]0|5[B-E]|7[B-DF])';
const NOT_DOT = `(?:${RAW}|${ESCAPE})`;
const ANY = `(?:${RAW}|${ESCAPE}|\\.)`;
/** Everything but `.` and `..`; the empty segment is one. */
const SEGMENT = `(?:${NOT_DOT}${ANY}*|\\.${NOT_DOT}${ANY}*|\\.\\.${ANY}+)?`;

function programOf(source: string): PathProgram {
  const compiled = compilePathRegex(source);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.program;
}

/** Every string that canonicalisation leaves unchanged: members and only members are asked about. */
export const canonicalPathLanguage: PathProgram = programOf(`^(?:/${SEGMENT})+$`);

/** Paths that hold `%2F`, `%5C`, `//` or `;`. */
export const ambiguousPathLanguage: PathProgram = programOf('^.*(?:%2F|%5C|//|;).*$');

export function isCanonicalPath(path: string): boolean {
  return runProgram(canonicalPathLanguage, path);
}
