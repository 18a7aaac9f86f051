/**
 * The same canonical forms for the texts of a manifest, through a pinned parser, so that artefacts do not depend on the
 * Node version that compiled them.
 */

import { parseURL, serializeHost, serializePath } from 'whatwg-url';
import { canonicalHostWith } from './host.js';
import { canonicalPath } from './path.js';
import { accepted, quoted, refused } from './result.js';
import type { Canonical, Host } from './types.js';

/** Lower-case names whose canonical form is themselves: no `xn--`, not ending in a number, all limits kept. */
const PLAIN_LABEL = '(?!xn--)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const PLAIN_NAME = new RegExp(
  `^(?:${PLAIN_LABEL}\\.)*(?!xn--)[a-z](?:[a-z0-9_-]{0,61}[a-z0-9_])?$`,
);
/** Paths without escapes, dot segments and characters that a URL would escape. */
const PLAIN_PATH = /^(?!.*\/\.{1,2}(?:\/|$))\/[A-Za-z0-9\-._~!$&'()*+,;=:@/|[\]]*$/;

function serializeWithPinnedParser(text: string): string | null {
  const parsed = parseURL(`http://${text}/`);
  return parsed === null || parsed.host === null ? null : serializeHost(parsed.host);
}

/** A name or an address of a manifest. Error `request/bad-host`. */
export function patternHost(text: string): Canonical<Host> {
  if (text.length <= 253 && PLAIN_NAME.test(text)) return accepted({ kind: 'name', name: text });
  return canonicalHostWith(text, serializeWithPinnedParser);
}

/** A path of a manifest: begins with `/`, without query, fragment and control characters. Error `request/bad-path`. */
export function patternPath(text: string): Canonical<string> {
  if (PLAIN_PATH.test(text)) return accepted(text);
  const parsed = parseURL(`http://h${text}?`);
  if (parsed === null) return refused('request/bad-path', `${quoted(text)} is not a path`);
  return accepted(canonicalPath(serializePath(parsed)));
}
