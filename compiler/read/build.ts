/** YAML nodes to plain values and their places. */

import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import { diagnostic } from '../diagnostics/index.js';
import type { SourceText } from '../diagnostics/source-text.js';
import type { Diagnostic } from '../diagnostics/types.js';
import { type Span, SpanTable } from './spans.js';
import type { JsonObject, JsonValue } from './types.js';

/** Greatest length of one value, in UTF-16 units. */
export const MAX_SCALAR = 1024 * 1024;
/** The one value that may be longer: the signature holds the whole manifest once more. */
const LONG_KEY = 'jws';
const PLAIN_INTEGER = /^(?:0|-?[1-9][0-9]*)$/;
const SURROGATE = /\p{Cs}/u;
const MAX_ERRORS = 1000;

export interface Built {
  readonly value: JsonValue;
  readonly spans: SpanTable;
  readonly diagnostics: readonly Diagnostic[];
}

/** Nesting is bounded by the parser, so recursion is safe here. */
export function buildValue(root: ParsedNode, source: SourceText): Built {
  const builder = new Builder(source);
  const value = builder.node(root, undefined, undefined);
  builder.spans.seal();
  return { value, spans: builder.spans, diagnostics: builder.diagnostics };
}

class Builder {
  readonly spans = new SpanTable();
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: SourceText;

  constructor(source: SourceText) {
    this.#source = source;
  }

  /** `key` and `keySpan` belong to the pair that holds the node. */
  node(node: ParsedNode | null, key: string | undefined, keySpan: Span | undefined): JsonValue {
    const own = this.spans.open(
      key,
      keySpan,
      node === null ? (keySpan ?? { start: 0, end: 0 }) : spanOf(node),
    );
    const value = this.#value(node, key);
    this.spans.close(own);
    return value;
  }

  #value(node: ParsedNode | null, key: string | undefined): JsonValue {
    if (isMap(node)) return this.#map(node as YAMLMap.Parsed);
    if (isSeq(node))
      return node.items.map((item) => this.node(item as ParsedNode, undefined, undefined));
    // An alias was refused on the token stream already.
    if (node === null || isAlias(node)) return null;
    return this.#scalar(node, key);
  }

  #map(map: YAMLMap.Parsed): JsonObject {
    const value: JsonObject = Object.create(null);
    const seen = new Map<string, Span>();
    for (const { key, value: child } of map.items) {
      const span = spanOf(key);
      const name = this.#key(key, span);
      const first = seen.get(name);
      if (first === undefined) seen.set(name, span);
      else this.#duplicate(name, span, first);
      value[name] = this.node(child, name, span);
    }
    return value;
  }

  #key(key: ParsedNode, span: Span): string {
    if (!isScalar(key) || typeof key.value !== 'string') {
      const text = this.#excerpt(span);
      this.#report(
        'source/key-type',
        span,
        text === '' ? 'a key is missing' : `the key ${text} is not a string`,
      );
      return text;
    }
    if (key.value === '<<') this.#report('source/merge-key', span, 'the merge key <<');
    this.#string(key.value, span);
    if (key.value.length > MAX_SCALAR) this.#tooLong(span);
    return key.value;
  }

  #duplicate(name: string, span: Span, first: Span): void {
    const { line, column } = this.#source.location(first.start);
    const text = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
    this.#report(
      'source/duplicate-key',
      span,
      `the key ${text} stands here twice`,
      `It stands first at line ${line}, column ${column}.`,
    );
  }

  #scalar(node: Scalar.Parsed, key: string | undefined): JsonValue {
    const span = spanOf(node);
    const value: unknown = node.value;
    if (typeof value === 'string') {
      this.#string(value, span);
      if (value.length > MAX_SCALAR && key !== LONG_KEY) this.#tooLong(span);
      return value;
    }
    if (typeof value === 'number') return this.#number(value, span);
    return typeof value === 'boolean' ? value : null;
  }

  #number(value: number, span: Span): number {
    const text = this.#source.text.slice(span.start, span.end);
    if (!PLAIN_INTEGER.test(text)) {
      this.#report(
        'source/number',
        span,
        `the number ${this.#excerpt(span)} is not in plain decimal`,
        suggestion(value),
      );
    } else if (!Number.isSafeInteger(value)) {
      this.#report(
        'source/number',
        span,
        `the number ${this.#excerpt(span)} is too large to be exact`,
      );
    }
    return value;
  }

  #string(value: string, span: Span): void {
    if (SURROGATE.test(value))
      this.#report('source/lone-surrogate', span, 'the text holds a lone surrogate');
  }

  #tooLong(span: Span): void {
    this.#report(
      'source/too-long-scalar',
      { start: span.start, end: span.start },
      `a value of ${span.end - span.start} characters`,
    );
  }

  #excerpt({ start, end }: Span): string {
    const text = this.#source.text.slice(start, Math.min(end, start + 40));
    return end > start + 40 ? `${text}…` : text;
  }

  #report(code: string, span: Span, message: string, hint?: string): void {
    if (this.diagnostics.length >= MAX_ERRORS) return;
    this.diagnostics.push(
      diagnostic(code, { message, at: this.#source.location(span.start, span.end), hint }),
    );
  }
}

function suggestion(value: number): string | undefined {
  return Number.isSafeInteger(value)
    ? `Write ${value === 0 ? 0 : value}, or put it in quotes if text is meant.`
    : undefined;
}

function spanOf(node: ParsedNode): Span {
  return { start: node.range[0], end: node.range[1] };
}
