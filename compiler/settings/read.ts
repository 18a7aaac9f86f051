/** Text to settings: strict YAML, the schema, then codes and days that there are. */

import {
  catalogEntry,
  compareDiagnostics,
  type Diagnostic,
  diagnostic,
  failure,
  type Result,
  resultOf,
  type Severity,
} from '../diagnostics/index.js';
import { type Document, readDocument } from '../read/index.js';
import { schemaDiagnostics } from './schema.js';
import type { Settings, Waiver } from './types.js';

/** The file's own value, once the schema holds. */
interface SettingsFile {
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  readonly waivers?: readonly {
    readonly code: string;
    readonly rule?: string;
    readonly reason: string;
    readonly expires: string;
  }[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Codes `source/...`, `schema/...`, and `settings/...` for codes and days that there are not. */
export function readSettings(input: Uint8Array | string, file: string): Result<Settings> {
  const read = readDocument(input, file);
  if (!read.ok) return read;
  const document = read.value;
  const wrong = schemaDiagnostics(document);
  if (wrong.length > 0) {
    return failure(...read.diagnostics, ...[...wrong].sort(compareDiagnostics));
  }
  // The schema holds: this is the one place where a document is taken for a settings file.
  const value = document.value as unknown as SettingsFile;
  const problems: Diagnostic[] = [];
  const severities = new Map(Object.entries(value.severities ?? {}));
  for (const code of severities.keys()) {
    problems.push(...unknownCode(code, document, ['severities', code], 'key'));
  }
  const waivers = (value.waivers ?? []).map((entry, index): Waiver => {
    const path = ['waivers', index];
    problems.push(...unknownCode(entry.code, document, [...path, 'code'], 'value'));
    const day = dayOf(entry.expires);
    if (day === undefined) problems.push(noDay(entry.expires, document, [...path, 'expires']));
    const { code, rule, reason, expires } = entry;
    const endsAt = (day ?? 0) + DAY_MS;
    return { code, rule, reason, expires, endsAt, at: document.locate(path) };
  });
  return resultOf({ file, severities, waivers }, [...read.diagnostics, ...problems]);
}

function unknownCode(
  code: string,
  document: Document,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): readonly Diagnostic[] {
  if (catalogEntry(code) !== undefined) return [];
  const message = `there is no diagnostic code ${JSON.stringify(code)}`;
  return [diagnostic('settings/unknown-code', { message, at: document.locate(path, part) })];
}

/** The first instant of a day in milliseconds since the Unix epoch; undefined where there is no such day. */
function dayOf(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00.000Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return undefined;
  return time;
}

function noDay(text: string, document: Document, path: readonly (string | number)[]): Diagnostic {
  const message = `${JSON.stringify(text)} is no day`;
  return diagnostic('settings/bad-day', { message, at: document.locate(path) });
}
