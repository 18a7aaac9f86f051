/**
 * The canonical layout of a manifest. Two columns a level, lists indented under their key, brackets on one line as long
 * as they are narrow, at most one blank line, LF; values and the order of keys stay. Every comment stays.
 */

import { diagnostic, failure, type Result } from '../diagnostics/index.js';
import { type Document, readDocument } from '../read/index.js';
import { commentsOf } from './comments.js';
import { entriesOf } from './entries.js';
import { isJson, jsonText } from './json.js';
import { linesOf } from './lines.js';

export { MAX_WIDTH } from './entries.js';

export interface FormatOptions {
  /** Leaves the signature out. Default no. */
  readonly dropSignature?: boolean;
}

export function isSigned(document: Document): boolean {
  return Object.hasOwn(document.value, 'signature');
}

/**
 * The document's text in canonical layout. Nothing is believed of it: it is read again, and must hold the same values,
 * the same comments, and be its own canonical layout. Code `fmt/unsafe` where it does not.
 */
export function formatDocument(document: Document, options: FormatOptions = {}): Result<string> {
  const without = new Set(options.dropSignature === true ? ['signature'] : []);
  const text = layOut(document, without);
  const again = readDocument(text, document.file);
  if (!again.ok || !isSame(document, again.value, without)) return unsafe(document);
  if (layOut(again.value, new Set()) !== text) return unsafe(document);
  return { ok: true, value: text, diagnostics: [] };
}

function layOut(document: Document, without: ReadonlySet<string>): string {
  if (isJson(document.text)) return jsonText(document, without);
  const comments = commentsOf(document);
  return linesOf(document.text, entriesOf(document, comments, without), comments);
}

function isSame(before: Document, after: Document, without: ReadonlySet<string>): boolean {
  const kept = Object.entries(before.value).filter(([key]) => !without.has(key));
  const texts = (document: Document): readonly string[] =>
    commentsOf(document).map(({ text }) => text);
  return (
    JSON.stringify(kept) === JSON.stringify(Object.entries(after.value)) &&
    JSON.stringify(texts(before)) === JSON.stringify(texts(after))
  );
}

function unsafe(document: Document): Result<never> {
  return failure(
    diagnostic('fmt/unsafe', {
      message: 'this layout cannot be changed without a risk to what it says',
      at: document.locate([]),
      hint: 'Write long texts and comments in a plainer way; the file was left as it is.',
    }),
  );
}
