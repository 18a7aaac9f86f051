/** Secrets in the texts of a manifest: workloads read it, and so does everyone who reads the repository. */

import { diagnostic } from '../../diagnostics/index.js';
import type { Diagnostic } from '../../diagnostics/types.js';
import type { Run } from '../run.js';

/** What each kind of secret looks like. The text found is never printed. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['a private key (PEM)', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['a private key (JWK)', /"(?:d|p|q|dp|dq|qi|k)"\s*:\s*"[A-Za-z0-9_-]{20,}"/],
  ['an Anthropic key', /\bsk-ant-[A-Za-z0-9_-]{16,}/],
  ['an OpenAI key', /\bsk-(?!ant-)(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}/],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}/],
  ['a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{30,}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}/],
  ['a SendGrid key', /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ['a bearer credential', /\bbearer\s+[A-Za-z0-9._~+/-]{20,}/i],
  ['a credential in a URL', /[?&](?:api_?key|access_token|token|secret|password|sig)=[^&\s]{8,}/i],
];

type Path = readonly (string | number)[];

/** Shorter texts hold none of the kinds. */
const SHORTEST = 12;

export function secretsInManifest(run: Run): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  visitTexts(run.manifest, [], (text, path) => {
    const kind = text.length < SHORTEST ? undefined : KINDS.find(([, look]) => look.test(text));
    if (kind !== undefined) found.push(finding(run, [...path], kind[0]));
  });
  return found;
}

function finding(run: Run, path: Path, kind: string): Diagnostic {
  // Without columns there is no code frame, so the secret does not end up in a log.
  const { file, line } = run.locate(path);
  const found = diagnostic('secret/in-manifest', {
    message: `${placeText(path)} looks like ${kind}`,
    hint: 'Manifests are public to workloads. Remove it, and treat the secret as leaked: the broker holds credentials.',
    ...(path[0] === 'match_rules' && typeof path[1] === 'number' ? { rule: path[1] } : {}),
  });
  return { ...found, file, line };
}

/** All texts but the signature, which is meant to be seen. Keys are the schema's own. `path` is one array, changed on the way. */
function visitTexts(
  value: unknown,
  path: (string | number)[],
  visit: (text: string, path: Path) => void,
): void {
  if (typeof value === 'string') visit(value, path);
  if (typeof value !== 'object' || value === null) return;
  const list = Array.isArray(value);
  for (const [key, item] of list ? value.entries() : Object.entries(value)) {
    if (path.length === 0 && key === 'signature') continue;
    path.push(key);
    visitTexts(item, path, visit);
    path.pop();
  }
}

/** `match_rules[3].description` */
function placeText(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}
