/** Findings as SARIF 2.1.0 (OASIS), as code scanning takes them. */

import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { catalogEntry, type Severity, visible } from '../diagnostics/index.js';
import { wordsOf } from './text.js';
import type { PathFromRoot, Reported, ReportedFile } from './types.js';

/** GitHub keeps this many results of a run; more than 25,000 it refuses. */
const MAX_RESULTS = 5000;

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT = '%SRCROOT%';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};
const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

export interface SarifOptions {
  readonly pathFromRoot: PathFromRoot;
  /** Of the program. */
  readonly version: string;
}

/** One log of one run; keys and order are the same for the same findings. */
export function sarifOf(files: readonly ReportedFile[], options: SarifOptions): object {
  const prints = fingerprints(files, options.pathFromRoot);
  const all = files.flatMap((file) => file.findings);
  const bySeverity = ORDER.flatMap((severity) =>
    all.filter(({ diagnostic }) => diagnostic.severity === severity),
  );
  const kept = bySeverity.slice(0, MAX_RESULTS);
  const codes = [...new Set(kept.map(({ diagnostic }) => diagnostic.code))].sort();
  const ruleIndex = new Map(codes.map((code, at) => [code, at]));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'intercept',
            version: options.version,
            semanticVersion: options.version,
            rules: codes.map(ruleOf),
          },
        },
        invocations: [invocation(files, all.length - kept.length)],
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: kept.map((one) => ({
          ...resultOf(one, options.pathFromRoot),
          ruleIndex: ruleIndex.get(one.diagnostic.code),
          partialFingerprints: prints.get(one),
        })),
      },
    ],
  };
}

function ruleOf(code: string): object {
  const entry = catalogEntry(code);
  if (entry === undefined) throw new Error(`diagnostic code without a catalog row: ${code}`);
  return {
    id: code,
    shortDescription: { text: entry.title },
    fullDescription: { text: entry.help },
    help: { text: entry.help },
    defaultConfiguration: { level: LEVELS[entry.severity] },
    properties: { tags: ['security', code.split('/')[0]] },
  };
}

/** What was left out is said, as is a file that could not be examined. */
function invocation(files: readonly ReportedFile[], dropped: number): object {
  const message = `${dropped} findings more are not shown: a run has at most ${MAX_RESULTS} results`;
  return {
    executionSuccessful: files.every(({ examined }) => examined),
    ...(dropped === 0
      ? {}
      : { toolExecutionNotifications: [{ level: 'warning', message: { text: message } }] }),
  };
}

function resultOf({ diagnostic, integrationId }: Reported, pathFromRoot: PathFromRoot): object {
  const { code, severity, file, line, column, endLine, endColumn, witness, rule } = diagnostic;
  // Code scanning shows no result without a line; what is said of a file as a whole stands at its top.
  const region =
    line === undefined
      ? { startLine: 1 }
      : { startLine: line, startColumn: column, endLine, endColumn };
  const properties = {
    ...(rule === undefined ? {} : { rule }),
    ...(integrationId === null ? {} : { integrationId }),
    ...(witness === undefined ? {} : { witness }),
  };
  return {
    ruleId: code,
    level: LEVELS[severity],
    message: { text: plain(wordsOf(diagnostic)) },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(file, pathFromRoot), region } }],
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  };
}

function artifactOf(file: string, pathFromRoot: PathFromRoot): object {
  const path = pathFromRoot(file);
  // A relative URI: each segment escaped, so that neither `#` nor `:` of a name means anything.
  if (path !== null) return { uri: uriOf(path), uriBaseId: ROOT };
  return { uri: pathToFileURL(file).href };
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** A text of a manifest must not become a link of the viewer (SARIF 2.1.0, 3.11.6). */
function plain(text: string): string {
  return text.includes('](') ? text.replace(/[\\[\]]/g, '\\$&') : text;
}

/**
 * What stays the same when lines move: file, code, integration, and which of several it is. GitHub goes by
 * `primaryLocationLineHash`, which the upload would otherwise make from the text around the line.
 */
function fingerprints(
  files: readonly ReportedFile[],
  pathFromRoot: PathFromRoot,
): ReadonlyMap<Reported, object> {
  const seen = new Map<string, number>();
  const prints = new Map<Reported, object>();
  for (const one of files.flatMap((file) => file.findings)) {
    const { code, file } = one.diagnostic;
    const who = JSON.stringify([pathFromRoot(file) ?? visible(file), code, one.integrationId]);
    const count = (seen.get(who) ?? 0) + 1;
    seen.set(who, count);
    const hash = `${createHash('sha256').update(who).digest('hex').slice(0, 32)}:${count}`;
    prints.set(one, { 'interceptFinding/v1': hash, primaryLocationLineHash: hash });
  }
  return prints;
}
