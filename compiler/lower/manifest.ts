/** What lowering reads of a validated manifest; the names are the manifest's own. */

import type { Manifest, ManifestRule as ValidRule } from '../validate/manifest.js';

export type ManifestRule = Pick<ValidRule, 'integration_id' | 'provider' | 'match' | 'action'>;

export type ManifestHead = Pick<
  Manifest,
  | 'serial'
  | 'issued_at'
  | 'expires_at'
  | 'broker_execute_url'
  | 'dpop_required'
  | 'dpop_ath_required'
  | 'default_action'
  | 'opaque_tls'
>;

export interface ManifestInput extends ManifestHead {
  readonly match_rules: readonly ManifestRule[];
}
