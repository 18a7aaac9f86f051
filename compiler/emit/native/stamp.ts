/** Macros by which a runtime tells what policy a generated native header carries. */

import { IMAGE_ABI, type PolicyImage } from '../../image/types.js';
import { cString, cUnsigned, cUnsigned64 } from '../literal/c.js';
import type { Printed, TemplateValue } from '../template.js';

type View = { readonly [name: string]: TemplateValue };

/** `name` is one of ours, never a text of the manifest. */
export function macro(name: string, value: Printed): View {
  return { name: name as Printed, value };
}

/** Policy identity; `BI_POLICY_SERIAL` counts only where `BI_POLICY_HAS_SERIAL` is 1. */
export function stampMacros(image: PolicyImage): readonly View[] {
  const { meta } = image;
  return [
    macro('BI_POLICY_ABI', cUnsigned(IMAGE_ABI)),
    macro('BI_POLICY_ID', cString(meta.policyId)),
    macro('BI_POLICY_DIGEST', cString(image.digest)),
    macro('BI_POLICY_SIGNED', cUnsigned(image.signed ? 1 : 0)),
    macro('BI_POLICY_ISSUED_AT_MS', cUnsigned64(meta.issuedAt)),
    macro('BI_POLICY_EXPIRES_AT_MS', cUnsigned64(meta.expiresAt)),
    macro('BI_POLICY_HAS_SERIAL', cUnsigned(meta.serial === null ? 0 : 1)),
    macro('BI_POLICY_SERIAL', cUnsigned64(meta.serial ?? 0)),
  ];
}

/** 32 bytes of a `sha256:<hex>` text. */
export function sha256Bytes(text: string): Uint8Array {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(text)?.[1];
  if (hex === undefined) throw new Error(`not a sha256 digest: ${text}`);
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
