/** Diagnostics: their shape, their catalog, their making and their printing. */

export { CATALOG, type CatalogEntry, catalogEntry, type DiagnosticCode } from './catalog.js';
export {
  compareDiagnostics,
  type DiagnosticParts,
  diagnostic,
  failure,
  hasErrors,
  resultOf,
} from './diagnostic.js';
export { jsonOf, type RenderOptions, renderJson, renderLine, renderText } from './render.js';
export { SourceText } from './source-text.js';
export type { Diagnostic, Locate, Location, Result, Severity, Witness } from './types.js';
export { visible } from './visible.js';
