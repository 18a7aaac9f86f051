/** Text to policy test: strict YAML, the schema, then canonical requests, each error at its place. */

import {
  compareDiagnostics,
  type Diagnostic,
  diagnostic,
  type Result,
  resultOf,
} from '../diagnostics/index.js';
import type { Action, Verdict } from '../policy/index.js';
import { type Document, readDocument } from '../read/index.js';
import { canonicalHost, canonicalUrl, parseAddress, type RequestError } from '../request/index.js';
import { schemaDiagnostics } from './schema.js';
import {
  type Case,
  type ConnectionCase,
  type ExpectedVerdicts,
  type PolicyTest,
  type RequestCase,
  TESTED_RUNTIMES,
} from './types.js';

/** The file's own value, once the schema holds. */
interface TestFile {
  readonly manifest: string;
  readonly requests?: readonly RequestEntry[];
  readonly verdicts?: readonly ConnectionEntry[];
}

interface RequestEntry {
  readonly name?: string;
  readonly url: string;
  readonly method?: string;
  readonly action: Action;
  readonly rule?: string | number | null;
  readonly integration_id?: string | null;
  readonly reason?: 'ambiguous_path' | null;
  readonly verdict?: Verdict | ExpectedVerdicts;
}

interface ConnectionEntry {
  readonly name?: string;
  readonly host?: string;
  readonly ip?: string;
  readonly port: number;
  readonly verdict: Verdict | ExpectedVerdicts;
}

/** Codes `source/...`, `schema/...`, and `request/...` for what is no request. A file without a case is refused. */
export function readPolicyTest(input: Uint8Array | string, file: string): Result<PolicyTest> {
  const read = readDocument(input, file);
  if (!read.ok) return read;
  const document = read.value;
  const wrong = schemaDiagnostics(document);
  if (wrong.length > 0) {
    return {
      ok: false,
      diagnostics: [...read.diagnostics, ...[...wrong].sort(compareDiagnostics)],
    };
  }
  // The schema holds: this is the one place where a document is taken for a test file.
  const value = document.value as unknown as TestFile;
  const problems: Diagnostic[] = [];
  const cases: Case[] = [];
  for (const [at, entry] of (value.requests ?? []).entries()) {
    cases.push(...requestCase(entry, at, document, problems));
  }
  for (const [at, entry] of (value.verdicts ?? []).entries()) {
    cases.push(...connectionCase(entry, at, document, problems));
  }
  if (cases.length === 0 && problems.length === 0) problems.push(noCase(document));
  const test = { file, manifest: value.manifest, manifestAt: document.locate(['manifest']), cases };
  return resultOf(test, [...read.diagnostics, ...problems]);
}

function noCase(document: Document): Diagnostic {
  return diagnostic('schema/items', {
    message: 'the policy test holds no case',
    at: document.locate([]),
    hint: 'Add one under `requests`: {url: "https://…", action: execute}.',
  });
}

function requestCase(
  entry: RequestEntry,
  at: number,
  document: Document,
  problems: Diagnostic[],
): RequestCase[] {
  const method = entry.method ?? 'GET';
  const request = canonicalUrl(entry.url, method);
  if (!request.ok) {
    const key = request.error.code === 'request/bad-method' ? 'method' : 'url';
    problems.push(noRequest(request.error, document, ['requests', at, key]));
    return [];
  }
  const { action, rule, integration_id: integrationId, reason } = entry;
  const expected = {
    action,
    ...(rule === undefined ? {} : { rule }),
    ...(integrationId === undefined ? {} : { integrationId }),
    ...(reason === undefined ? {} : { reason }),
  };
  return [
    {
      kind: 'request',
      name: entry.name ?? `${request.value.method} ${entry.url}`,
      at: document.locate(['requests', at]),
      verdicts: verdictsOf(entry.verdict),
      url: entry.url,
      method,
      request: request.value,
      expected,
    },
  ];
}

function connectionCase(
  entry: ConnectionEntry,
  at: number,
  document: Document,
  problems: Diagnostic[],
): ConnectionCase[] {
  const key = entry.host === undefined ? 'ip' : 'host';
  const text = entry.host ?? entry.ip ?? '';
  const host = key === 'host' ? canonicalHost(text) : addressHost(text);
  if (!host.ok) {
    problems.push(noRequest(host.error, document, ['verdicts', at, key]));
    return [];
  }
  return [
    {
      kind: 'connection',
      name: entry.name ?? `${key} ${text} port ${entry.port}`,
      at: document.locate(['verdicts', at]),
      verdicts: verdictsOf(entry.verdict),
      host: host.value,
      port: entry.port,
    },
  ];
}

function addressHost(text: string): ReturnType<typeof canonicalHost> {
  const address = parseAddress(text);
  return address.ok ? { ok: true, value: { kind: 'address', address: address.value } } : address;
}

function noRequest(
  error: RequestError,
  document: Document,
  path: readonly (string | number)[],
): Diagnostic {
  return diagnostic(error.code, { message: error.message, at: document.locate(path) });
}

function verdictsOf(verdict: Verdict | ExpectedVerdicts | undefined): ExpectedVerdicts {
  if (typeof verdict !== 'string') return verdict ?? {};
  return Object.fromEntries(TESTED_RUNTIMES.map((runtime) => [runtime, verdict]));
}
