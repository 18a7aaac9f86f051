/** Bytes to text: strict UTF-8, and no character that hides text from a reader. */

import { diagnostic, failure, resultOf, SourceText } from '../diagnostics/index.js';
import type { Diagnostic, Result } from '../diagnostics/types.js';

/** Greatest size of a file, in bytes. */
export const MAX_BYTES = 64 * 1024 * 1024;
/** Places reported of one kind; a binary file would otherwise yield millions. */
const MAX_REPORTED = 20;

const UTF8 = {
  strict: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  loose: new TextDecoder('utf-8', { ignoreBOM: true }),
};
const BYTE_ORDER_MARK = /\ufeff/g;
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/g;
const LONE_CR = /\r(?!\n)/g;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const SURROGATE = /\p{Cs}/gu;

/** The text of a file. Errors: `source/too-large`, `invalid-utf8`, `bom`, `control-character`, `lone-cr`, `lone-surrogate`. */
export function readText(input: Uint8Array | string, file: string): Result<SourceText> {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  if (size > MAX_BYTES) {
    const message = `the file has ${size} bytes, more than ${MAX_BYTES}`;
    return failure(diagnostic('source/too-large', { message, at: startOf(file) }));
  }
  if (typeof input === 'string') return checkText(new SourceText(file, input));
  const text = decode(input);
  if (text === undefined) return failure(invalidUtf8(input, file));
  return checkText(new SourceText(file, text));
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.strict.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function checkText(source: SourceText): Result<SourceText> {
  const diagnostics = [
    ...findAll(
      source,
      BYTE_ORDER_MARK,
      'source/bom',
      () => 'the text holds a byte order mark (U+FEFF)',
    ),
    ...findAll(
      source,
      CONTROL,
      'source/control-character',
      (found) => `control character ${codePoint(found)}`,
    ),
    ...findAll(source, LONE_CR, 'source/lone-cr', () => 'a carriage return without a line feed'),
    ...findAll(
      source,
      SURROGATE,
      'source/lone-surrogate',
      (found) => `lone surrogate ${codePoint(found)}`,
    ),
    ...findAll(
      source,
      BIDI,
      'source/bidi-control',
      (found) => `bidirectional control character ${codePoint(found)}`,
    ),
  ];
  return resultOf(source, diagnostics);
}

function findAll(
  source: SourceText,
  pattern: RegExp,
  code: string,
  message: (found: string) => string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const match of source.text.matchAll(pattern)) {
    const at = source.location(match.index, match.index + match[0].length);
    found.push(diagnostic(code, { message: message(match[0]), at }));
    if (found.length === MAX_REPORTED) break;
  }
  return found;
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

function startOf(file: string) {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

function invalidUtf8(bytes: Uint8Array, file: string): Diagnostic {
  const valid = validPrefix(bytes);
  const before = new SourceText(file, UTF8.loose.decode(bytes.subarray(0, valid)));
  const byte = bytes[valid]?.toString(16).toUpperCase().padStart(2, '0');
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return diagnostic('source/invalid-utf8', {
    message: `byte 0x${byte} at offset ${valid} is not UTF-8`,
    at: before.location(before.text.length),
    ...(utf16 ? { hint: 'The file looks like UTF-16; save it as UTF-8.' } : {}),
  });
}

/** Bytes in front of the first malformed sequence. */
function validPrefix(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** Length of the well-formed sequence at `at` (Unicode, table 3-7); 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + length; next++) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
