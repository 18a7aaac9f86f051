/**
 * The same canonical forms for the texts of a manifest, through a pinned parser, so that artefacts do not depend on the
 * Node version that compiled them.
 */

import { parseURL, serializeHost, serializePath } from 'whatwg-url';
import { canonicalAddress, parseDottedDecimal, parseSerializedIpv6 } from './address.js';
import { canonicalHostWith, hostOfSerialized, MAX_NAME_BYTES } from './host.js';
import { canonicalPath } from './path.js';
import { defaultPort } from './request.js';
import { accepted, quoted, refused } from './result.js';
import type { Address, Canonical, Host, Scheme } from './types.js';

/** Lower-case names whose canonical form is themselves: no `xn--`, not ending in a number, all limits kept. */
const PLAIN_LABEL = '(?!xn--)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const PLAIN_NAME = new RegExp(
  `^(?:${PLAIN_LABEL}\\.)*(?!xn--)[a-z](?:[a-z0-9_-]{0,61}[a-z0-9_])?$`,
);
/** Paths without escapes, dot segments and characters that a URL would escape. */
const PLAIN_PATH = /^(?!.*\/\.{1,2}(?:\/|$))\/[A-Za-z0-9\-._~!$&'()+,;=:@/|[\]]*$/;

/** Most names of a manifest: told to be canonical without a parser. */
export function isPlainName(text: string): boolean {
  return text.length <= MAX_NAME_BYTES && PLAIN_NAME.test(text);
}

/** Most paths of a manifest: told to be canonical without a parser. */
export function isPlainPath(text: string): boolean {
  return PLAIN_PATH.test(text);
}

function serializeWithPinnedParser(text: string): string | null {
  const parsed = parseURL(`http://${text}/`);
  return parsed === null || parsed.host === null ? null : serializeHost(parsed.host);
}

/**
 * A name or an address of a manifest. Errors: `host/empty`, `host/bad-character`, `host/bad-address`, `host/bad-name`,
 * `host/label-length`, `host/name-length`.
 */
export function patternHost(text: string): Canonical<Host> {
  if (isPlainName(text)) return accepted({ kind: 'name', name: text });
  const plain = parseDottedDecimal(text);
  if (plain !== null) return accepted({ kind: 'address', address: canonicalAddress(plain) });
  return canonicalHostWith(text, serializeWithPinnedParser);
}

/** An address in any spelling, without brackets, as it stands: neither unmapped nor folded. Null where it is none. */
export function patternAddress(text: string): Address | null {
  if (!/^[0-9a-fA-FxX.:]+$/.test(text)) return null;
  const plain = parseDottedDecimal(text);
  if (plain !== null) return plain;
  const serialized = serializeWithPinnedParser(text.includes(':') ? `[${text}]` : text);
  if (serialized === null) return null;
  if (serialized.startsWith('[')) return parseSerializedIpv6(serialized.slice(1, -1));
  return parseDottedDecimal(serialized);
}

/** Scheme, host and port of a URL of a manifest; null where it is no http or https URL. */
export function patternOrigin(
  text: string,
): { readonly scheme: Scheme; readonly host: Host; readonly port: number } | null {
  const parsed = parseURL(text);
  if (parsed === null || parsed.host === null) return null;
  const { scheme } = parsed;
  if (scheme !== 'http' && scheme !== 'https') return null;
  const host = hostOfSerialized(serializeHost(parsed.host));
  const port = parsed.port ?? defaultPort(scheme);
  return host.ok && port !== 0 ? { scheme, host: host.value, port } : null;
}

/** A path of a manifest: begins with `/`, without query, fragment and control characters. Error `request/bad-path`. */
export function patternPath(text: string): Canonical<string> {
  if (isPlainPath(text)) return accepted(text);
  const parsed = parseURL(`http://h${text}?`);
  if (parsed === null) return refused('request/bad-path', `${quoted(text)} is not a path`);
  return accepted(canonicalPath(serializePath(parsed)));
}
