/** What the reader makes of a text. */

import type { SourceText } from '../diagnostics/source-text.js';
import type { Locate } from '../diagnostics/types.js';
import type { Span } from './spans.js';

/** Objects have no prototype, so that no key (`__proto__`, `constructor`) means anything but itself. */
export interface JsonObject {
  [key: string]: JsonValue;
}
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A strictly read text. Made by `readDocument` only. */
export interface Document {
  /** As the caller named it. */
  readonly file: string;
  readonly text: string;
  readonly source: SourceText;
  readonly value: JsonObject;
  /** The place of a value or its key; where there is no such value, the place of the nearest one around it. */
  readonly locate: Locate;
  /** Offsets of a value or its key; undefined where there is no such value. */
  readonly span: (path: readonly (string | number)[], part?: 'key' | 'value') => Span | undefined;
}
