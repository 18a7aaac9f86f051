/** What a test file may hold (`schemas/policy-test.schema.json`), in plain words where it does not. */

import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { DiagnosticCode } from '../diagnostics/catalog.js';
import { type Diagnostic, diagnostic } from '../diagnostics/index.js';
import { packagePath } from '../package-path.js';
import type { Document } from '../read/index.js';

/** Errors reported of one file. */
const MAX_ERRORS = 100;

type Path = readonly (string | number)[];

interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** A key of the value that is meant. */
  readonly key?: string;
}

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  if (compiled !== undefined) return compiled;
  const options = {
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  };
  const file = packagePath('schemas', 'policy-test.schema.json');
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new Error(`${file} holds no schema`);
  compiled = new Ajv2020(options).compile(schema);
  return compiled;
}

/** Codes `schema/...`; empty where the document holds to the schema. */
export function schemaDiagnostics(document: Document): readonly Diagnostic[] {
  const validate = validator();
  if (validate(document.value)) return [];
  const errors = (validate.errors ?? []).filter(({ schemaPath }) => !isBranch(schemaPath));
  return errors.slice(0, MAX_ERRORS).map((error) => explain(error, document));
}

/** An error inside of one choice of several is said by the choice as a whole. */
function isBranch(schemaPath: string): boolean {
  return /\/(anyOf|oneOf)\/\d/.test(schemaPath) || schemaPath.startsWith('#/$defs/verdict/');
}

function explain(error: ErrorObject, document: Document): Diagnostic {
  const path = pathOf(error.instancePath);
  const { code, message, hint, key } = findingOf(error, nameOf(path));
  const at = key === undefined ? document.locate(path) : document.locate([...path, key], 'key');
  return diagnostic(code, { message, at, hint });
}

function findingOf(error: ErrorObject, name: string): Finding {
  const { keyword, params, data } = error;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const hint = `Known keys: ${knownKeys(error).join(', ')}.`;
      return {
        code: 'schema/unknown-key',
        message: `unknown key ${show(key)} in ${name}`,
        hint,
        key,
      };
    }
    case 'required':
      return {
        code: 'schema/missing-key',
        message: `${name} has no ${show(params['missingProperty'])}`,
      };
    case 'type':
      return { code: 'schema/type', message: `${name} is not ${typesOf(params['type'])}` };
    case 'enum': {
      const hint = `Allowed: ${listOf(params['allowedValues']).join(', ')}.`;
      return { code: 'schema/enum', message: `${name} cannot be ${show(data)}`, hint };
    }
    case 'anyOf':
      return {
        code: 'schema/enum',
        message: `${name} is no verdict`,
        hint: 'Give capture, deny or pass, or name runtimes: {node: capture, c: capture, bpf: capture}.',
      };
    case 'oneOf':
      return {
        code: 'schema/not-allowed-here',
        message: `${name} needs either "host" or "ip"`,
        hint: '`host` is what a program asks for; `ip` is an address whose name is not known.',
      };
    case 'minimum':
    case 'maximum':
      return {
        code: 'schema/range',
        message: `${name} is ${show(data)}; it must be ${String(params['comparison'])} ${String(params['limit'])}`,
      };
    case 'minLength':
    case 'maxLength':
      return { code: 'schema/length', message: `${name} ${error.message ?? 'has a wrong length'}` };
    default:
      return { code: 'schema/invalid', message: `${name} ${error.message ?? 'breaks the schema'}` };
  }
}

/** The JSON path of an ajv instance path (RFC 6901). No key of the schema is all digits. */
function pathOf(pointer: string): Path {
  if (pointer === '') return [];
  const steps = pointer.slice(1).split('/');
  return steps.map((step) => {
    if (/^\d+$/.test(step)) return Number(step);
    return step.replaceAll('~1', '/').replaceAll('~0', '~');
  });
}

function nameOf(path: Path): string {
  if (path.length === 0) return 'the policy test';
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${step}`))
    .join('');
}

function knownKeys(error: ErrorObject): readonly string[] {
  const { properties } = error.parentSchema as { readonly properties?: unknown };
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'an integer',
  null: 'null',
};

function typesOf(types: unknown): string {
  const names = Array.isArray(types) ? types : [types];
  return names.map((name) => TYPES[String(name)] ?? String(name)).join(' or ');
}

function show(value: unknown): string {
  if (typeof value !== 'string')
    return typeof value === 'object' && value !== null ? 'a collection' : String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
