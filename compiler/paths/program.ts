import type { PathProgram } from '../policy/types.js';

/** Does the automaton accept the whole path? Time linear in the path. */
export function runProgram(program: PathProgram, path: string): boolean {
  const { classOf, classCount, transitions, accept } = program;
  let state = 1;
  for (let i = 0; i < path.length; i++) {
    const byte = path.charCodeAt(i);
    if (byte > 127) return false;
    state = transitions[state * classCount + classOf[byte]!]!;
  }
  return accept[state] === 1;
}
