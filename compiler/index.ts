/**
 * The library: the same as the command line, without touching the disk. Nothing here throws for bad input: every
 * outcome is a `Result` with its diagnostics.
 *
 *     import { compileManifest } from 'broker-interceptor';
 *     const compiled = await compileManifest(text, { file: 'policy.yaml', keys });
 *     if (compiled.ok) for (const { path, bytes } of compiled.value.artifacts) { ... }
 */

export {
  type Diagnostic,
  hasErrors,
  type Location,
  type Result,
  renderJson,
  renderLine,
  renderText,
  type Severity,
  SourceText,
  type Witness,
} from './diagnostics/index.js';
export { type Artifact, TARGETS, type Target } from './emit/index.js';
export type { Lock } from './output/index.js';
export {
  type Compiled,
  type CompileOptions,
  compileManifest,
  type Examined,
  examineManifest,
  type ParsedManifest,
  parseManifest,
  type SourceOptions,
  type Stage,
  type TrustOptions,
  type VerifiedManifest,
  verifyManifest,
} from './pipeline.js';
export type { Action, Decision, Policy, Verdict } from './policy/index.js';
export type { Manifest, ManifestRule } from './validate/index.js';
