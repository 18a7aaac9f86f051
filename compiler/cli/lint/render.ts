/** What a run found, in one of its formats. */

import { jsonOf, renderText } from '../../diagnostics/index.js';
import { packageVersion } from '../../package-path.js';
import { githubOf, junitOf, type ReportedFile, sarifOf } from '../../report/index.js';
import { printable, type Sources } from '../console.js';
import type { Linted } from './examine.js';
import type { LintFormat } from './outputs.js';
import { gitRoot, pathsFrom } from './root.js';
import { summaryLine, tallyOf } from './summary.js';

export interface Outcome {
  readonly linted: readonly Linted[];
  readonly reported: readonly ReportedFile[];
}

/** Ends with a line break, unless there is nothing to say. */
export function renderReport({ linted, reported }: Outcome, format: LintFormat): string {
  const here = gitRoot('.') ?? '.';
  switch (format) {
    case 'text':
      return `${renderText(diagnosticsOf(linted), { source: (file) => sourcesOf(linted).get(file) })}${summaryText(linted)}`;
    case 'json': {
      const diagnostics = diagnosticsOf(linted).map(jsonOf);
      const summary = tallyOf(linted);
      return jsonText({ ok: summary.errors === 0, summary, diagnostics });
    }
    case 'sarif':
      return jsonText(
        sarifOf(reported, { pathFromRoot: pathsFrom(here), version: packageVersion() }),
      );
    case 'github':
      // Annotations go by the workspace of the runner, which need not be a repository.
      return githubOf(reported, pathsFrom(process.env['GITHUB_WORKSPACE'] || here));
    case 'junit':
      return junitOf(reported);
  }
}

export function diagnosticsOf(linted: readonly Linted[]): Linted['diagnostics'] {
  return linted.flatMap(({ diagnostics }) => diagnostics);
}

export function sourcesOf(linted: readonly Linted[]): Sources {
  return new Map(linted.flatMap(({ sources }) => [...sources]));
}

export function summaryText(linted: readonly Linted[]): string {
  const names = linted.flatMap(({ kind, name }) => (kind === 'manifest' ? [name] : []));
  return `${printable(summaryLine(names, tallyOf(linted)))}\n`;
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
