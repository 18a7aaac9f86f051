/** Signing: the signature block is written into the file, and the result is proved before it is given back. */

import { CompactSign } from 'jose';
import { diagnostic, failure } from '../diagnostics/index.js';
import type { Result } from '../diagnostics/types.js';
import { type Document, readDocument } from '../read/index.js';
import {
  type ManifestSignature,
  parseTime,
  type SignatureAlg,
  validateUnsigned,
} from '../validate/index.js';
import { signedText } from './canonical.js';
import { checkManifest } from './check.js';
import { MANIFEST_TYP } from './jws.js';
import { type KeyPair, loadPrivateKey } from './keys.js';
import { placements } from './layout.js';
import type { TrustedKeys } from './trusted.js';

export interface SignedManifest {
  /** The whole file with its new signature. */
  readonly text: string;
  readonly kid: string;
  readonly alg: SignatureAlg;
}

/**
 * The manifest's text with a signature block, in the place of an old one where there is one; every other character
 * stays. Errors: those of reading and validating (`sign/not-valid` says so once more), `sign/key`, `sign/layout`.
 */
export async function signManifest(
  input: Uint8Array | string,
  file: string,
  keyInput: Uint8Array | string,
  keyFile: string,
): Promise<Result<SignedManifest>> {
  const read = readDocument(input, file);
  const key = loadPrivateKey(keyInput, keyFile);
  if (!read.ok || !key.ok) return failure(...read.diagnostics, ...key.diagnostics);
  const document = read.value;
  const valid = validateUnsigned(document);
  if (!valid.ok) {
    const message = 'the manifest is not valid, so it is not signed';
    return failure(
      ...valid.diagnostics,
      diagnostic('sign/not-valid', { message, at: document.locate([]) }),
    );
  }
  const signature = await signatureOf(signedText(document.value), key.value);
  const text = await provenPlacement(document, signature, key.value);
  if (text === undefined) {
    const message = 'the signature block cannot be put into this layout';
    const hint = 'Add a last line `signature: {}`, then sign again.';
    return failure(
      diagnostic('sign/layout', { message, at: document.locate(['signature']), hint }),
    );
  }
  const { kid, alg } = key.value.publicJwk;
  return {
    ok: true,
    value: { text, kid, alg },
    diagnostics: [...read.diagnostics, ...valid.diagnostics],
  };
}

async function signatureOf(
  text: string,
  { privateJwk, publicJwk }: KeyPair,
): Promise<ManifestSignature> {
  const { alg, kid } = publicJwk;
  const { kty, crv, x, y, d } = privateJwk;
  const jwk = y === undefined ? { kty, crv, x, d } : { kty, crv, x, y, d };
  const jws = await new CompactSign(Buffer.from(text, 'utf8'))
    .setProtectedHeader({ alg, kid, typ: MANIFEST_TYP })
    .sign({ ...jwk, alg });
  return { alg, kid, jws };
}

/** The first placement that reads back as the same manifest and verifies; undefined where none does. */
async function provenPlacement(
  document: Document,
  signature: ManifestSignature,
  { publicJwk }: KeyPair,
): Promise<string | undefined> {
  const { kid, alg, kty, crv, x, y } = publicJwk;
  const jwk = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
  const keys: TrustedKeys = new Map([[kid, { kid, alg, jwk }]]);
  const signed = signedText(document.value);
  for (const text of placements(document, signature)) {
    const again = readDocument(text, document.file);
    if (!again.ok || signedText(again.value.value) !== signed) continue;
    const at = new Date(parseTime(String(document.value['issued_at'])) ?? Number.NaN);
    const checked = await checkManifest(again.value, keys, { at });
    if (checked.ok) return text;
  }
  return undefined;
}
