/** Rules, port sets, method sets, paths and texts as rows of integers; equal parts are stored once. */

import { ACTION, PATH_KIND, SCHEME_BIT } from '../image/types.js';
import type { PathPattern, PathProgram, Rule } from '../policy/types.js';

/** A growing byte table that stores equal texts once. */
export class TextPool {
  readonly #parts: Buffer[] = [];
  readonly #known = new Map<string, { at: number; length: number }>();
  #size = 0;

  add(text: string): { readonly at: number; readonly length: number } {
    let place = this.#known.get(text);
    if (place === undefined) {
      const bytes = Buffer.from(text, 'utf8');
      place = { at: this.#size, length: bytes.length };
      this.#parts.push(bytes);
      this.#size += bytes.length;
      this.#known.set(text, place);
    }
    return place;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#parts));
  }
}

/** Stores equal rows of numbers once and hands out their number. */
class RowPool {
  readonly #known = new Map<string, number>();
  readonly rows: (readonly number[])[] = [];

  add(row: readonly number[]): number {
    const key = row.join();
    let number = this.#known.get(key);
    if (number === undefined) {
      number = this.rows.length;
      this.rows.push(row);
      this.#known.set(key, number);
    }
    return number;
  }

  offsets(): Uint32Array {
    const offsets = new Uint32Array(this.rows.length + 1);
    this.rows.forEach((row, index) => {
      offsets[index + 1] = offsets[index]! + row.length;
    });
    return offsets;
  }

  flat(): Uint32Array {
    return Uint32Array.from(this.rows.flat());
  }
}

export interface RuleTables {
  readonly rules: Uint32Array;
  readonly ruleNames: Uint32Array;
  readonly portSetOffsets: Uint32Array;
  readonly portRanges: Uint32Array;
  readonly methodOffsets: Uint32Array;
  readonly methodSets: Uint32Array;
  readonly pathRows: Uint32Array;
  readonly programs: Uint32Array;
  readonly programClasses: Uint8Array;
  readonly programCells: Uint16Array;
  readonly methodCount: number;
  readonly methodWords: number;
}

/** `text` must be fresh: the methods stand at its beginning. */
export function ruleTables(policyRules: readonly Rule[], text: TextPool): RuleTables {
  const methods = methodNumbers(policyRules, text);
  const portSets = new RowPool();
  const methodSets = new RowPool();
  const paths = new PathTables(text);
  const rules = new Uint32Array(policyRules.length * 4);
  const ruleNames = new Uint32Array(policyRules.length * 2);
  policyRules.forEach((rule, index) => {
    const rows = paths.add(rule.paths);
    const schemes = (rule.http ? SCHEME_BIT.http : 0) | (rule.https ? SCHEME_BIT.https : 0);
    rules[index * 4] = ACTION[rule.action] | (schemes << 2) | (rows.count << 8);
    rules[index * 4 + 1] = portSets.add(rule.ports.map(({ lo, hi }) => ((hi << 16) | lo) >>> 0));
    rules[index * 4 + 2] = methodSets.add(methodSet(rule.methods, methods));
    rules[index * 4 + 3] = rows.first;
    const name = text.add(rule.integrationId);
    ruleNames[index * 2] = name.at;
    ruleNames[index * 2 + 1] = name.length;
  });
  return {
    rules,
    ruleNames,
    portSetOffsets: portSets.offsets(),
    portRanges: portSets.flat(),
    methodOffsets: methods.offsets,
    methodSets: methodSets.flat(),
    methodCount: methods.numbers.size,
    methodWords: methods.words,
    ...paths.finish(),
  };
}

interface MethodNumbers {
  readonly numbers: ReadonlyMap<string, number>;
  readonly offsets: Uint32Array;
  readonly words: number;
}

function methodNumbers(rules: readonly Rule[], text: TextPool): MethodNumbers {
  const names = new Set<string>();
  for (const rule of rules) for (const method of rule.methods ?? []) names.add(method);
  const sorted = [...names].sort();
  const offsets = new Uint32Array(sorted.length + 1);
  sorted.forEach((name, index) => {
    const { at, length } = text.add(name);
    offsets[index + 1] = at + length;
  });
  return {
    numbers: new Map(sorted.map((name, index) => [name, index])),
    offsets,
    words: (sorted.length >> 5) + 1,
  };
}

/** One bit a method; the bit after the last stands for every method without a number. */
function methodSet(
  methods: readonly string[] | null,
  { numbers, words }: MethodNumbers,
): readonly number[] {
  const set = new Uint32Array(words);
  const add = (bit: number): void => {
    set[bit >> 5] = set[bit >> 5]! | (1 << (bit & 31));
  };
  if (methods !== null) for (const method of methods) add(numbers.get(method)!);
  else for (let bit = 0; bit <= numbers.size; bit++) add(bit);
  return [...set];
}

class PathTables {
  readonly #text: TextPool;
  readonly #sets = new Map<string, { first: number; count: number }>();
  readonly #rows: number[] = [];
  readonly #programs = new RowPool();
  readonly #programNumbers = new Map<PathProgram, number>();
  readonly #classes = new Map<string, number>();
  readonly #classBytes: number[] = [];
  readonly #cells: number[] = [];

  constructor(text: TextPool) {
    this.#text = text;
  }

  add(patterns: readonly PathPattern[]): { readonly first: number; readonly count: number } {
    const all = patterns.some((pattern) => pattern.kind === 'all');
    const rows = all ? [[PATH_KIND.all, 0, 0]] : patterns.map((pattern) => this.#row(pattern));
    const key = rows.join(';');
    let place = this.#sets.get(key);
    if (place === undefined) {
      place = { first: this.#rows.length / 3, count: rows.length };
      for (const row of rows) this.#rows.push(...row);
      this.#sets.set(key, place);
    }
    return place;
  }

  #row(pattern: PathPattern): readonly number[] {
    if (pattern.kind === 'regex') return [PATH_KIND.regex, this.#program(pattern.program), 0];
    if (pattern.kind === 'all') return [PATH_KIND.all, 0, 0];
    const literal = pattern.kind === 'exact' ? pattern.path : pattern.prefix;
    const { at, length } = this.#text.add(literal);
    return [PATH_KIND[pattern.kind], at, length];
  }

  #program(program: PathProgram): number {
    const known = this.#programNumbers.get(program);
    if (known !== undefined) return known;
    const number = this.#programs.add([
      this.#classTable(program.classOf),
      program.classCount,
      this.#cells.length,
      program.stateCount,
    ]);
    for (let state = 0; state < program.stateCount; state++) {
      this.#cells.push(program.accept[state]!);
      for (let c = 0; c < program.classCount; c++)
        this.#cells.push(program.transitions[state * program.classCount + c]!);
    }
    this.#programNumbers.set(program, number);
    return number;
  }

  #classTable(classOf: Uint8Array): number {
    const key = classOf.join();
    let at = this.#classes.get(key);
    if (at === undefined) {
      at = this.#classBytes.length;
      this.#classBytes.push(...classOf);
      this.#classes.set(key, at);
    }
    return at;
  }

  finish() {
    return {
      pathRows: Uint32Array.from(this.#rows),
      programs: this.#programs.flat(),
      programClasses: Uint8Array.from(this.#classBytes),
      programCells: Uint16Array.from(this.#cells),
    };
  }
}
