/** What lowering reads of a validated manifest; the names are the manifest's own. */

export interface ManifestRule {
  readonly integration_id: string;
  readonly provider: string;
  readonly match: {
    readonly hosts: readonly string[];
    readonly schemes?: readonly ('http' | 'https')[];
    readonly ports?: readonly (number | string)[];
    readonly methods?: readonly string[];
    readonly path_groups?: readonly string[];
  };
  readonly action?: 'execute' | 'deny' | 'pass';
}

export interface ManifestHead {
  readonly serial?: number;
  readonly issued_at: string;
  readonly expires_at: string;
  readonly broker_execute_url: string;
  readonly dpop_required?: boolean;
  readonly dpop_ath_required?: boolean;
  readonly default_action?: 'pass' | 'deny';
  readonly opaque_tls?: 'deny' | 'tunnel';
}

export interface ManifestInput extends ManifestHead {
  readonly match_rules: readonly ManifestRule[];
}
