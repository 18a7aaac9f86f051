/** A run in one line. */

import type { Severity } from '../../diagnostics/index.js';
import type { Linted } from './examine.js';

export interface Tally {
  /** Manifests. */
  readonly files: number;
  readonly rules: number;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

export function tallyOf(linted: readonly Linted[]): Tally {
  const all = linted.flatMap(({ diagnostics }) => diagnostics);
  const count = (wanted: Severity): number =>
    all.filter(({ severity }) => severity === wanted).length;
  return {
    files: linted.filter(({ kind }) => kind === 'manifest').length,
    rules: linted.reduce((sum, { integrations }) => sum + integrations.length, 0),
    errors: count('error'),
    warnings: count('warning'),
    notes: count('info'),
  };
}

/** `2 files, 14 rules, 0 findings`: a clean run says what it looked at. */
export function tallyLine({ files, rules, errors, warnings, notes }: Tally): string {
  const findings = plural(errors + warnings + notes, 'finding');
  return `${plural(files, 'file')}, ${plural(rules, 'rule')}, ${findings}`;
}

/** `policy.yaml: 0 errors, 1 warning, 2 notes`. */
export function summaryLine(names: readonly string[], tally: Tally): string {
  const who = names.length === 1 ? names[0] : `${names.length} manifests`;
  const { errors, warnings, notes } = tally;
  const counts = [plural(errors, 'error'), plural(warnings, 'warning'), plural(notes, 'note')];
  return `${who}: ${counts.join(', ')}`;
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
