/** Where each value of a document stands: one compact table, made once, searched by path. */

/** Offsets of a text: `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const WORDS = 6;
const KEY = 0;
const KEY_START = 1;
const KEY_END = 2;
const START = 3;
const END = 4;
const NEXT = 5;
const NO_KEY = 0xffffffff;
/** Collections with more children get an index at the first search, so that 100,000 rules are found one by one. */
const INDEXED_FROM = 16;

type Children = ReadonlyMap<number, number> | Uint32Array;

/**
 * Nodes in document order, six words each: key, key range, value range, and the number of the node behind the subtree.
 * Words instead of objects: a large manifest has millions of values.
 */
export class SpanTable {
  #words = new Uint32Array(1024 * WORDS);
  #count = 0;
  readonly #keys = new Map<string, number>();
  readonly #children = new Map<number, Children>();

  /** Opens a node; its children are those opened before it is closed. `key` is undefined in a sequence. */
  open(key: string | undefined, keySpan: Span | undefined, span: Span): number {
    const node = this.#count++;
    if (this.#count * WORDS > this.#words.length) this.#grow();
    const at = node * WORDS;
    this.#words[at + KEY] = key === undefined ? NO_KEY : this.#intern(key);
    this.#words[at + KEY_START] = keySpan?.start ?? span.start;
    this.#words[at + KEY_END] = keySpan?.end ?? span.end;
    this.#words[at + START] = span.start;
    this.#words[at + END] = span.end;
    return node;
  }

  close(node: number): void {
    this.#words[node * WORDS + NEXT] = this.#count;
  }

  /** Gives up what was reserved for growth. */
  seal(): void {
    this.#words = this.#words.slice(0, this.#count * WORDS);
  }

  /** The node at the path, or as far along it as there is one. The root is node 0. */
  find(path: readonly (string | number)[]): { readonly node: number; readonly exact: boolean } {
    let node = 0;
    for (const step of path) {
      const child = this.#child(node, step);
      if (child === undefined) return { node, exact: false };
      node = child;
    }
    return { node, exact: true };
  }

  /** The key's range (of a sequence item: the item's own), or the value's. */
  span(node: number, part: 'key' | 'value'): Span {
    const at = node * WORDS;
    const [start, end] = part === 'key' ? [KEY_START, KEY_END] : [START, END];
    return { start: this.#words[at + start]!, end: this.#words[at + end]! };
  }

  #child(node: number, step: string | number): number | undefined {
    const key = typeof step === 'string' ? this.#keys.get(step) : step;
    if (key === undefined) return undefined;
    const known = this.#children.get(node);
    if (known !== undefined) return lookUp(known, step, key);
    const end = this.#words[node * WORDS + NEXT]!;
    let seen = 0;
    for (let child = node + 1; child < end; child = this.#words[child * WORDS + NEXT]!) {
      const own = this.#words[child * WORDS + KEY]!;
      if (typeof step === 'string' ? own === key : own === NO_KEY && seen === key) return child;
      if (++seen === INDEXED_FROM) return lookUp(this.#index(node, end), step, key);
    }
    return undefined;
  }

  #index(node: number, end: number): Children {
    const items: number[] = [];
    const byKey = new Map<number, number>();
    for (let child = node + 1; child < end; child = this.#words[child * WORDS + NEXT]!) {
      const key = this.#words[child * WORDS + KEY]!;
      if (key === NO_KEY) items.push(child);
      else if (!byKey.has(key)) byKey.set(key, child);
    }
    const children = items.length > 0 ? Uint32Array.from(items) : byKey;
    this.#children.set(node, children);
    return children;
  }

  #intern(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    this.#keys.set(key, this.#keys.size);
    return this.#keys.size - 1;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#words.length * 2);
    larger.set(this.#words);
    this.#words = larger;
  }
}

function lookUp(children: Children, step: string | number, key: number): number | undefined {
  if (children instanceof Uint32Array) return typeof step === 'number' ? children[key] : undefined;
  return typeof step === 'string' ? children.get(key) : undefined;
}
