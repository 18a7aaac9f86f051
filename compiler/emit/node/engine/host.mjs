import { RequestError } from './error.mjs';

/** What a character is in a host name: 0 something for the slow way, 1 plain, 2 digit, 3 dot. */
export const HOST_CLASS = new Uint8Array(128);
for (const character of 'abcdefghijklmnopqrstuvwxyz-_') HOST_CLASS[character.charCodeAt(0)] = 1;
for (const character of '0123456789') HOST_CLASS[character.charCodeAt(0)] = 2;
HOST_CLASS[0x2e] = 3;

/** The address that `parseIpv6` found: four words, most significant first. */
export const ipv6Words = new Uint32Array(4);

/**
 * Dotted decimal without leading zeros.
 * @param {string} text
 * @param {number} [from] where to begin
 * @param {number} [to] where to end
 * @returns {number} the address, or -1
 */
export function parseIpv4(text, from = 0, to = text.length) {
  let address = 0;
  let octets = 0;
  let at = from;
  while (octets < 4) {
    let value = 0;
    const start = at;
    while (at < to) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    const digits = at - start;
    if (digits === 0 || digits > 3 || value > 255) return -1;
    if (digits > 1 && text.charCodeAt(start) === 0x30) return -1;
    address = address * 256 + value;
    octets++;
    if (octets < 4 && (at >= to || text.charCodeAt(at++) !== 0x2e)) return -1;
  }
  return at === to ? address : -1;
}

/** @param {number} code */
function anyHexDigit(code) {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/**
 * Any spelling of an IPv6 address (RFC 4291, 2.2), with or without brackets; no zone. The result is in `ipv6Words`.
 * @param {string} text
 * @returns {boolean}
 */
export function parseIpv6(text) {
  let at = 0;
  let end = text.length;
  if (end > 1 && text.charCodeAt(0) === 0x5b) {
    if (text.charCodeAt(end - 1) !== 0x5d) return false;
    at = 1;
    end--;
  }
  ipv6Words.fill(0);
  let groups = 0;
  let gap = -1;
  if (text.charCodeAt(at) === 0x3a) {
    if (at + 1 >= end || text.charCodeAt(at + 1) !== 0x3a) return false;
    gap = 0;
    at += 2;
  }
  while (at < end) {
    if (groups === 8) return false;
    let value = 0;
    const start = at;
    while (at < end && at - start < 4) {
      const digit = anyHexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      value = value * 16 + digit;
      at++;
    }
    if (at < end && text.charCodeAt(at) === 0x2e) {
      const tail = parseIpv4(text, start, end);
      if (tail < 0 || groups > 6) return false;
      setGroup(groups++, tail >>> 16);
      setGroup(groups++, tail & 0xffff);
      at = end;
      break;
    }
    if (at === start) return false;
    setGroup(groups++, value);
    if (at === end) break;
    if (text.charCodeAt(at) !== 0x3a) return false;
    at++;
    if (at < end && text.charCodeAt(at) === 0x3a) {
      if (gap >= 0) return false;
      gap = groups;
      at++;
    } else if (at === end) {
      return false;
    }
  }
  if (gap < 0) return groups === 8;
  if (groups > 7) return false;
  openGap(gap, groups);
  return true;
}

/** @param {number} group @param {number} value */
function setGroup(group, value) {
  const word = group >> 1;
  ipv6Words[word] = group & 1 ? ipv6Words[word] | value : value << 16;
}

/** @param {number} group */
function groupAt(group) {
  const word = ipv6Words[group >> 1];
  return group & 1 ? word & 0xffff : word >>> 16;
}

/**
 * Moves what stands behind `::` to the end.
 * @param {number} gap
 * @param {number} groups
 */
function openGap(gap, groups) {
  const shift = 8 - groups;
  for (let group = 7; group >= gap; group--) {
    const value = group - shift >= gap ? groupAt(group - shift) : 0;
    const word = group >> 1;
    ipv6Words[word] =
      group & 1
        ? (ipv6Words[word] & 0xffff0000) | value
        : (ipv6Words[word] & 0xffff) | (value << 16);
  }
}

/**
 * Canonical form of a bare host in any spelling but that of an IPv6 address: a name, or an address in dotted decimal.
 * @param {string} host
 */
export function canonicalHost(host) {
  if (typeof host !== 'string' || host === '' || /[\u0000-\u0020\u007f@:/?#%\\[\]]/.test(host))
    throw badHost(host);
  let parsed;
  try {
    parsed = new URL(`http://${host}/`).hostname;
  } catch {
    throw badHost(host);
  }
  return withoutTrailingDot(parsed);
}

/**
 * @param {string} hostname of a parsed URL
 */
export function withoutTrailingDot(hostname) {
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  if (
    name.length > 253 ||
    !name.split('.').every((label) => label.length > 0 && label.length < 64)
  ) {
    throw badHost(hostname);
  }
  return name;
}

/** @param {unknown} host */
export function badHost(host) {
  return new RequestError(
    'request/bad-host',
    `not a host name or address: ${JSON.stringify(String(host)).slice(0, 300)}`,
  );
}
