/** Keys of one's own: making them, reading a private one, adding a public one to a key set. */

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { diagnostic, failure } from '../diagnostics/index.js';
import type { Diagnostic, Location, Result } from '../diagnostics/types.js';
import { readDocument } from '../read/index.js';
import type { SignatureAlg } from '../validate/index.js';
import { isCoordinate, type PublicJwk, readPublicJwk, thumbprint } from './jwk.js';
import { loadTrustedKeys } from './trusted.js';

/** A public key as it stands in a key set. */
export interface NamedPublicJwk extends PublicJwk {
  readonly alg: SignatureAlg;
  readonly use: 'sig';
  readonly kid: string;
}

export interface NamedPrivateJwk extends NamedPublicJwk {
  readonly d: string;
}

export interface KeyPair {
  readonly privateJwk: NamedPrivateJwk;
  readonly publicJwk: NamedPublicJwk;
}

/** Key ids that cannot hide anything from a reader: 1 to 256 characters, no controls and no format characters. */
const KID = /^\P{C}{1,256}$/u;

/**
 * A new key pair; `kid` defaults to the RFC 7638 thumbprint.
 * @throws RangeError where `kid` is empty, too long or holds hidden characters.
 */
export async function generateKey(alg: SignatureAlg, kid?: string): Promise<KeyPair> {
  if (kid !== undefined && !KID.test(kid))
    throw new RangeError('a kid has 1 to 256 visible characters');
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const key = readPublicJwk({ ...jwk });
  if ('code' in key || jwk.d === undefined)
    throw new Error('the new key is not of the kind asked for');
  const publicJwk = named(key.jwk, alg, kid);
  return { publicJwk, privateJwk: { ...publicJwk, d: jwk.d } };
}

function named(jwk: PublicJwk, alg: SignatureAlg, kid: string = thumbprint(jwk)): NamedPublicJwk {
  return { ...jwk, alg, use: 'sig', kid };
}

/** A private JWK, Ed25519 or P-256. Error `sign/key`, which never quotes the file. */
export function loadPrivateKey(input: Uint8Array | string, file: string): Result<KeyPair> {
  const read = readDocument(input, file);
  if (!read.ok) return unreadable(read.diagnostics, file);
  const jwk = read.value.value;
  const refuse = (message: string, hint?: string): Result<KeyPair> =>
    failure(diagnostic('sign/key', { message, at: startOf(file), hint }));
  if (Array.isArray(jwk['keys']))
    return refuse(
      'the file is a key set, not a private key',
      'Give the private key that `intercept keygen` wrote.',
    );
  const key = readPublicJwk(jwk);
  if ('code' in key) return refuse(`the signing key is refused: ${key.message}`);
  const { d, kid, use, key_ops: operations } = jwk;
  if (d === undefined)
    return refuse('the key is a public one', 'Give the private key that `intercept keygen` wrote.');
  if (!isCoordinate(d) || !belongsTogether(key.jwk, d))
    return refuse('the private key is broken, or belongs to another public key');
  if (kid !== undefined && (typeof kid !== 'string' || !KID.test(kid)))
    return refuse('the kid is not 1 to 256 visible characters');
  if (use !== undefined && use !== 'sig') return refuse('the key is not for signing (`use`)');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('sign')))
    return refuse('the key is not for signing (`key_ops`)');
  const publicJwk = named(key.jwk, key.alg, kid);
  return {
    ok: true,
    value: { publicJwk, privateJwk: { ...publicJwk, d } },
    diagnostics: read.diagnostics,
  };
}

/** The reader's messages quote the text, which may hold a private key in another format: only its codes are passed on. */
function unreadable(diagnostics: readonly Diagnostic[], file: string): Result<KeyPair> {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].join(', ');
  const message = `the key file is no JSON Web Key (${codes})`;
  return failure(diagnostic('sign/key', { message, at: startOf(file) }));
}

/** Where a key file begins: no place inside of it, so that no code frame ever prints a private key. */
function startOf(file: string): Location {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

/** Proved by a signature: Node takes an EC private part beside any point. */
function belongsTogether(jwk: PublicJwk, d: string): boolean {
  const probe = Buffer.from('probe');
  const digest = jwk.kty === 'EC' ? 'sha256' : null;
  try {
    const signature = sign(digest, probe, createPrivateKey({ key: { ...jwk, d }, format: 'jwk' }));
    return verify(digest, probe, createPublicKey({ key: { ...jwk }, format: 'jwk' }), signature);
  } catch {
    return false;
  }
}

/** A key set with one key more, as the bytes of a JSON file; the keys before it stay as they are. */
export function appendKey(
  input: Uint8Array | string,
  file: string,
  jwk: NamedPublicJwk,
): Result<Uint8Array> {
  const keys = loadTrustedKeys(input, file);
  if (!keys.ok) return keys;
  if (keys.value.has(jwk.kid)) {
    const message = `the set holds a key ${JSON.stringify(jwk.kid)} already`;
    return failure(
      diagnostic('jwks/duplicate-kid', {
        message,
        at: startOf(file),
      }),
    );
  }
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
  const set: { keys: unknown[] } = JSON.parse(text);
  const longer = { ...set, keys: [...set.keys, jwk] };
  return {
    ok: true,
    value: Buffer.from(`${JSON.stringify(longer, null, 2)}\n`),
    diagnostics: keys.diagnostics,
  };
}
