/** The outcome of lowering one item of a manifest: its canonical form, or why the language refuses it. */

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export type Part<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export function lowered<T>(value: T): Part<T> {
  return { ok: true, value };
}

export function problem(code: string, message: string, hint?: string): Part<never> {
  return { ok: false, problem: hint === undefined ? { code, message } : { code, message, hint } };
}

/** A text of the manifest in a message: shortened, in quotes, control characters visible. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}
