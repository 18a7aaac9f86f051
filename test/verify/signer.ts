/** A signer that signs whatever it is told to, by node:crypto alone: the tests' attacker and their independent broker. */

import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { loadTrustedKeys, type TrustedKeys } from '../../compiler/verify/index.js';

export interface Signer {
  readonly kid: string;
  readonly alg: 'EdDSA' | 'ES256';
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly privateJwk: Readonly<Record<string, unknown>>;
  readonly key: KeyObject;
}

export function makeSigner(alg: 'EdDSA' | 'ES256', kid: string): Signer {
  const pair =
    alg === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const privateJwk = { ...pair.privateKey.export({ format: 'jwk' }), alg, kid };
  const { d: _d, ...publicJwk } = privateJwk as Record<string, unknown>;
  return {
    kid,
    alg,
    publicJwk,
    privateJwk,
    key: createPrivateKey({ key: privateJwk, format: 'jwk' }),
  };
}

export const base64url = (value: string | Uint8Array): string =>
  Buffer.from(value).toString('base64url');

/** A compact JWS; `header` is an object, or the header's very text. */
export function signJws(
  signer: Signer,
  header: object | string,
  payload: string | Uint8Array,
): string {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const input = `${base64url(text)}.${base64url(payload)}`;
  const signature =
    signer.alg === 'EdDSA'
      ? sign(null, Buffer.from(input), signer.key)
      : sign('sha256', Buffer.from(input), { key: signer.key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${base64url(signature)}`;
}

export function hmacJws(secret: string, header: object, payload: string): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export function trust(...jwks: readonly object[]): TrustedKeys {
  const result = loadTrustedKeys(JSON.stringify({ keys: jwks }), 'keys.json');
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}

export const codesOf = (result: {
  readonly diagnostics: readonly { readonly code: string; readonly severity: string }[];
}): string[] => result.diagnostics.filter((one) => one.severity === 'error').map((one) => one.code);
