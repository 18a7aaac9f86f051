/** Manifests for tests. */

import { type Document, readDocument } from '../../compiler/read/index.js';

export const HEAD = {
  manifest_version: 1,
  issued_at: '2026-11-22T00:00:00Z',
  expires_at: '2026-12-22T00:00:00Z',
  broker_execute_url: 'https://broker.example.com/v1/execute',
};

export const RULE = {
  integration_id: 'openai',
  provider: 'openai',
  match: { hosts: ['api.openai.com'] },
  rewrite: { mode: 'execute', send_intended_url: true },
};

/** A manifest with the fixed head, one rule, and changes to either; a key that is undefined is left out. */
export function manifestWith(head: object = {}, rule: object = {}): Record<string, unknown> {
  return { ...HEAD, match_rules: [{ ...RULE, ...rule }], ...head };
}

export function documentOf(value: object | string): Document {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const result = readDocument(text, 'policy.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}
