/** What a settings file may hold (`schemas/settings.schema.json`), in plain words where it does not. */

import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Diagnostic, diagnostic } from '../diagnostics/index.js';
import { packagePath } from '../package-path.js';
import type { Document } from '../read/index.js';

/** Errors reported of one file. */
const MAX_ERRORS = 100;

type Path = readonly (string | number)[];

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  if (compiled !== undefined) return compiled;
  const file = packagePath('schemas', 'settings.schema.json');
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new Error(`${file} holds no schema`);
  compiled = new Ajv2020({ allErrors: true, verbose: true, strict: true }).compile(schema);
  return compiled;
}

/** Codes `schema/...`; empty where the document holds to the schema. */
export function schemaDiagnostics(document: Document): readonly Diagnostic[] {
  const validate = validator();
  if (validate(document.value)) return [];
  return (validate.errors ?? []).slice(0, MAX_ERRORS).map((error) => explain(error, document));
}

function explain(error: ErrorObject, document: Document): Diagnostic {
  const { keyword, params } = error;
  const path = pathOf(error.instancePath);
  const name = nameOf(path);
  const at = document.locate(path);
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const message = `unknown key ${JSON.stringify(key)} in ${name}`;
      const hint = `Known keys: ${knownKeys(error).join(', ')}.`;
      return diagnostic('schema/unknown-key', {
        message,
        hint,
        at: document.locate([...path, key], 'key'),
      });
    }
    case 'required': {
      const key = JSON.stringify(params['missingProperty']);
      return diagnostic('schema/missing-key', { message: `${name} has no ${key}`, at });
    }
    case 'type': {
      const wanted = TYPES[String(params['type'])] ?? String(params['type']);
      return diagnostic('schema/type', { message: `${name} is not ${wanted}`, at });
    }
    case 'enum': {
      const hint = `Allowed: ${String(params['allowedValues']).replaceAll(',', ', ')}.`;
      return diagnostic('schema/enum', { message: `${name} is no severity`, hint, at });
    }
    case 'minLength':
    case 'maxLength':
      return diagnostic('schema/length', { message: `${name} ${error.message}`, at });
    default:
      return diagnostic('schema/invalid', { message: `${name} ${error.message}`, at });
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
};

/** The JSON path of an ajv instance path (RFC 6901); only `waivers` holds a list. */
function pathOf(pointer: string): Path {
  const steps = pointer.split('/').slice(1);
  return steps.map((step, at) => {
    if (at === 1 && steps[0] === 'waivers') return Number(step);
    return step.replaceAll('~1', '/').replaceAll('~0', '~');
  });
}

function nameOf(path: Path): string {
  if (path.length === 0) return 'the settings file';
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${step}`))
    .join('');
}

function knownKeys(error: ErrorObject): readonly string[] {
  const { properties } = error.parentSchema as { readonly properties?: unknown };
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
