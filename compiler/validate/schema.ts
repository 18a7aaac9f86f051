/** The manifest schema, compiled once. */

import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { packagePath } from '../package-path.js';

let compiled: ValidateFunction | undefined;

/** All errors of a value against the schema; empty where it holds. */
export function schemaErrors(value: unknown): readonly ErrorObject[] {
  compiled ??= compile();
  return compiled(value) ? [] : (compiled.errors ?? []);
}

function compile(): ValidateFunction {
  // Verbose: a hint needs the keyword's own schema and the value.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  });
  const schema: unknown = JSON.parse(
    readFileSync(packagePath('schemas', 'manifest.schema.json'), 'utf8'),
  );
  if (typeof schema !== 'object' || schema === null)
    throw new Error('manifest.schema.json holds no schema');
  return ajv.compile(schema);
}
