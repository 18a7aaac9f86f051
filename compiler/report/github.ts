/** Findings as workflow commands: GitHub shows them as annotations of the lines of a pull request. */

import { type Severity, visible } from '../diagnostics/index.js';
import { wordsOf } from './text.js';
import type { PathFromRoot, Reported, ReportedFile } from './types.js';

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** One line for each finding. GitHub shows ten of each command for a step; errors therefore come first. */
export function githubOf(files: readonly ReportedFile[], pathFromRoot: PathFromRoot): string {
  const findings = files.flatMap((file) => file.findings);
  const inOrder = (['error', 'warning', 'info'] as const).flatMap((severity) =>
    findings.filter(({ diagnostic }) => diagnostic.severity === severity),
  );
  return inOrder.map((one) => `${annotation(one, pathFromRoot)}\n`).join('');
}

/** The place is where the finding begins: with an end, GitHub would put the annotation there. */
function annotation({ diagnostic }: Reported, pathFromRoot: PathFromRoot): string {
  const { severity, code, file, line = 1, column = 1 } = diagnostic;
  const path = pathFromRoot(file);
  // What is outside of the repository has no line in a pull request; the message names it.
  const place = path === null ? [] : [`file=${property(path)}`, `line=${line}`, `col=${column}`];
  const properties = [...place, `title=${property(code)}`].join(',');
  const message = path === null ? `${visible(file)}: ${wordsOf(diagnostic)}` : wordsOf(diagnostic);
  return `::${COMMANDS[severity]} ${properties}::${data(message)}`;
}

/** Escapes of the runner's command parser. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
