/** Path languages: accepted regular expressions, their automata, a reference matcher, questions about sets of patterns. */

export { canonicalPathLanguage, isCanonicalPath } from './canonical-language.js';
export { runProgram } from './program.js';
export { pathMatches } from './reference.js';
export { type CompiledRegex, compilePathRegex } from './regex.js';
export type { RegexRefusal } from './regex-syntax.js';
export { commonRemainder, remainderOf } from './remainder.js';
export type { Remainder, RemainderOf } from './types.js';
