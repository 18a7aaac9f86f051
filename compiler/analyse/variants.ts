/** Languages that lie close to a path pattern: the same letters in another case, one slash more or less at the end. */

import type { PathPattern, PathProgram } from '../policy/types.js';

/** States of a variant, after which it is not built. */
const MAX_STATES = 2048;

/** A nondeterministic machine over the bytes 0 to 127. States are any integers. */
interface Machine {
  readonly start: readonly number[];
  next(state: number, byte: number): readonly number[];
  accepts(state: number): boolean;
}

/** Paths that differ from a match of the pattern in the case of letters alone; null beyond the bound. */
export function caseVariants(pattern: PathPattern): PathPattern | null {
  const base = machineOf(pattern);
  return patternOf({
    ...base,
    next: (state, byte) => {
      const other = otherCase(byte);
      const same = base.next(state, byte);
      return other === byte ? same : [...same, ...base.next(state, other)];
    },
  });
}

/** Paths that become a match with a slash added at the end, or with the last slash removed; null beyond the bound. */
export function slashVariants(pattern: PathPattern): PathPattern | null {
  const base = machineOf(pattern);
  const ADDED = -1;
  return patternOf({
    start: base.start,
    next: (state, byte) => {
      if (state === ADDED) return [];
      const next = base.next(state, byte);
      return byte === SLASH && base.accepts(state) ? [...next, ADDED] : next;
    },
    accepts: (state) =>
      state === ADDED || base.next(state, SLASH).some((next) => base.accepts(next)),
  });
}

const SLASH = 0x2f;

function otherCase(byte: number): number {
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? byte ^ 0x20 : byte;
}

function machineOf(pattern: PathPattern): Machine {
  if (pattern.kind === 'regex') return programMachine(pattern.program);
  const text =
    pattern.kind === 'all' ? '/' : pattern.kind === 'exact' ? pattern.path : pattern.prefix;
  const open = pattern.kind !== 'exact';
  return {
    start: [0],
    next: (state, byte) => {
      if (state === text.length) return open ? [state] : [];
      return text.charCodeAt(state) === byte ? [state + 1] : [];
    },
    accepts: (state) => state === text.length,
  };
}

function programMachine({ classOf, classCount, transitions, accept }: PathProgram): Machine {
  return {
    start: [1],
    next: (state, byte) => {
      const next = transitions[state * classCount + classOf[byte]!]!;
      return next === 0 ? [] : [next];
    },
    accepts: (state) => accept[state] === 1,
  };
}

/** Subset construction. The result is deterministic, not minimal; byte classes are single bytes. */
function patternOf(machine: Machine): PathPattern | null {
  const numbers = new Map<string, number>();
  const sets: (readonly number[])[] = [[]];
  const number = (states: readonly number[]): number => {
    if (states.length === 0) return 0;
    const set = [...new Set(states)].sort((a, b) => a - b);
    const key = set.join();
    const known = numbers.get(key) ?? sets.push(set) - 1;
    numbers.set(key, known);
    return known;
  };
  number(machine.start);
  const rows: number[] = Array<number>(128).fill(0);
  for (let state = 1; state < sets.length; state++) {
    if (state >= MAX_STATES) return null;
    for (let byte = 0; byte < 128; byte++) {
      rows.push(number(sets[state]!.flatMap((one) => machine.next(one, byte))));
    }
  }
  const program: PathProgram = {
    classOf: Uint8Array.from({ length: 128 }, (_, byte) => byte),
    classCount: 128,
    stateCount: sets.length,
    transitions: Uint16Array.from(rows),
    accept: Uint8Array.from(sets, (set) => (set.some((one) => machine.accepts(one)) ? 1 : 0)),
  };
  return { kind: 'regex', source: '', program };
}
