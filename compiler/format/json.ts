/** A manifest that is JSON stays JSON: two columns a level, a line for each value, scalars as they are. */

import type { Document, JsonObject, JsonValue } from '../read/index.js';
import type { Path } from './comments.js';

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Keys of the top level that are left out. */
export function jsonText(document: Document, without: ReadonlySet<string>): string {
  const value: JsonObject = Object.assign(Object.create(null), document.value);
  for (const key of without) delete value[key];
  return `${print(document, [], value, '')}\n`;
}

function print(document: Document, path: Path, value: JsonValue, pad: string): string {
  const isScalar = value === null || typeof value !== 'object';
  // `sign` writes the signature on one line, and nobody reads it.
  if (isScalar || (path.length === 1 && path[0] === 'signature')) {
    const { start, end } = document.span(path)!;
    return document.text.slice(start, end);
  }
  const inner = `${pad}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item, at) => print(document, [...path, at], item, inner))
    : Object.entries(value).map(
        ([key, child]) =>
          `${JSON.stringify(key)}: ${print(document, [...path, key], child, inner)}`,
      );
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${items.map((item) => `${inner}${item}`).join(',\n')}\n${pad}${close}`;
}
