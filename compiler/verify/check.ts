/** Document and trusted keys to verified manifest (design section 4). */

import { diagnostic, failure, hasErrors } from '../diagnostics/index.js';
import type { Diagnostic, Result } from '../diagnostics/types.js';
import type { Document } from '../read/types.js';
import {
  type Manifest,
  type ManifestSignature,
  parseTime,
  type SignatureAlg,
  validateManifest,
} from '../validate/index.js';
import { canonicalJson, policyIdOfText, signedText } from './canonical.js';
import { type CheckedJws, checkJws } from './jws.js';
import { isObject, parseJson } from './strict.js';
import type { TrustedKeys } from './trusted.js';

/** Clock skew allowed on `issued_at`, and there only. */
const SKEW_MS = 60_000;

export interface CheckOptions {
  /** The time that validity is judged at; default now. */
  readonly at?: Date | undefined;
  /** The manifest must have a serial, and no lower one. */
  readonly minSerial?: number | undefined;
  /** The highest serial seen of this policy source, and the policy that had it. */
  readonly previous?: { readonly serial: number; readonly policyId: string } | undefined;
  /** The manifest must stay valid for this many milliseconds. */
  readonly validForMs?: number | undefined;
}

declare const verified: unique symbol;

/** A manifest whose signature holds. Made by `checkManifest` only. */
export interface VerifiedManifest {
  readonly [verified]: true;
  /** The very value that was verified. */
  readonly manifest: Manifest;
  readonly policyId: string;
  readonly kid: string;
  readonly alg: SignatureAlg;
}

/**
 * Checks schema, signature, validity and serial of a document. Refusals have `sign/` codes (or those of validation).
 * @throws RangeError (a bug) where an option is no number or no time, since a comparison with it would always pass.
 */
export async function checkManifest(
  document: Document,
  keys: TrustedKeys,
  options: CheckOptions = {},
): Promise<Result<VerifiedManifest>> {
  const now = timeOf(options);
  const valid = validateManifest(document);
  if (!valid.ok) return valid;
  const manifest = valid.value;
  const { signature } = manifest;
  if (signature === undefined || signature.jws === '') {
    const message = 'the manifest has no signature';
    return failure(diagnostic('sign/missing', { message, at: document.locate([]) }));
  }
  const text = signedText(manifest);
  const jws = await checkJws(signature.jws, keys, document.locate(['signature', 'jws']));
  const found = [...jws.diagnostics];
  if (!jws.ok) return { ok: false, diagnostics: found };
  found.push(
    ...checkNames(document, signature, jws.value),
    ...checkPayload(document, jws.value, text),
  );
  if (hasErrors(found)) return { ok: false, diagnostics: found };
  const policyId = policyIdOfText(text);
  found.push(
    ...checkValidity(document, manifest, now, options.validForMs),
    ...checkSerial(document, manifest, policyId, options),
  );
  if (hasErrors(found)) return { ok: false, diagnostics: found };
  const { kid, alg } = jws.value;
  // The one place where the brand is given.
  return {
    ok: true,
    value: { manifest, policyId, kid, alg } as VerifiedManifest,
    diagnostics: found,
  };
}

function timeOf({ at, minSerial, validForMs, previous }: CheckOptions): number {
  const now = (at ?? new Date()).getTime();
  for (const number of [now, minSerial ?? 0, validForMs ?? 0, previous?.serial ?? 0]) {
    if (!Number.isFinite(number)) throw new RangeError('an option of checkManifest is no number');
  }
  return now;
}

function checkNames(
  document: Document,
  signature: ManifestSignature,
  jws: CheckedJws,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (signature.alg !== jws.alg) {
    const message = `the signature block says ${signature.alg}, the header ${jws.alg}`;
    found.push(
      diagnostic('sign/alg-mismatch', { message, at: document.locate(['signature', 'alg']) }),
    );
  }
  if (signature.kid !== jws.kid) {
    const message = `the signature block says ${JSON.stringify(signature.kid)}, the header ${JSON.stringify(jws.kid)}`;
    found.push(
      diagnostic('sign/kid-mismatch', { message, at: document.locate(['signature', 'kid']) }),
    );
  }
  return found;
}

/** The payload's canonical form equals that of the manifest; most signers sign that very form. */
function checkPayload(document: Document, jws: CheckedJws, text: string): Diagnostic[] {
  if (Buffer.from(text, 'utf8').equals(jws.payload)) return [];
  const at = document.locate(['signature', 'jws']);
  const payload = parseJson(jws.payload)?.value;
  if (!isObject(payload)) {
    const message = 'the payload is no JSON object, holds a key twice, or is nested too deeply';
    return [diagnostic('sign/payload', { message, at })];
  }
  if (canonicalJson(payload) === text) return [];
  const message = 'the signature is over another manifest than the one it stands in';
  return [
    diagnostic('sign/payload-mismatch', {
      message,
      at,
      hint: changedKeys(payload, document.value),
    }),
  ];
}

function changedKeys(
  payload: Readonly<Record<string, unknown>>,
  manifest: Readonly<Record<string, unknown>>,
): string | undefined {
  const names = new Set([...Object.keys(payload), ...Object.keys(manifest)]);
  names.delete('signature');
  const text = (value: unknown): string => (value === undefined ? '' : canonicalJson(value));
  const changed = [...names].filter((name) => text(payload[name]) !== text(manifest[name]));
  return changed.length === 0
    ? undefined
    : `They differ in: ${changed
        .slice(0, 10)
        .map((name) => JSON.stringify(name))
        .join(', ')}.`;
}

function checkValidity(
  document: Document,
  manifest: Manifest,
  now: number,
  validForMs: number | undefined,
): Diagnostic[] {
  const issued = instant(manifest.issued_at);
  const expires = instant(manifest.expires_at);
  const at = document.locate(['expires_at']);
  const time = new Date(now).toISOString();
  if (now < issued - SKEW_MS) {
    const message = `issued_at ${manifest.issued_at} is after ${time}`;
    return [diagnostic('sign/not-yet-valid', { message, at: document.locate(['issued_at']) })];
  }
  if (now >= expires) {
    return [
      diagnostic('sign/expired', {
        message: `expired at ${manifest.expires_at}; it is ${time}`,
        at,
      }),
    ];
  }
  if (validForMs !== undefined && expires - now < validForMs) {
    const hours = Math.floor((expires - now) / 3_600_000);
    const message = `expires at ${manifest.expires_at}, in ${hours} hours; asked for are ${Math.ceil(validForMs / 3_600_000)}`;
    return [diagnostic('sign/expires-within', { message, at })];
  }
  return [];
}

function instant(text: string): number {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`not validated: ${text}`);
  return time;
}

function checkSerial(
  document: Document,
  { serial }: Manifest,
  policyId: string,
  { minSerial, previous }: CheckOptions,
): Diagnostic[] {
  const least = Math.max(minSerial ?? -1, previous?.serial ?? -1);
  if (least < 0) return [];
  if (serial === undefined) {
    const message = `the manifest has no serial; at least ${least} is asked for`;
    return [diagnostic('sign/serial-missing', { message, at: document.locate([]) })];
  }
  const at = document.locate(['serial']);
  if (serial < least) {
    return [diagnostic('sign/rollback', { message: `serial ${serial} is below ${least}`, at })];
  }
  if (previous !== undefined && serial === previous.serial && policyId !== previous.policyId) {
    const message = `serial ${serial} was seen with another policy, ${previous.policyId}`;
    return [diagnostic('sign/same-serial-other-policy', { message, at })];
  }
  return [];
}
