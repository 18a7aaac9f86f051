/** What ajv says of a manifest, in plain words, with the code and the place that an author needs. */

import type { ErrorObject } from 'ajv/dist/2020.js';
import type { DiagnosticCode } from '../diagnostics/catalog.js';
import { diagnostic } from '../diagnostics/index.js';
import type { Diagnostic } from '../diagnostics/types.js';
import type { Document } from '../read/types.js';
import { similar } from './similar.js';

type Path = readonly (string | number)[];

interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Where it stands, beside the place of the value itself. */
  readonly path?: Path;
  readonly part?: 'key' | 'value';
}

type Explain = (error: ErrorObject, name: string, path: Path) => Finding | undefined;

/** The diagnostic of one error; undefined where another error of the same run says the same. */
export function explainError(error: ErrorObject, document: Document): Diagnostic | undefined {
  const path = pathOf(error.instancePath);
  const explain = EXPLAIN[error.keyword] ?? explainOther;
  const found = explain(error, nameOf(path), path);
  if (found === undefined) return undefined;
  const at = document.locate(found.path ?? path, found.part ?? 'value');
  const rule = path[0] === 'match_rules' && typeof path[1] === 'number' ? path[1] : undefined;
  return diagnostic(found.code, { message: found.message, at, hint: found.hint, rule });
}

const EXPLAIN: Readonly<Record<string, Explain>> = {
  // The failed branch reports for itself.
  if: () => undefined,
  additionalProperties: (error, name, path) => {
    const key = String(error.params['additionalProperty']);
    const known = Object.keys(propertiesOf(error));
    const near = similar(key, known);
    const hint = near === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean ${near}?`;
    const message = `unknown key ${quote(key)} in ${name}`;
    return { code: 'schema/unknown-key', message, hint, path: [...path, key], part: 'key' };
  },
  required: (error, name, path) => {
    const key = String(error.params['missingProperty']);
    if (key === 'dpop_required') return needsDpop(path);
    const message = `${name} has no ${quote(key)}`;
    const hint =
      key === 'rewrite'
        ? 'A rule that executes needs `rewrite: {mode: execute, send_intended_url: true}`.'
        : undefined;
    return { code: 'schema/missing-key', message, hint };
  },
  'false schema': (_error, _name, path) => ({
    code: 'schema/not-allowed-here',
    message: 'rewrite stands in a rule that does not execute',
    hint: 'Remove rewrite, or let action be execute.',
    path,
    part: 'key',
  }),
  type: (error, name) => ({
    code: 'schema/type',
    message: `${name} is ${articled(typeOf(error.data))}, not ${expectedTypes(error)}`,
  }),
  enum: (error, name) => {
    const allowed = listOf(error.params['allowedValues']);
    const near = typeof error.data === 'string' ? similar(error.data, allowed) : undefined;
    const hint = near === undefined ? `Allowed: ${allowed.join(', ')}.` : `Did you mean ${near}?`;
    return { code: 'schema/enum', message: `${name} cannot be ${show(error.data)}`, hint };
  },
  const: (error, name, path) => {
    if (path.at(-1) === 'dpop_required') return needsDpop([]);
    const hint = `It is always ${show(error.params['allowedValue'])}.`;
    return { code: 'schema/const', message: `${name} cannot be ${show(error.data)}`, hint };
  },
  pattern: explainPattern,
  minimum: (error, name, path) => outOfRange(error, name, path),
  maximum: (error, name, path) => outOfRange(error, name, path),
  minLength: (_error, name) => ({ code: 'schema/length', message: `${name} is empty` }),
  maxLength: (error, name, path) => {
    const length = typeof error.data === 'string' ? error.data.length : 0;
    const message = `${name} has ${length} characters, more than ${error.params['limit']}`;
    const code = path.at(-2) === 'path_groups' ? 'limit/pattern-length' : 'schema/length';
    return { code, message };
  },
  minItems: (_error, name) => ({
    code: 'schema/items',
    message: `${name} is empty`,
    hint: name.startsWith('hosts') ? undefined : 'Remove the key if its default is meant.',
  }),
  maxItems: (error, name, path) => {
    const count = Array.isArray(error.data) ? error.data.length : 0;
    const message = `${name} has ${count} items, more than ${error.params['limit']}`;
    return { code: LIMITS[String(path.at(-1))] ?? 'schema/items', message, part: 'key' };
  },
};

const LIMITS: Readonly<Record<string, DiagnosticCode>> = {
  match_rules: 'limit/rules',
  hosts: 'limit/hosts',
  ports: 'limit/ports',
  methods: 'limit/methods',
  path_groups: 'limit/patterns',
};

function explainOther(error: ErrorObject, name: string): Finding {
  return { code: 'schema/invalid', message: `${name} ${error.message ?? 'breaks the schema'}` };
}

function needsDpop(path: Path): Finding {
  return {
    code: 'schema/not-allowed-here',
    message: 'dpop_ath_required is true without dpop_required',
    hint: 'Set dpop_required to true as well.',
    path: [...path, 'dpop_ath_required'],
    part: 'key',
  };
}

function explainPattern(error: ErrorObject, name: string, path: Path): Finding {
  const shown = show(error.data);
  if (path.at(-2) === 'ports') {
    const text = String(error.data);
    const hint = /^[0-9]+$/.test(text)
      ? `Write ${Number(text)} without quotes.`
      : 'Write an integer, or a range such as "8000-8099".';
    return { code: 'port/syntax', message: `${shown} is no port and no range of ports`, hint };
  }
  if (path.at(-2) === 'methods') {
    const hint = 'Methods are 1 to 64 letters, digits, `-` and `_`.';
    return { code: 'method/syntax', message: `${shown} is no method`, hint };
  }
  return {
    code: 'schema/pattern',
    message: `${name} cannot be ${shown}`,
    hint: FORMS[String(path.at(-1))],
  };
}

const FORMS: Readonly<Record<string, string>> = {
  issued_at:
    'Times are written 2026-11-22T00:00:00Z: UTC, with seconds; milliseconds as .000 if at all.',
  expires_at:
    'Times are written 2026-12-22T00:00:00Z: UTC, with seconds; milliseconds as .000 if at all.',
  broker_execute_url: 'An absolute https URL, such as https://broker.example.com/v1/execute.',
  integration_id: '1 to 128 letters, digits, `.`, `_` and `-`.',
  provider: 'A name without control characters.',
};

function outOfRange(error: ErrorObject, name: string, path: Path): Finding {
  if (path.at(-2) === 'ports') {
    return { code: 'port/out-of-range', message: `port ${show(error.data)} is not in 1 to 65535` };
  }
  const { comparison, limit } = error.params;
  return {
    code: 'schema/range',
    message: `${name} is ${show(error.data)}; it must be ${comparison} ${limit}`,
  };
}

/** The JSON path of an ajv instance path (RFC 6901). Keys of the schema are never all digits, so digits are an index. */
function pathOf(pointer: string): Path {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((step) =>
      /^[0-9]+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~'),
    );
}

/** `hosts[0] of rule 3`, `the manifest`. */
function nameOf(path: Path): string {
  if (path.length === 0) return 'the manifest';
  if (path[0] !== 'match_rules' || typeof path[1] !== 'number') return dotted(path);
  const rest = path.slice(2);
  return rest.length === 0 ? `rule ${path[1]}` : `${dotted(rest)} of rule ${path[1]}`;
}

function dotted(path: Path): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${step}`))
    .join('')
    .replace(/^match\./, '');
}

function propertiesOf(error: ErrorObject): object {
  const properties: unknown = (error.parentSchema as { properties?: unknown } | undefined)
    ?.properties;
  return typeof properties === 'object' && properties !== null ? properties : {};
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'mapping';
  return typeof value === 'string' ? 'text' : typeof value;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'mapping',
  array: 'list',
  string: 'text',
  integer: 'integer',
  boolean: 'boolean',
};

function expectedTypes(error: ErrorObject): string {
  const types: unknown = error.params['type'];
  const names = Array.isArray(types) ? types : [types];
  return names.map((name) => articled(TYPE_NAMES[String(name)] ?? String(name))).join(' or ');
}

function articled(name: string): string {
  if (name === 'null' || name === 'text') return name;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' && value !== null ? articled(typeOf(value)) : String(value);
}
