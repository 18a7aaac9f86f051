/** Path languages: accepted regular expressions, their automata, a reference matcher, questions about sets of patterns. */

export { canonicalPathLanguage, isCanonicalPath } from './canonical-language.js';
export { isLiteral, type LiteralPattern, LiteralSet } from './literal-set.js';
export { runProgram } from './program.js';
export { pathMatches } from './reference.js';
export { type CompiledRegex, compilePathRegex } from './regex.js';
export type { RegexRefusal } from './regex-syntax.js';
export { commonRemainder, isCovered, remainderOf } from './remainder.js';
export { type Budget, MAX_JOINT_STATES } from './search.js';
export type { Remainder, RemainderOf } from './types.js';
