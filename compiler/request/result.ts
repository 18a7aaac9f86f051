import type { Canonical } from './types.js';

export function accepted<T>(value: T): Canonical<T> {
  return { ok: true, value };
}

export function refused(code: string, message: string): Canonical<never> {
  return { ok: false, error: { code, message } };
}

/** Quotes a text for a message, shortened; control characters become visible escapes. */
export function quoted(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  return JSON.stringify(short);
}
