/** Text to document: strict YAML 1.2, and so JSON, with positions (design sections 3 and 5). */

import { isMap, isScalar, type Document as YamlDocument } from 'yaml';
import { compareDiagnostics, diagnostic, failure, hasErrors } from '../diagnostics/index.js';
import type { SourceText } from '../diagnostics/source-text.js';
import type { Diagnostic, Result } from '../diagnostics/types.js';
import { buildValue } from './build.js';
import type { SpanTable } from './spans.js';
import { readText } from './text.js';
import type { Document, JsonObject } from './types.js';
import { parseYaml } from './yaml.js';

export { MAX_SCALAR } from './build.js';
export type { Span } from './spans.js';
export { MAX_BYTES } from './text.js';
export type { Document, JsonObject, JsonValue } from './types.js';
export { MAX_DEPTH } from './yaml.js';

/**
 * Reads one document whose top level is a mapping. All errors of the text are reported (up to a bound), each under its
 * own `source/` code.
 */
export function readDocument(input: Uint8Array | string, file: string): Result<Document> {
  const text = readText(input, file);
  if (!text.ok) return text;
  const source = text.value;
  const parsed = parseYaml(source);
  const diagnostics = [...text.diagnostics, ...parsed.diagnostics];
  const document = parsed.documents?.[0];
  if (parsed.documents === undefined || document === undefined) return failure(...diagnostics);
  const second = parsed.documents[1];
  if (second !== undefined) diagnostics.push(severalDocuments(source, second));
  const root = document.contents;
  if (root === null || !isMap(root)) {
    if (!hasErrors(diagnostics)) diagnostics.push(noMap(source, root));
    return failure(...diagnostics);
  }
  const built = buildValue(root, source);
  diagnostics.push(...built.diagnostics);
  diagnostics.sort(compareDiagnostics);
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  return {
    ok: true,
    value: documentOf(source, built.value as JsonObject, built.spans),
    diagnostics,
  };
}

function documentOf(source: SourceText, value: JsonObject, spans: SpanTable): Document {
  return {
    file: source.file,
    text: source.text,
    source,
    value,
    locate: (path, part = 'value') => {
      const { node, exact } = spans.find(path);
      const { start, end } = spans.span(node, exact ? part : 'value');
      return source.location(start, end);
    },
    span: (path, part = 'value') => {
      const { node, exact } = spans.find(path);
      return exact ? spans.span(node, part) : undefined;
    },
  };
}

function severalDocuments(source: SourceText, second: YamlDocument.Parsed): Diagnostic {
  const at = source.location(second.range[0], second.range[0]);
  return diagnostic('source/several-documents', { message: 'a second document begins here', at });
}

function noMap(source: SourceText, root: YamlDocument.Parsed['contents']): Diagnostic {
  const empty = root === null || (isScalar(root) && root.range[0] === root.range[1]);
  if (empty) {
    return diagnostic('source/empty', {
      message: 'the file holds no value',
      at: source.location(0),
    });
  }
  const at = source.location(root.range[0], root.range[1]);
  return diagnostic('source/not-a-map', { message: 'the top level is not a mapping', at });
}
