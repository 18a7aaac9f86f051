/** Document to manifest: JSON Schema, then what a schema cannot say of the head (design section 3). */

import type { ErrorObject } from 'ajv/dist/2020.js';
import { compareDiagnostics, diagnostic, hasErrors } from '../diagnostics/index.js';
import type { Diagnostic, Result } from '../diagnostics/types.js';
import type { Document } from '../read/types.js';
import { explainError } from './explain.js';
import { checkHead } from './head.js';
import type { Manifest } from './manifest.js';
import { schemaErrors } from './schema.js';

export type {
  Manifest,
  ManifestAction,
  ManifestMatch,
  ManifestRule,
  ManifestSignature,
  SignatureAlg,
} from './manifest.js';
export { parseTime } from './time.js';

/** Errors reported of one manifest. */
const MAX_ERRORS = 1000;

/** A document never changes, so neither does its result; `verify` asks again for what `validate` has answered. */
const results = new WeakMap<Document, Result<Manifest>>();

/**
 * The typed manifest of a document. Errors: `schema/...`, `head/...`, `limit/...`, `port/out-of-range`, `port/syntax`,
 * `method/syntax`. The manifest is the document's own value, not a copy.
 */
export function validateManifest(document: Document): Result<Manifest> {
  const known = results.get(document);
  if (known !== undefined) return known;
  const result = validate(document, document.value);
  results.set(document, result);
  return result;
}

/** The same without a look at `signature`, for a manifest that is about to be signed. */
export function validateUnsigned(document: Document): Result<Omit<Manifest, 'signature'>> {
  const value: typeof document.value = Object.assign(Object.create(null), document.value);
  delete value['signature'];
  return validate(document, value);
}

function validate(document: Document, value: Document['value']): Result<Manifest> {
  const errors = schemaErrors(value);
  const diagnostics = explainAll(errors, document);
  const wrong = new Set(errors.map((error) => error.instancePath.split('/')[1] ?? ''));
  diagnostics.push(...checkHead(document, wrong));
  diagnostics.sort(compareDiagnostics);
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  // The schema holds: this is the one place where a document is taken for a manifest.
  return { ok: true, value: value as unknown as Manifest, diagnostics };
}

function explainAll(errors: readonly ErrorObject[], document: Document): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const error of errors) {
    const one = explainError(error, document);
    if (one === undefined) continue;
    if (diagnostics.length === MAX_ERRORS) {
      const message = `the manifest has more than ${MAX_ERRORS} errors`;
      diagnostics.push(diagnostic('schema/too-many-errors', { message, at: document.locate([]) }));
      break;
    }
    diagnostics.push(one);
  }
  return diagnostics;
}
