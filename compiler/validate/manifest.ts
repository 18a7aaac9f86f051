/** The manifest as its author wrote it, once `schemas/manifest.schema.json` holds. */

export type ManifestAction = 'execute' | 'deny' | 'pass';
export type SignatureAlg = 'EdDSA' | 'ES256';

export interface ManifestMatch {
  readonly hosts: readonly string[];
  readonly schemes?: readonly ('http' | 'https')[];
  /** Integers 1 to 65535, or ranges `lo-hi` in plain decimal; the ends of a range are not checked yet. */
  readonly ports?: readonly (number | string)[];
  readonly methods?: readonly string[];
  readonly path_groups?: readonly string[];
}

export interface ManifestRule {
  readonly integration_id: string;
  readonly provider: string;
  readonly description?: string;
  readonly match: ManifestMatch;
  readonly action?: ManifestAction;
  readonly rewrite?: { readonly mode: 'execute'; readonly send_intended_url: true };
}

export interface ManifestSignature {
  readonly alg: SignatureAlg;
  readonly kid: string;
  /** Compact JWS. */
  readonly jws: string;
}

export interface Manifest {
  readonly manifest_version: 1;
  readonly description?: string;
  readonly serial?: number;
  /** A real time; see `parseTime`. */
  readonly issued_at: string;
  readonly expires_at: string;
  readonly broker_execute_url: string;
  readonly dpop_required?: boolean;
  readonly dpop_ath_required?: boolean;
  readonly default_action?: 'pass' | 'deny';
  readonly opaque_tls?: 'deny' | 'tunnel';
  readonly match_rules: readonly ManifestRule[];
  readonly signature?: ManifestSignature;
}
