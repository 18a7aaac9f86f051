/** A compact JWS (RFC 7515), checked strictly before any library sees it. */

import { compactVerify, errors } from 'jose';
import { diagnostic } from '../diagnostics/index.js';
import type { Diagnostic, Location, Result } from '../diagnostics/types.js';
import type { SignatureAlg } from '../validate/index.js';
import { decodeBase64url, isObject, parseJson } from './strict.js';
import type { TrustedKey, TrustedKeys } from './trusted.js';

export const MANIFEST_TYP = 'application/broker-manifest+jws';

export interface CheckedJws {
  readonly kid: string;
  readonly alg: SignatureAlg;
  readonly payload: Uint8Array;
}

type Header = Readonly<Record<string, unknown>>;
type Report = (code: string, message: string) => Diagnostic;

/** Parameters by which a signature brings its own key, or says where to get it. */
const KEY_PARAMETERS = ['jwk', 'jku', 'x5c', 'x5u'];
const KNOWN_PARAMETERS = new Set(['alg', 'kid', 'typ', 'crit', 'b64', ...KEY_PARAMETERS]);

/**
 * The payload of a JWS whose signature holds under a trusted key. Every refusal has its own `sign/` code; `at` is where
 * they are reported.
 */
export async function checkJws(
  jws: string,
  keys: TrustedKeys,
  at?: Location,
): Promise<Result<CheckedJws>> {
  const report: Report = (code, message) => diagnostic(code, { message, at });
  const segments = jws.split('.');
  if (segments.length !== 3) {
    return {
      ok: false,
      diagnostics: [report('sign/segments', `${segments.length} segments instead of 3`)],
    };
  }
  const header = readHeader(segments[0]!, report);
  if (!header.ok) return header;
  const found = [...checkHeader(header.value, report), ...checkSegments(segments, report)];
  const key = keyOf(header.value, keys, report);
  if (key.ok && key.value.alg !== header.value['alg']) {
    found.push(
      report(
        'sign/alg-mismatch',
        `the header says ${show(header.value['alg'])}, the key is for ${key.value.alg}`,
      ),
    );
  }
  if (!key.ok) found.push(...key.diagnostics);
  if (!key.ok || found.some((one) => one.severity === 'error'))
    return { ok: false, diagnostics: found };
  const payload = await verifySignature(jws, key.value);
  if (payload === undefined) {
    const message = `the signature does not hold under the key ${show(key.value.kid)}`;
    return { ok: false, diagnostics: [...found, report('sign/bad-signature', message)] };
  }
  return {
    ok: true,
    value: { kid: key.value.kid, alg: key.value.alg, payload },
    diagnostics: found,
  };
}

function readHeader(segment: string, report: Report): Result<Header> {
  const refuse = (code: string, message: string): Result<never> => ({
    ok: false,
    diagnostics: [report(code, message)],
  });
  if (segment === '') return refuse('sign/segments', 'the header is empty');
  const bytes = decodeBase64url(segment);
  if (bytes === undefined) return refuse('sign/base64', 'the header is not strict base64url');
  const header = parseJson(bytes)?.value;
  if (!isObject(header))
    return refuse(
      'sign/header',
      'the header is no JSON object, holds a key twice, or is nested too deeply',
    );
  return { ok: true, value: header, diagnostics: [] };
}

function checkHeader(header: Header, report: Report): Diagnostic[] {
  const has = (name: string): boolean => Object.hasOwn(header, name);
  const found = checkAlg(header['alg'], report);
  if (has('crit')) found.push(report('sign/crit', 'the header has critical extensions'));
  if (has('b64')) found.push(report('sign/b64', 'the header holds b64'));
  for (const name of KEY_PARAMETERS) {
    if (has(name))
      found.push(report('sign/embedded-key', `the header brings a key of its own (${name})`));
  }
  if (!has('typ')) {
    found.push(report('sign/typ-missing', `the header has no typ; expected ${MANIFEST_TYP}`));
  } else if (header['typ'] !== MANIFEST_TYP) {
    found.push(report('sign/typ', `typ is ${show(header['typ'])} instead of ${MANIFEST_TYP}`));
  }
  for (const name of Object.keys(header)) {
    if (!KNOWN_PARAMETERS.has(name))
      found.push(report('sign/unknown-header', `the header parameter ${show(name)} is ignored`));
  }
  return found;
}

function checkAlg(alg: unknown, report: Report): Diagnostic[] {
  if (alg === 'EdDSA' || alg === 'ES256') return [];
  if (typeof alg === 'string' && alg.toLowerCase() === 'none') {
    return [report('sign/alg-none', `the algorithm is ${show(alg)}`)];
  }
  return [report('sign/alg-forbidden', `the algorithm ${show(alg)} is not allowed`)];
}

function checkSegments([, payload, signature]: readonly string[], report: Report): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [name, segment] of Object.entries({ payload, signature })) {
    if (segment === undefined || segment === '')
      found.push(report('sign/segments', `the ${name} is empty`));
    else if (decodeBase64url(segment) === undefined)
      found.push(report('sign/base64', `the ${name} is not strict base64url`));
  }
  return found;
}

function keyOf(header: Header, keys: TrustedKeys, report: Report): Result<TrustedKey> {
  const { kid } = header;
  if (typeof kid !== 'string' || kid === '') {
    return { ok: false, diagnostics: [report('sign/kid-missing', 'the header has no kid')] };
  }
  const key = keys.get(kid);
  if (key === undefined) {
    const message = `no trusted key has the kid ${show(kid)} (trusted: ${[...keys.keys()].slice(0, 5).map(show).join(', ')})`;
    return { ok: false, diagnostics: [report('sign/unknown-kid', message)] };
  }
  return { ok: true, value: key, diagnostics: [] };
}

/** The payload where the signature holds; undefined where it does not. No look at the header but for `alg`. */
export async function verifySignature(
  jws: string,
  key: TrustedKey,
): Promise<Uint8Array | undefined> {
  try {
    const { payload } = await compactVerify(
      jws,
      { ...key.jwk, alg: key.alg },
      { algorithms: [key.alg] },
    );
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'unset';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
