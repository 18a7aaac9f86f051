/** From the text of a regular expression to its automaton, remembered by text. */

import type { PathProgram } from '../policy/types.js';
import { buildProgram } from './automaton.js';
import {
  parsePathRegex,
  type RegexRefusal,
  regexTooLarge,
  regexUnsupported,
} from './regex-syntax.js';

export interface CompiledRegex {
  readonly ok: true;
  /** What stands between the anchors. */
  readonly body: string;
  readonly program: PathProgram;
}

/** Cells of all remembered automata, after which the memory is emptied: 16 MiB. */
const MEMORY_CELLS = 8 * 1024 * 1024;
const remembered = new Map<string, CompiledRegex | RegexRefusal>();
let cells = 0;

function compile(source: string): CompiledRegex | RegexRefusal {
  const syntax = parsePathRegex(source);
  if (!syntax.ok) return syntax;
  const program = buildProgram(syntax);
  if ('unknown' in program) return regexUnsupported(program.unknown);
  if ('tooLarge' in program) return regexTooLarge(program.tooLarge);
  return { ok: true, body: syntax.body, program };
}

/** @param source the pattern as written, from `^` to `$` */
export function compilePathRegex(source: string): CompiledRegex | RegexRefusal {
  const known = remembered.get(source);
  if (known !== undefined) return known;
  const compiled = compile(source);
  cells += source.length + (compiled.ok ? compiled.program.transitions.length : 0);
  if (cells > MEMORY_CELLS) {
    remembered.clear();
    cells = 0;
  }
  remembered.set(source, compiled);
  return compiled;
}
