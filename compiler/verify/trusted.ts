/** The keys that a manifest may be signed with: a JSON Web Key Set (RFC 7517), read strictly. */

import { diagnostic, failure } from '../diagnostics/index.js';
import type { Diagnostic, Result } from '../diagnostics/types.js';
import { type Document, readDocument } from '../read/index.js';
import type { SignatureAlg } from '../validate/index.js';
import { type PublicJwk, privateMembers, readPublicJwk } from './jwk.js';
import { isObject } from './strict.js';

export interface TrustedKey {
  readonly kid: string;
  readonly alg: SignatureAlg;
  readonly jwk: PublicJwk;
}

/** By `kid`. */
export type TrustedKeys = ReadonlyMap<string, TrustedKey>;

/**
 * A key set with at least one key. The whole set is refused where one key in it is: `jwks/unreadable`, `empty`,
 * `missing-kid`, `duplicate-kid`, `private-key`, `not-for-verify`, `unsupported-key`, `alg-mismatch`, `invalid-key`, and
 * `source/...` where the text is not even a document.
 */
export function loadTrustedKeys(input: Uint8Array | string, file: string): Result<TrustedKeys> {
  const read = readDocument(input, file);
  if (!read.ok) return read;
  const document = read.value;
  const list: unknown = document.value['keys'];
  if (!isJson(document.text) || !Array.isArray(list)) return failure(unreadable(document));
  if (list.length === 0) {
    const at = document.locate(['keys']);
    return failure(diagnostic('jwks/empty', { message: 'the key set holds no key', at }));
  }
  const keys = new Map<string, TrustedKey>();
  const diagnostics = list.flatMap((item: unknown, index) => addKey(keys, item, index, document));
  return diagnostics.length > 0
    ? { ok: false, diagnostics }
    : { ok: true, value: keys, diagnostics: read.diagnostics };
}

function unreadable(document: Document): Diagnostic {
  return diagnostic('jwks/unreadable', {
    message: 'the file is no JSON Web Key Set',
    at: document.locate([]),
    hint: hintFor(document),
  });
}

function hintFor({ value }: Document): string {
  if (!Object.hasOwn(value, 'kty')) return 'Expected {"keys": [...]} in JSON.';
  if (Object.hasOwn(value, 'd'))
    return 'It is a private key, to sign with. Give the public key set, such as keys.json.';
  return 'It is a single key; put it in {"keys": [...]}.';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function addKey(
  keys: Map<string, TrustedKey>,
  item: unknown,
  index: number,
  document: Document,
): Diagnostic[] {
  const report = (code: string, message: string, member?: string): Diagnostic => {
    const path = member === undefined ? ['keys', index] : ['keys', index, member];
    return diagnostic(code, { message: `key ${index}: ${message}`, at: document.locate(path) });
  };
  if (!isObject(item)) return [report('jwks/invalid-key', 'not an object')];
  const found: Diagnostic[] = [];
  const key = readPublicJwk(item);
  if ('code' in key) found.push(report(key.code, key.message));
  for (const member of privateMembers(item)) {
    if (item['kty'] !== 'oct')
      found.push(report('jwks/private-key', `the private member ${member}`, member));
  }
  found.push(
    ...usageProblems(item).map(([member, message]) =>
      report('jwks/not-for-verify', message, member),
    ),
  );
  const kid = item['kid'];
  if (typeof kid !== 'string' || kid === '')
    return [...found, report('jwks/missing-kid', 'no kid')];
  if (keys.has(kid))
    found.push(
      report(
        'jwks/duplicate-kid',
        `the kid ${JSON.stringify(kid)} stands in the set already`,
        'kid',
      ),
    );
  if (!('code' in key)) keys.set(kid, { kid, ...key });
  return found;
}

/** RFC 7517, sections 4.2 and 4.3: where `use` and `key_ops` are present, both must allow verifying. */
function usageProblems(
  jwk: Readonly<Record<string, unknown>>,
): [member: string, message: string][] {
  const { use, key_ops: operations } = jwk;
  const problems: [string, string][] = [];
  if (use !== undefined && use !== 'sig') problems.push(['use', 'use is not sig']);
  const allowed =
    operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
  if (!allowed) problems.push(['key_ops', 'key_ops does not hold verify']);
  return problems;
}
