/** The sidecar of a manifest: how its findings are weighed, and which are accepted. */

import type { Location, Severity } from '../diagnostics/index.js';

export interface Waiver {
  readonly code: string;
  /** An `integration_id`; undefined for findings that are of no rule. */
  readonly rule: string | undefined;
  readonly reason: string;
  /** As written: `YYYY-MM-DD`, the last day (UTC) that the waiver holds. */
  readonly expires: string;
  /** In milliseconds since the Unix epoch: the end of that day. */
  readonly endsAt: number;
  readonly at: Location;
}

export interface Settings {
  readonly file: string;
  readonly severities: ReadonlyMap<string, Severity | 'off'>;
  readonly waivers: readonly Waiver[];
}
