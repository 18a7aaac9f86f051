/** Canonical requests from a URL or from parts. The running Node's own parser counts: its result is what would be dialled. */

import { asRequestHost, canonicalHost, hostOfSerialized } from './host.js';
import { canonicalPath } from './path.js';
import { accepted, quoted, refused } from './result.js';
import type { Canonical, CanonicalRequest, Scheme } from './types.js';

const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['http', 'http'],
  ['https', 'https'],
  ['ws', 'http'],
  ['wss', 'https'],
]);

/** Characters of a canonical path; no server takes more, and what cannot be judged soon is refused. */
export const MAX_PATH = 65_536;

const METHOD = /^[A-Za-z0-9_-]+$/;

export function defaultPort(scheme: Scheme): number {
  return scheme === 'https' ? 443 : 80;
}

/** Letters, digits, `-`, `_`; upper-cased. Error `request/bad-method`. */
export function canonicalMethod(method: string): Canonical<string> {
  if (METHOD.test(method)) return accepted(method.toUpperCase());
  return refused(
    'request/bad-method',
    `${quoted(method)} is not a method: letters, digits, "-" and "_" only`,
  );
}

/** `ws` and `wss` count as `http` and `https`. Error `request/bad-scheme`. */
export function canonicalScheme(scheme: string): Canonical<Scheme> {
  const known = SCHEMES.get(scheme.toLowerCase());
  if (known !== undefined) return accepted(known);
  return refused('request/bad-scheme', `${quoted(scheme)} is not http, https, ws or wss`);
}

/** Error `request/bad-port`. */
export function canonicalPort(port: number): Canonical<number> {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return accepted(port);
  return refused('request/bad-port', `${port} is not a port from 1 to 65535`);
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/**
 * Errors: `request/bad-url`, `request/bad-scheme`, `request/bad-host`, `request/bad-port`, `request/bad-method`.
 */
export function canonicalUrl(url: string, method = 'GET'): Canonical<CanonicalRequest> {
  const parsed = parse(url);
  if (parsed === null) return refused('request/bad-url', `${quoted(url)} is not a URL`);
  const scheme = canonicalScheme(parsed.protocol.slice(0, -1));
  if (!scheme.ok) return scheme;
  const host = asRequestHost(hostOfSerialized(parsed.hostname));
  if (!host.ok) return host;
  const port = canonicalPort(parsed.port === '' ? defaultPort(scheme.value) : Number(parsed.port));
  if (!port.ok) return port;
  const verb = canonicalMethod(method);
  if (!verb.ok) return verb;
  const path = boundedPath(canonicalPath(parsed.pathname));
  if (!path.ok) return path;
  return accepted({
    scheme: scheme.value,
    host: host.value,
    port: port.value,
    method: verb.value,
    path: path.value,
  });
}

/**
 * A path in any spelling: begins with `/`, holds no C0 control; a query and a fragment are dropped.
 * Error `request/bad-path`.
 */
export function canonicalPathText(path: string): Canonical<string> {
  if (!path.startsWith('/')) {
    return refused('request/bad-path', `path ${quoted(path)} does not begin with "/"`);
  }
  if (/[\u0000-\u001f]/.test(path)) {
    return refused('request/bad-path', `path ${quoted(path)} holds a control character`);
  }
  const end = path.search(/[?#]/);
  // The "?" keeps the parser from trimming spaces off the end of the path.
  const parsed = parse(`http://h${end < 0 ? path : path.slice(0, end)}?`);
  if (parsed === null) return refused('request/bad-path', `${quoted(path)} is not a path`);
  return boundedPath(canonicalPath(parsed.pathname));
}

function boundedPath(path: string): Canonical<string> {
  if (path.length <= MAX_PATH) return accepted(path);
  return refused('request/bad-path', `the path has more than ${MAX_PATH} characters`);
}

/**
 * Parts in any spelling; `host` is a bare name or address.
 * Errors: those of `canonicalUrl` but `request/bad-url`, and `request/bad-path`.
 */
export function canonicalParts(
  scheme: string,
  host: string,
  port: number,
  method: string,
  path: string,
): Canonical<CanonicalRequest> {
  const parts = {
    scheme: canonicalScheme(scheme),
    host: canonicalHost(host),
    port: canonicalPort(port),
    method: canonicalMethod(method),
    path: canonicalPathText(path),
  };
  if (!parts.scheme.ok) return parts.scheme;
  if (!parts.host.ok) return parts.host;
  if (!parts.port.ok) return parts.port;
  if (!parts.method.ok) return parts.method;
  if (!parts.path.ok) return parts.path;
  return accepted({
    scheme: parts.scheme.value,
    host: parts.host.value,
    port: parts.port.value,
    method: parts.method.value,
    path: parts.path.value,
  });
}
