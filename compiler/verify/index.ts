/** Signatures: making keys, signing, and checking what was signed (design section 4). */

export type { SignatureAlg } from '../validate/index.js';
export { canonicalJson, policyIdOf } from './canonical.js';
export { type CheckOptions, checkManifest, type VerifiedManifest } from './check.js';
export { type PublicJwk, thumbprint } from './jwk.js';
export { type CheckedJws, checkJws, MANIFEST_TYP } from './jws.js';
export {
  appendKey,
  generateKey,
  type KeyPair,
  loadPrivateKey,
  type NamedPrivateJwk,
  type NamedPublicJwk,
} from './keys.js';
export { type SignedManifest, signManifest } from './sign.js';
export { loadTrustedKeys, type TrustedKey, type TrustedKeys } from './trusted.js';
