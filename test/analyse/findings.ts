/** Helpers: from the text of a manifest to its findings, as a person sees them. */

import { analysePolicy } from '../../compiler/analyse/index.js';
import { type Diagnostic, renderText, SourceText } from '../../compiler/diagnostics/index.js';
import type { Target } from '../../compiler/emit/backend.js';
import { lowerManifest } from '../../compiler/lower/index.js';
import type { Policy } from '../../compiler/policy/index.js';
import { readDocument } from '../../compiler/read/index.js';
import { validateManifest } from '../../compiler/validate/index.js';

export const NOW = new Date('2026-11-22T12:00:00Z');
const FILE = 'policy.yaml';

const HEAD = `manifest_version: 1
issued_at: 2026-11-22T00:00:00Z
expires_at: 2026-12-22T00:00:00Z
broker_execute_url: https://broker.svc.example.net/v1/execute
`;

export interface Case {
  readonly policy: Policy;
  readonly text: string;
  readonly findings: readonly Diagnostic[];
}

interface Options {
  readonly head?: string;
  readonly targets?: readonly Target[];
}

/** `rules`: a YAML list, or the whole manifest from `match_rules` on. */
export function analyse(rules: string, { head = HEAD, targets = [] }: Options = {}): Case {
  const text = `${head}match_rules:${rules === '' ? ' []' : `\n${rules}`}\n`;
  const document = readDocument(text, FILE);
  if (!document.ok) throw new Error(renderText(document.diagnostics));
  const manifest = validateManifest(document.value);
  if (!manifest.ok) throw new Error(renderText(manifest.diagnostics));
  const policy = lowerManifest(manifest.value, document.value.locate, `sha256:${'0'.repeat(64)}`);
  if (!policy.ok) throw new Error(renderText(policy.diagnostics));
  const options = { now: NOW, targets, manifest: document.value.value };
  return {
    policy: policy.value,
    text,
    findings: analysePolicy(policy.value, document.value.locate, options),
  };
}

/** The findings of one code as they are printed, code frames and all. */
export function printed({ text, findings }: Case, code?: string): string {
  const source = new SourceText(FILE, text);
  const chosen = findings.filter((one) => code === undefined || one.code === code);
  return renderText(chosen, { source: () => source });
}

/** A rule in flow style; `rewrite` is added where the action asks for it. */
export function rule(id: string, match: string, action = 'execute'): string {
  const rewrite = action === 'execute' ? ', rewrite: {mode: execute, send_intended_url: true}' : '';
  return `  - {integration_id: ${id}, provider: p, match: {${match}}, action: ${action}${rewrite}}`;
}
