/** RFC 8785 canonical JSON, and the policy id that is made of it. */

import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';

// The package is CommonJS and its function is `module.exports` itself; its types describe an ES module.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/**
 * The canonical JSON of a JSON value.
 * @throws TypeError (a bug) where the value is no JSON value.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** The canonical JSON of a manifest without `signature`: what is signed, and what the policy id is made of. */
export function signedText(manifest: object): string {
  const rest: Record<string, unknown> = Object.assign(Object.create(null), manifest);
  delete rest['signature'];
  return canonicalJson(rest);
}

/** `sha256:` and 64 hex digits over the canonical JSON of the manifest without `signature`. */
export function policyIdOf(manifest: object): string {
  return policyIdOfText(signedText(manifest));
}

/** The same of a text that `signedText` made. */
export function policyIdOfText(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}
