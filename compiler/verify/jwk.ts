/** The two kinds of key that are accepted (RFC 7517, RFC 8037), judged member by member. */

import { createHash, createPublicKey } from 'node:crypto';
import type { SignatureAlg } from '../validate/index.js';
import { canonicalJson } from './canonical.js';
import { decodeBase64url } from './strict.js';

/** The public members of a key, and nothing else. */
export interface PublicJwk {
  readonly kty: 'OKP' | 'EC';
  readonly crv: 'Ed25519' | 'P-256';
  readonly x: string;
  readonly y?: string;
}

export interface KeyProblem {
  readonly code: string;
  readonly message: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Bytes of a coordinate and of a private key, on both curves. */
const COORDINATE_BYTES = 32;
/** RFC 7518, section 6: members that only a private or a symmetric key has. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** The algorithm of a key by its kind; undefined where the kind is not supported. */
export function algOf(jwk: Members): SignatureAlg | undefined {
  if (jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519') return 'EdDSA';
  if (jwk['kty'] === 'EC' && jwk['crv'] === 'P-256') return 'ES256';
  return undefined;
}

export function privateMembers(jwk: Members): string[] {
  return PRIVATE_MEMBERS.filter((member) => Object.hasOwn(jwk, member));
}

/** What is wrong with kind, algorithm or coordinates of a key; the public members where nothing is. */
export function readPublicJwk(
  jwk: Members,
): { readonly alg: SignatureAlg; readonly jwk: PublicJwk } | KeyProblem {
  const alg = algOf(jwk);
  if (alg === undefined) {
    const message = `a key of kind ${show(jwk['kty'])}, curve ${show(jwk['crv'])}`;
    return { code: 'jwks/unsupported-key', message };
  }
  if (jwk['alg'] !== undefined && jwk['alg'] !== alg) {
    const message = `the key says alg ${show(jwk['alg'])}, but its kind is for ${alg}`;
    return { code: 'jwks/alg-mismatch', message };
  }
  const names = alg === 'EdDSA' ? ['x'] : ['x', 'y'];
  for (const name of names) {
    if (!isCoordinate(jwk[name])) {
      return {
        code: 'jwks/invalid-key',
        message: `${name} is not ${COORDINATE_BYTES} bytes in base64url`,
      };
    }
  }
  const members = publicMembers(alg, jwk);
  return onCurve(members)
    ? { alg, jwk: members }
    : { code: 'jwks/invalid-key', message: 'the key is no point of its curve' };
}

/** RFC 7638: the digest of the required members, in lexicographic order. */
export function thumbprint(jwk: PublicJwk): string {
  return createHash('sha256').update(canonicalJson(jwk)).digest('base64url');
}

/** Whether a text is 32 bytes in strict base64url. */
export function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && decodeBase64url(value)?.length === COORDINATE_BYTES;
}

function publicMembers(alg: SignatureAlg, jwk: Members): PublicJwk {
  const x = String(jwk['x']);
  if (alg === 'EdDSA') return { kty: 'OKP', crv: 'Ed25519', x };
  return { kty: 'EC', crv: 'P-256', x, y: String(jwk['y']) };
}

function onCurve(jwk: PublicJwk): boolean {
  try {
    createPublicKey({ key: { ...jwk }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

function show(value: unknown): string {
  return value === undefined ? 'unset' : (JSON.stringify(value) ?? 'unset');
}
