/** Deterministic machines over the bytes 0 to 127, stepped together in `search.ts`. State 0 is dead in all of them. */

import type { PathProgram } from '../policy/types.js';
import { type LiteralPattern, prefixOf } from './literal-set.js';

export interface Machine {
  readonly start: number;
  /** Bytes with the same number are alike to this machine. */
  readonly classOf: Uint8Array;
  next(state: number, byte: number): number;
  accepts(state: number): boolean;
  /** True where every continuation is accepted. */
  coversAll(state: number): boolean;
  /** At least how many bytes are missing to an accepting state. */
  distance(state: number): number;
}

export const DEAD = 0;
const UNREACHABLE = 0xffff;

/** States from which the automaton never leaves acceptance. */
function absorbingStates(program: PathProgram): Uint8Array {
  const { classCount, stateCount, transitions, accept } = program;
  const absorbing = new Uint8Array(stateCount);
  for (let state = 1; state < stateCount; state++) {
    if (accept[state] === 0) continue;
    const row = transitions.subarray(state * classCount, (state + 1) * classCount);
    // The automaton is minimal: all states that accept everything are this one.
    if (row.every((target) => target === state)) absorbing[state] = 1;
  }
  return absorbing;
}

/** Of each state the shortest way to acceptance; `UNREACHABLE` where there is none. */
function distances(program: PathProgram): Uint16Array {
  const { classCount, stateCount, transitions, accept } = program;
  const sources = Array.from({ length: stateCount }, (): number[] => []);
  transitions.forEach((target, cell) => {
    const source = Math.floor(cell / classCount);
    if (target !== DEAD) sources[target]!.push(source);
  });
  const result = new Uint16Array(stateCount).fill(UNREACHABLE);
  const queue = [...accept.keys()].filter((state) => accept[state] === 1);
  for (const state of queue) result[state] = 0;
  for (const state of queue) {
    for (const source of sources[state]!) {
      if (result[source] !== UNREACHABLE) continue;
      result[source] = result[state]! + 1;
      queue.push(source);
    }
  }
  return result;
}

const machines = new WeakMap<PathProgram, Machine>();

export function programMachine(program: PathProgram): Machine {
  const known = machines.get(program);
  if (known !== undefined) return known;
  const absorbing = absorbingStates(program);
  const missing = distances(program);
  const machine: Machine = {
    start: 1,
    classOf: program.classOf,
    next: (state, byte) =>
      program.transitions[state * program.classCount + program.classOf[byte]!]!,
    accepts: (state) => program.accept[state] === 1,
    coversAll: (state) => absorbing[state] === 1,
    distance: (state) => missing[state]!,
  };
  machines.set(program, machine);
  return machine;
}

/** A trie; the state `COVERED` stands for all that lies behind a prefix pattern. */
export function literalMachine(patterns: readonly LiteralPattern[]): Machine {
  const COVERED = 1;
  const ROOT = 2;
  const children = new Map<number, number>();
  const whole = new Set<number>([COVERED]);
  const classOf = new Uint8Array(128);
  let nodes = 3;
  let classes = 1;
  const insert = (text: string, isPrefix: boolean): void => {
    let node = ROOT;
    for (let i = 0; i < text.length && node !== COVERED; i++) {
      const byte = text.charCodeAt(i);
      if (classOf[byte] === 0) classOf[byte] = classes++;
      const key = node * 128 + byte;
      const last = isPrefix && i === text.length - 1;
      const child = last ? COVERED : (children.get(key) ?? nodes++);
      children.set(key, child);
      node = child;
    }
    if (!isPrefix) whole.add(node);
  };
  for (const pattern of patterns) {
    const prefix = prefixOf(pattern);
    if (prefix !== null) insert(prefix, true);
    else if (pattern.kind === 'exact') insert(pattern.path, false);
  }
  return {
    start: ROOT,
    classOf,
    next: (state, byte) =>
      state === COVERED ? COVERED : (children.get(state * 128 + byte) ?? DEAD),
    accepts: (state) => whole.has(state),
    coversAll: (state) => state === COVERED,
    distance: (state) => (whole.has(state) ? 0 : 1),
  };
}
