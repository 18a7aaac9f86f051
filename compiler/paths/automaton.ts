/** Regular expression to minimal automaton, through refa, within bounds on states and on work. */

import { CharSet, DFA, type Expression, JS, TooManyNodesError, visitAst } from 'refa';
import type { PathProgram } from '../policy/types.js';
import { BoundReached, positionAutomaton } from './positions.js';
import type { RegexSyntax } from './regex-syntax.js';

/** States of a finished automaton, the dead state left out. */
export const MAX_STATES = 4096;
/** States before minimising. */
export const MAX_RAW_STATES = 8192;
/** Links looked at while making it deterministic. */
export const MAX_WORK = 1_000_000;

const LAST_BYTE = 127;
const DEAD = 0;
const START = 1;

type Node = DFA.ReadonlyNode;

function clipToAscii(characters: CharSet): CharSet {
  const ranges = characters.ranges
    .filter((range) => range.min <= LAST_BYTE)
    .map((range) => ({ min: range.min, max: Math.min(range.max, LAST_BYTE) }));
  return CharSet.empty(LAST_BYTE).union(ranges);
}

/** Paths are ASCII: what a class says of other characters never matters. */
function asciiExpression(syntax: RegexSyntax): Expression {
  const { expression } = JS.Parser.fromAst(syntax).parse({ backreferences: 'throw' });
  visitAst(expression, {
    onCharacterClassEnter(node) {
      node.characters = clipToAscii(node.characters);
    },
  });
  return expression;
}

function determinize(expression: Expression): DFA {
  const nfa = positionAutomaton(expression);
  let work = 0;
  const counted = {
    ...nfa,
    getOut: (position: number): ReadonlyMap<number, CharSet> => {
      const out = nfa.getOut(position);
      work += out.size + 1;
      if (work > MAX_WORK) throw new BoundReached(`more than ${MAX_WORK} steps of work`);
      return out;
    },
  };
  const factory = new DFA.LimitedNodeFactory(MAX_RAW_STATES);
  return DFA.fromTransitionIterator(counted, { maxCharacter: LAST_BYTE }, factory);
}

function minimalDfa(expression: Expression): DFA {
  const dfa = determinize(expression);
  if (!dfa.isEmpty) dfa.minimize();
  return dfa;
}

/** Nodes from which a final node can be reached. */
function liveNodes(dfa: DFA): Set<Node> {
  const sources = new Map<Node, Node[]>();
  for (const node of dfa.nodes()) {
    for (const target of node.out.values()) {
      const known = sources.get(target);
      if (known === undefined) sources.set(target, [node]);
      else known.push(node);
    }
  }
  const live = new Set<Node>(dfa.finals);
  for (const node of live) {
    for (const source of sources.get(node) ?? []) live.add(source);
  }
  return live;
}

/** Live nodes in breadth-first order by byte, the start first: the numbering depends on the language alone. */
function numberNodes(dfa: DFA): Map<Node, number> {
  const live = liveNodes(dfa);
  const numbers = new Map<Node, number>([[dfa.initial, START]]);
  for (const node of numbers.keys()) {
    for (const target of node.out.values()) {
      if (live.has(target) && !numbers.has(target)) numbers.set(target, numbers.size + 1);
    }
  }
  return numbers;
}

function fullTable(numbers: ReadonlyMap<Node, number>, stateCount: number): Uint16Array {
  const table = new Uint16Array(stateCount * 128);
  for (const [node, state] of numbers) {
    node.out.forEach((target, range) => {
      const next = numbers.get(target) ?? DEAD;
      table.fill(next, state * 128 + range.min, state * 128 + range.max + 1);
    });
  }
  return table;
}

/** Bytes with the same column in every state are one class; classes are numbered by their first byte. */
function byteClasses(
  table: Uint16Array,
  stateCount: number,
): { classOf: Uint8Array; firsts: number[] } {
  const classOf = new Uint8Array(128);
  const firsts: number[] = [];
  const known = new Map<string, number>();
  const column = new Uint16Array(stateCount);
  for (let byte = 0; byte < 128; byte++) {
    for (let state = 0; state < stateCount; state++) column[state] = table[state * 128 + byte]!;
    const key = column.join();
    const found = known.get(key);
    if (found === undefined) known.set(key, firsts.push(byte) - 1);
    classOf[byte] = known.get(key)!;
  }
  return { classOf, firsts };
}

function programOf(dfa: DFA): PathProgram {
  const numbers = numberNodes(dfa);
  if (numbers.size > MAX_STATES) throw new BoundReached(`more than ${MAX_STATES} states`);
  const stateCount = numbers.size + 1;
  const table = fullTable(numbers, stateCount);
  const { classOf, firsts } = byteClasses(table, stateCount);
  const classCount = firsts.length;
  const transitions = new Uint16Array(stateCount * classCount);
  for (let cell = 0; cell < transitions.length; cell++) {
    const state = Math.floor(cell / classCount);
    transitions[cell] = table[state * 128 + firsts[cell % classCount]!]!;
  }
  const accept = new Uint8Array(stateCount);
  for (const node of dfa.finals) accept[numbers.get(node) ?? DEAD] = 1;
  accept[DEAD] = 0;
  return { classOf, classCount, stateCount, transitions, accept };
}

/** The minimal automaton, or a reason why it is too large. */
export function buildProgram(
  syntax: RegexSyntax,
): PathProgram | { readonly tooLarge: string } | { readonly unknown: string } {
  let expression: Expression;
  try {
    expression = asciiExpression(syntax);
  } catch (error) {
    // The syntax parser may know a Unicode property that the automata library does not know yet.
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
  try {
    return programOf(minimalDfa(expression));
  } catch (error) {
    if (error instanceof BoundReached) return { tooLarge: error.message };
    if (error instanceof TooManyNodesError)
      return { tooLarge: 'too many states before minimising' };
    throw error;
  }
}
