/** Strict readings of what a JWS is made of. */

import { MAX_DEPTH } from '../read/index.js';

/**
 * Base64url (RFC 4648, section 5) without padding, foreign characters or stray bits in the last character, so that one
 * byte string has one spelling; undefined where the text is anything else.
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const tail = text.length % 4;
  if (tail === 0) return bytes;
  return bytes.subarray(-(tail - 1)).toString('base64url') === text.slice(-tail)
    ? bytes
    : undefined;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The value of a JSON text in UTF-8; undefined where it is none, where an object in it has a key twice, or where it is
 * nested deeper than any document may be.
 */
export function parseJson(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const text = UTF8.decode(bytes);
    const value: unknown = JSON.parse(text);
    return isStrict(text) ? { value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No key twice, no deep nesting. `text` is known to be JSON, so strings and brackets are all that must be told apart. */
function isStrict(text: string): boolean {
  /** Keys of each open object; null for an open array. */
  const open: (Set<string> | null)[] = [];
  let keyNext = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keyNext && keys) {
        const key: string = JSON.parse(text.slice(at, end));
        if (keys.has(key)) return false;
        keys.add(key);
      }
      keyNext = false;
      at = end - 1;
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > MAX_DEPTH) return false;
      keyNext = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',') {
      keyNext = open.at(-1) !== null;
    }
  }
  return true;
}

/** Offset behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
