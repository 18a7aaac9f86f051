/** Making and sorting diagnostics. */

import { catalogEntry, type DiagnosticCode } from './catalog.js';
import type { Diagnostic, Location, Result, Witness } from './types.js';

export interface DiagnosticParts {
  /** One sentence: what is wrong, naming the offending text. */
  readonly message: string;
  readonly at?: Location | undefined;
  readonly hint?: string | undefined;
  readonly rule?: number | undefined;
  readonly witness?: Witness | undefined;
}

/**
 * A diagnostic with the catalog's severity.
 * @throws Error (a bug) where the catalog has no such code.
 */
export function diagnostic(
  code: DiagnosticCode | (string & {}),
  parts: DiagnosticParts,
): Diagnostic {
  const entry = catalogEntry(code);
  if (entry === undefined) throw new Error(`diagnostic code without a catalog row: ${code}`);
  return {
    code,
    severity: entry.severity,
    message: parts.message,
    ...parts.at,
    ...(parts.hint === undefined ? {} : { hint: parts.hint }),
    ...(parts.rule === undefined ? {} : { rule: parts.rule }),
    ...(parts.witness === undefined ? {} : { witness: parts.witness }),
  };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === 'error');
}

/** `ok` with the value where no diagnostic is an error; a failure otherwise. */
export function resultOf<T>(value: T, diagnostics: readonly Diagnostic[]): Result<T> {
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value, diagnostics };
}

/** A failure with the diagnostics given (at least one of them an error). */
export function failure(...diagnostics: readonly Diagnostic[]): Result<never> {
  return { ok: false, diagnostics };
}

/** By file, line, column, then code; diagnostics without a place come last. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file ?? '\u{10ffff}', b.file ?? '\u{10ffff}') ||
    (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareText(a.code, b.code)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
