/** Where the signature goes in a file, so that every byte outside of it stays. */

import type { Document, JsonValue, Span } from '../read/index.js';
import type { ManifestSignature } from '../validate/index.js';

/** A part of the text, and what takes its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const FIELDS = ['alg', 'kid', 'jws'] as const;
/** Key ids that mean the same without quotes in YAML. */
const PLAIN = /^(?!(?:true|false|null)$)[A-Za-z][A-Za-z0-9._-]*$/i;

/**
 * Texts of the document with the signature in it, the least change first. The caller proves which of them reads back as
 * it should: layouts are endless, so none is trusted.
 */
export function* placements(document: Document, signature: ManifestSignature): Generator<string> {
  const flow = document.text[document.span([])!.start] === '{';
  if (document.span(['signature']) !== undefined) {
    yield* replacements(document, signature, flow);
  } else if (flow) {
    yield apply(document.text, [insideBraces(document, signature)]);
  } else {
    yield apply(document.text, [atEnd(document, signature)]);
    yield apply(document.text, [atStart(document, signature)]);
  }
}

function* replacements(
  document: Document,
  signature: ManifestSignature,
  flow: boolean,
): Generator<string> {
  const { text } = document;
  const fields = fieldEdits(document, signature);
  if (fields !== undefined) yield apply(text, fields);
  const { start, end } = valueRange(document);
  const block = flow ? quotedBlock(signature, ' ') : plainBlock(signature);
  yield apply(text, [{ start, end, text: block }]);
  // A value that is not there may stand right behind a colon, or right before a comment.
  yield apply(text, [{ start, end, text: ` ${block}` }]);
  yield apply(text, [{ start, end, text: `${block} ` }]);
}

/** A signature with exactly its three keys keeps its layout: only the three values change. */
function fieldEdits(document: Document, signature: ManifestSignature): Edit[] | undefined {
  const old: JsonValue | undefined = document.value['signature'];
  if (old === undefined || old === null || typeof old !== 'object' || Array.isArray(old))
    return undefined;
  if (Object.keys(old).sort().join() !== [...FIELDS].sort().join()) return undefined;
  return FIELDS.map((field) => {
    const { start, end } = trimmed(document, document.span(['signature', field])!);
    const quoted =
      document.text[start] === '"' || !PLAIN.test(field === 'jws' ? 'x' : signature[field]);
    return { start, end, text: quoted ? JSON.stringify(signature[field]) : signature[field] };
  });
}

/** The old value up to its last scalar; a comment behind it stays. */
function valueRange(document: Document): Span {
  const { start, end } = document.span(['signature'])!;
  const isFlow = /^[[{]/.test(document.text.slice(start, start + 1));
  if (isFlow) return { start, end };
  const last = lastScalarEnd(document, ['signature'], document.value['signature'] ?? null);
  return trimmed(document, { start, end: last });
}

/** A block scalar's range takes in the line break behind it, which must stay. */
function trimmed(document: Document, { start, end }: Span): Span {
  return { start, end: start + document.text.slice(start, end).trimEnd().length };
}

function lastScalarEnd(
  document: Document,
  path: readonly (string | number)[],
  value: JsonValue,
): number {
  const own = document.span(path)!.end;
  if (value === null || typeof value !== 'object') return own;
  const steps: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const ends = steps.map((step) => {
    const child = Array.isArray(value) ? value[Number(step)] : value[step];
    return lastScalarEnd(document, [...path, step], child ?? null);
  });
  return ends.length === 0 ? own : Math.max(...ends);
}

/** Behind the last pair of `{...}`, spaced as that pair is. */
function insideBraces(document: Document, signature: ManifestSignature): Edit {
  const keys = Object.keys(document.value).map((key) => ({
    key: document.span([key], 'key')!,
    value: document.span([key])!,
  }));
  const last = keys.reduce((a, b) => (b.value.end > a.value.end ? b : a));
  const space = /\s*$/.exec(document.text.slice(0, last.key.start))![0];
  const colon = document.text.slice(last.key.end, last.value.start).endsWith(' ') ? ' ' : '';
  const text = `,${space}"signature":${colon}${quotedBlock(signature, colon)}`;
  return { start: last.value.end, end: last.value.end, text };
}

/** A last line of its own, in front of an end marker. */
function atEnd(document: Document, signature: ManifestSignature): Edit {
  const { text } = document;
  const marker = /^\.\.\.(?=\s|$)/m.exec(text);
  const at = marker === null ? text.length : marker.index;
  const lineBreak = lineBreakOf(text);
  const before = at === 0 || text[at - 1] === '\n' ? '' : lineBreak;
  return {
    start: at,
    end: at,
    text: `${before}${indentOf(document)}signature: ${plainBlock(signature)}${lineBreak}`,
  };
}

/** In front of the first key: for texts whose last value would take in what follows. */
function atStart(document: Document, signature: ManifestSignature): Edit {
  const at = document.span([])!.start;
  const text = `signature: ${plainBlock(signature)}${lineBreakOf(document.text)}${indentOf(document)}`;
  return { start: at, end: at, text };
}

function indentOf(document: Document): string {
  return ' '.repeat(document.locate([]).column - 1);
}

function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function plainBlock({ alg, kid, jws }: ManifestSignature): string {
  return `{alg: ${alg}, kid: ${PLAIN.test(kid) ? kid : JSON.stringify(kid)}, jws: ${jws}}`;
}

function quotedBlock(signature: ManifestSignature, space: string): string {
  const pairs = FIELDS.map((field) => `"${field}":${space}${JSON.stringify(signature[field])}`);
  return `{${pairs.join(`,${space}`)}}`;
}

/** `edits` do not overlap. */
function apply(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (done, { start, end, text: put }) => done.slice(0, start) + put + done.slice(end),
      text,
    );
}
