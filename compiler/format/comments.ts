/** The comments of a document: what stands behind a `#` outside of every scalar. */

import type { Document, JsonValue, Span } from '../read/index.js';

export interface Comment extends Span {
  /** From the `#` on, without white space at its end. */
  readonly text: string;
  /** Nothing but white space stands in front of it on its line. */
  readonly alone: boolean;
}

export type Path = readonly (string | number)[];

/** In the order of the text. A comment in the head of a block scalar counts as part of the scalar. */
export function commentsOf(document: Document): readonly Comment[] {
  const { text } = document;
  const comments: Comment[] = [];
  let from = 0;
  for (const scalar of scalarSpans(document, [], document.value)) {
    collect(text, from, scalar.start, comments);
    from = Math.max(from, scalar.end);
  }
  collect(text, from, text.length, comments);
  return comments;
}

/** Keys and values that are no collections, in the order of the text. */
function* scalarSpans(document: Document, path: Path, value: JsonValue): Generator<Span> {
  if (value === null || typeof value !== 'object') {
    yield document.span(path)!;
    return;
  }
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* scalarSpans(document, [...path, at], item);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    yield document.span([...path, key], 'key')!;
    yield* scalarSpans(document, [...path, key], child);
  }
}

/** Between scalars stand white space, indicators and comments, so that every `#` begins a comment. */
function collect(text: string, from: number, to: number, comments: Comment[]): void {
  let at = text.indexOf('#', from);
  while (at !== -1 && at < to) {
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const lineStart = text.lastIndexOf('\n', at - 1) + 1;
    const alone = text.slice(lineStart, at).trim() === '';
    const comment = text.slice(at, end).trimEnd();
    comments.push({ start: at, end: at + comment.length, text: comment, alone });
    at = text.indexOf('#', end);
  }
}
