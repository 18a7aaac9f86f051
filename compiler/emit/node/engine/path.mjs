import { RequestError } from './error.mjs';

/** What a character is in a canonical path: 0 no part of one, 1 plain, 2 slash, 3 semicolon, 4 percent. */
const PATH_CLASS = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,:=@[]|") {
  PATH_CLASS[character.charCodeAt(0)] = 1;
}
PATH_CLASS[0x2f] = 2;
PATH_CLASS[0x3b] = 3;
PATH_CLASS[0x25] = 4;

/** Characters of a canonical path. */
export const MAX_PATH = 65_536;

export const PATH_PLAIN = 0;
export const PATH_AMBIGUOUS = 1;
export const PATH_NOT_CANONICAL = 2;

/**
 * @param {number} code
 * @returns {number} value of an upper-case hex digit, or -1
 */
function hexDigit(code) {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : -1;
}

/** @param {number} byte */
function isUnreserved(byte) {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x7e
  );
}

/** Escapes, semicolons, and what stands in no canonical path: the slow way. */
const NOT_PLAIN = PATH_CLASS.map((kind) => (kind === 1 || kind === 2 ? 0 : 1));

/** The path that `readPath` read last, four characters a word, the first in the low byte; zeros behind its end. */
export let pathWords = new Int32Array(256);

/**
 * Reads a path into `pathWords`, and classifies it on the way.
 * @param {string} path
 * @returns {number} PATH_PLAIN, PATH_AMBIGUOUS or PATH_NOT_CANONICAL
 */
export function readPath(path) {
  const length = path.length;
  if (length === 0) return PATH_NOT_CANONICAL;
  if (length > pathWords.length * 4) pathWords = new Int32Array((length + 3) >> 2);
  const words = pathWords;
  const whole = length & ~3;
  let special = 0;
  let adjacent = 0;
  let carry = 0;
  let word = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = path.charCodeAt(i);
    const b = path.charCodeAt(i + 1);
    const c = path.charCodeAt(i + 2);
    const d = path.charCodeAt(i + 3);
    special |= NOT_PLAIN[a & 127] | NOT_PLAIN[b & 127] | NOT_PLAIN[c & 127] | NOT_PLAIN[d & 127];
    special |= (a | b | c | d) & ~127;
    word = a | (b << 8) | (c << 16) | (d << 24);
    words[i >> 2] = word;
    // One bit a slash, moved to the character behind it; a dot and a slash differ in their lowest bit.
    const slashes = ~((word ^ 0x2f2f2f2f) + 0x7f7f7f7f) & 0x80808080;
    adjacent |= ((slashes << 8) | carry) & ~(((word | 0x01010101) ^ 0x2f2f2f2f) + 0x7f7f7f7f);
    carry = slashes >>> 24;
  }
  if (whole < length) {
    word = 0;
    for (let i = whole; i < length; i++) {
      const code = path.charCodeAt(i);
      special |= NOT_PLAIN[code & 127] | (code & ~127);
      word |= code << ((i & 3) << 3);
    }
    words[whole >> 2] = word;
    const slashes = ~((word ^ 0x2f2f2f2f) + 0x7f7f7f7f) & 0x80808080;
    adjacent |= ((slashes << 8) | carry) & ~(((word | 0x01010101) ^ 0x2f2f2f2f) + 0x7f7f7f7f);
  }
  if ((special | (adjacent & 0x80808080)) === 0 && (words[0] & 0xff) === 0x2f) return PATH_PLAIN;
  return classifyPath(path);
}

/**
 * One pass over a path: is it canonical, and can it be read in more than one way?
 * @param {string} path
 * @returns {number} PATH_PLAIN, PATH_AMBIGUOUS or PATH_NOT_CANONICAL
 */
function classifyPath(path) {
  const length = path.length;
  if (length === 0 || path.charCodeAt(0) !== 0x2f) return PATH_NOT_CANONICAL;
  let ambiguous = PATH_PLAIN;
  for (let i = 0; i < length; i++) {
    const code = path.charCodeAt(i);
    const kind = code < 128 ? PATH_CLASS[code] : 0;
    if (kind === 1) continue;
    if (kind === 2) {
      const next = i + 1 < length ? path.charCodeAt(i + 1) : 0;
      if (next === 0x2e && isDotSegment(path, i + 1)) return PATH_NOT_CANONICAL;
      if (next === 0x2f) ambiguous = PATH_AMBIGUOUS;
    } else if (kind === 3) {
      ambiguous = PATH_AMBIGUOUS;
    } else {
      if (kind === 0 || i + 2 >= length) return PATH_NOT_CANONICAL;
      const high = hexDigit(path.charCodeAt(i + 1));
      const low = hexDigit(path.charCodeAt(i + 2));
      if (high < 0 || low < 0) return PATH_NOT_CANONICAL;
      const byte = (high << 4) | low;
      if (isUnreserved(byte)) return PATH_NOT_CANONICAL;
      if (byte === 0x2f || byte === 0x5c) ambiguous = PATH_AMBIGUOUS;
      i += 2;
    }
  }
  return ambiguous;
}

/**
 * @param {string} path
 * @param {number} at of a dot behind a slash
 */
function isDotSegment(path, at) {
  let end = at + 1;
  if (end < path.length && path.charCodeAt(end) === 0x2e) end++;
  return end === path.length || path.charCodeAt(end) === 0x2f;
}

/**
 * Canonical form of the pathname of a parsed URL: escapes of unreserved characters decoded, others in upper case, no dot segments.
 * @param {string} pathname
 */
export function canonicalPathname(pathname) {
  const decoded = pathname.replace(/%([0-9A-Fa-f]{2})?|\^/g, (whole, digits) => {
    if (whole === '^') return '%5E';
    if (digits === undefined) return '%25';
    const byte = Number.parseInt(digits, 16);
    return isUnreserved(byte) ? String.fromCharCode(byte) : `%${digits.toUpperCase()}`;
  });
  // Some URL parsers leave a dot segment behind a segment that begins with a dot (`/x/.a/../y`).
  return removeDotSegments(decoded);
}

/**
 * Canonical form of a request's path in any spelling; a query or fragment is dropped.
 * @param {string} path
 */
export function canonicalPath(path) {
  if (typeof path !== 'string' || !path.startsWith('/') || /[\u0000-\u001f]/.test(path)) {
    throw new RequestError(
      'request/bad-path',
      'a path begins with "/" and holds no control characters',
    );
  }
  // A fragment keeps the parser from trimming a space at the end.
  return canonicalPathname(new URL(`http://h${path}#`).pathname);
}

/**
 * Everything that servers may take this path for (the four steps, in any order and number), the path itself first.
 * @param {string} path
 * @returns {string[]}
 */
export function readings(path) {
  const found = [path];
  const seen = new Set(found);
  for (let i = 0; i < found.length; i++) {
    const at = found[i];
    for (const step of [
      at.replace(/%2F|%5C/g, '/'),
      at.replace(/;[^/]*/g, ''),
      at.replace(/\/{2,}/g, '/'),
      removeDotSegments(at),
    ]) {
      if (!seen.has(step)) {
        seen.add(step);
        found.push(step);
      }
    }
  }
  return found;
}

/**
 * RFC 3986, 5.2.4, for a path that begins with a slash.
 * @param {string} path
 */
function removeDotSegments(path) {
  /** @type {string[]} */
  const output = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '..') output.pop();
    if (segment !== '.' && segment !== '..') output.push(segment);
    else if (last) output.push('');
  });
  return `/${output.join('/')}`;
}
