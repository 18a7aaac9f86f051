/** Manifests for tests: the fixed head of test/conformance/decisions.yaml, and short ways to a policy. */

import type { Location } from '../../compiler/diagnostics/types.js';
import { lowerManifest, type ManifestInput } from '../../compiler/lower/index.js';
import type { Policy } from '../../compiler/policy/index.js';

export const POLICY_ID = `sha256:${'0'.repeat(64)}`;

export const HEAD = {
  issued_at: '2026-11-22T00:00:00Z',
  expires_at: '2026-12-22T00:00:00Z',
  broker_execute_url: 'https://broker.svc.example.net/v1/execute',
} as const;

/** Puts the JSON path where the file name stands, so that a test sees what was pointed at. */
export function locatePath(path: readonly (string | number)[]): Location {
  return { file: path.join('.'), line: 1, column: 1, endLine: 1, endColumn: 2 };
}

export type Match = Partial<ManifestInput['match_rules'][number]['match']>;
export type Action = 'execute' | 'deny' | 'pass';

export function ruleOf(match: Match, action: Action = 'execute', id = 'r') {
  return { integration_id: id, provider: 'p', match: { hosts: ['h.example'], ...match }, action };
}

export function policyOf(manifest: Partial<ManifestInput>): Policy {
  const lowered = lowerManifest({ ...HEAD, match_rules: [], ...manifest }, locatePath, POLICY_ID);
  if (!lowered.ok) throw new Error(lowered.diagnostics.map((d) => d.message).join('; '));
  return lowered.value;
}

/** The refusals of a manifest, `code at path` each. */
export function refusalsOf(manifest: Partial<ManifestInput>): string[] {
  const lowered = lowerManifest({ ...HEAD, match_rules: [], ...manifest }, locatePath, POLICY_ID);
  if (lowered.ok) return [];
  return lowered.diagnostics.map((d) => `${d.code} at ${d.file ?? ''}`);
}
