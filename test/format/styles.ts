/** One manifest in many layouts: indentation, brackets, quotes, comments and blank lines as a random tape says. */

import type { JsonValue } from '../../compiler/read/index.js';

/** Answers below `limit`, one after another, from a list of numbers. */
export class Tape {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(limit: number): number {
    const number = this.#numbers[this.#at++ % this.#numbers.length] ?? 0;
    return number % limit;
  }
}

export interface Styled {
  readonly text: string;
  readonly comments: readonly string[];
}

/** YAML of a mapping whose keys are plain words. */
export function styled(value: JsonValue, tape: Tape): Styled {
  const writer = new Writer(tape);
  writer.block(value, tape.below(3), false);
  return { text: writer.text(), comments: writer.comments };
}

class Writer {
  readonly comments: string[] = [];
  readonly #lines: string[] = [];
  readonly #tape: Tape;

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  text(): string {
    const lineBreak = this.#tape.below(4) === 0 ? '\r\n' : '\n';
    return this.#lines.join(lineBreak) + (this.#tape.below(3) === 0 ? '' : lineBreak);
  }

  /** `started`: the first line goes behind a dash. */
  block(value: JsonValue, indent: number, started: boolean): void {
    if (value === null || typeof value !== 'object') throw new Error('no collection');
    let first = started;
    for (const [key, child] of Object.entries(value)) {
      const isList = Array.isArray(value);
      if (!first) this.#between(indent);
      const head = isList ? '-' : `${this.#key(key)}:`;
      if (first) this.#lines[this.#lines.length - 1] += head;
      else this.#lines.push(' '.repeat(indent) + head);
      first = false;
      this.#value(child, indent, isList);
    }
  }

  #value(value: JsonValue, indent: number, inList: boolean): void {
    const isScalar = value === null || typeof value !== 'object';
    const isEmpty = !isScalar && Object.keys(value).length === 0;
    if (isScalar || isEmpty || this.#tape.below(3) === 0) {
      this.#append(' '.repeat(1 + this.#tape.below(3)));
      this.#flow(value, indent + 1);
      this.#behind();
      return;
    }
    const deeper = indent + 1 + this.#tape.below(4);
    if (inList && !Array.isArray(value)) {
      this.#append(' '.repeat(deeper - indent - 1 || 1));
      this.block(value, Math.max(deeper, indent + 2), true);
      return;
    }
    this.#behind();
    // A list may begin at the column of its key.
    const at = Array.isArray(value) && !inList && this.#tape.below(3) === 0 ? indent : deeper;
    this.block(value, at, false);
  }

  #flow(value: JsonValue, indent: number): void {
    if (value === null || typeof value !== 'object') {
      this.#append(this.#scalar(value));
      return;
    }
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    this.#append(open!);
    for (const [at, [key, child]] of Object.entries(value).entries()) {
      if (at > 0) this.#append(',');
      this.#space(indent);
      if (!Array.isArray(value)) this.#append(`${this.#key(key)}: `);
      this.#flow(child, indent);
    }
    this.#space(indent);
    this.#append(close!);
  }

  /** White space between items in brackets, now and then with a line break and a comment. */
  #space(indent: number): void {
    const choice = this.#tape.below(8);
    if (choice === 0) this.#behind();
    if (choice <= 1) this.#lines.push(' '.repeat(indent + this.#tape.below(3)));
    else this.#append(' '.repeat(choice % 2));
  }

  #scalar(value: null | boolean | number | string): string {
    if (typeof value !== 'string') return String(value);
    const isPlain = /^[a-z/][A-Za-z0-9._/-]*$/.test(value) && !/^(true|false|null)$/.test(value);
    const choice = this.#tape.below(3);
    if (isPlain && choice === 0) return value;
    return choice === 1 ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
  }

  #key(key: string): string {
    return this.#tape.below(6) === 0 ? JSON.stringify(key) : key;
  }

  #between(indent: number): void {
    for (let left = this.#tape.below(6); left > 2; left--) this.#lines.push(' '.repeat(left - 3));
    if (this.#tape.below(4) === 0) {
      const column = this.#tape.below(2) === 0 ? indent : this.#tape.below(12);
      this.#lines.push(' '.repeat(column) + this.#comment());
    }
  }

  /** A comment at the end of the line, if the tape wants one. */
  #behind(): void {
    if (this.#tape.below(4) === 0)
      this.#append(' '.repeat(1 + this.#tape.below(5)) + this.#comment());
  }

  #comment(): string {
    const text = ['# why', '#', '# - a: [b', '# it\'s "so"', '## --- #'][this.#tape.below(5)]!;
    const comment = `${text}${text === '#' ? '' : ` ${this.comments.length}`}`;
    this.comments.push(comment);
    return comment;
  }

  #append(text: string): void {
    if (this.#lines.length === 0) this.#lines.push('');
    this.#lines[this.#lines.length - 1] += text;
  }
}
