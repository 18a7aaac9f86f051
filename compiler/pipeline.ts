/**
 * The compiler in one screen: read -> validate -> verify -> lower -> analyse -> project -> emit (design section 5).
 * Each stage is a function of the one before it; a stage with errors ends the run. Nothing is read a second time:
 * what was verified is what is compiled.
 */

import { analysePolicy, enforceability } from './analyse/index.js';
import {
  type Diagnostic,
  diagnostic,
  failure,
  hasErrors,
  type Result,
} from './diagnostics/index.js';
import { type Artifact, emitArtifacts, type Origins, TARGETS, type Target } from './emit/index.js';
import { emitReview } from './emit/review/index.js';
import { encodeImage, type PolicyImage } from './image/index.js';
import { lowerManifest } from './lower/index.js';
import { type Lock, lockArtifact, lockOf } from './output/index.js';
import { packageVersion } from './package-path.js';
import type { Policy } from './policy/index.js';
import { projectPolicy } from './project/index.js';
import { type Document, readDocument } from './read/index.js';
import { type Manifest, validateManifest } from './validate/index.js';
import { checkManifest, loadTrustedKeys, policyIdOf } from './verify/index.js';

export type Stage = 'read' | 'validate' | 'verify' | 'lower' | 'analyse' | 'project' | 'emit';

export interface SourceOptions {
  /** Name of the manifest in diagnostics; its base name stands in artefacts. Default `manifest.yaml`. */
  readonly file?: string;
  /** Told when a stage begins. */
  readonly onProgress?: (stage: Stage) => void;
}

export interface TrustOptions extends SourceOptions {
  /** A JSON Web Key Set of trusted public keys. */
  readonly keys: Uint8Array | string;
  /** Name of the key file in diagnostics. Default `keys.json`. */
  readonly keysFile?: string;
  /** The time that validity is judged at; default now. */
  readonly at?: Date;
  /** The manifest must have a serial, and no lower one. */
  readonly minSerial?: number;
  /** The manifest must stay valid for this many milliseconds. */
  readonly validForMs?: number;
}

export interface CompileOptions extends Partial<TrustOptions> {
  /** Compiles without any look at the signature; every artefact is stamped unsigned. Not together with `keys`. */
  readonly allowUnsigned?: boolean;
  /** Default: all. */
  readonly targets?: readonly Target[];
}

export interface ParsedManifest {
  readonly document: Document;
  readonly manifest: Manifest;
}

/** What was trusted, and why. `kid` is null where no signature was checked. */
export interface VerifiedManifest extends ParsedManifest {
  readonly policyId: string;
  readonly signed: boolean;
  readonly kid: string | null;
}

/** A manifest as far as findings need it: no artefact yet. */
export interface Examined extends VerifiedManifest {
  readonly policy: Policy;
  readonly image: PolicyImage;
}

export interface Compiled extends Examined {
  /** `sha256:<hex>` of the policy image. */
  readonly digest: string;
  readonly artifacts: readonly Artifact[];
  readonly lock: Lock;
}

/** read, validate. */
export function parseManifest(
  input: Uint8Array | string,
  options: SourceOptions = {},
): Result<ParsedManifest> {
  options.onProgress?.('read');
  const document = readDocument(input, options.file ?? 'manifest.yaml');
  if (!document.ok) return document;
  options.onProgress?.('validate');
  const manifest = validateManifest(document.value);
  return carry(document.diagnostics, manifest, (value) => ({
    document: document.value,
    manifest: value,
  }));
}

/** read, validate, verify. */
export async function verifyManifest(
  input: Uint8Array | string,
  options: TrustOptions,
): Promise<Result<VerifiedManifest>> {
  const parsed = parseManifest(input, options);
  if (!parsed.ok) return parsed;
  return verifyParsed(parsed.value, parsed.diagnostics, options);
}

/** Everything but `emit`: for commands that ask about a policy and write nothing. */
export async function examineManifest(
  input: Uint8Array | string,
  options: CompileOptions = {},
): Promise<Result<Examined>> {
  const progress = options.onProgress ?? (() => undefined);
  const parsed = parseManifest(input, options);
  if (!parsed.ok) return parsed;

  progress('verify');
  const verified = await trust(parsed.value, parsed.diagnostics, options);
  if (!verified.ok) return verified;
  const { document, manifest, policyId, signed } = verified.value;

  progress('lower');
  const policy = lowerManifest(manifest, document.locate, policyId);
  if (!policy.ok) return carry(verified.diagnostics, policy, () => never());

  progress('analyse');
  const findings = analysePolicy(policy.value, document.locate, {
    now: options.at ?? new Date(),
    targets: options.targets ?? TARGETS,
    manifest: document.value,
  });

  progress('project');
  const projected = projectPolicy(policy.value);
  const notes = (projected.ok ? projected.value.notes : projected.notes).map((note) =>
    diagnostic(note.code, {
      message: note.message,
      rule: note.rule,
      at: document.locate(note.rule === undefined ? [] : ['match_rules', note.rule]),
    }),
  );
  const diagnostics = [...verified.diagnostics, ...policy.diagnostics, ...findings, ...notes];
  // Findings are printed and never stop a compile; refusals do.
  if (!projected.ok || hasErrors(notes)) return failure(...diagnostics);
  const { meta, sections, brokerUrlAt } = projected.value;
  const image = encodeImage(meta, sections, { signed, brokerUrlAt });
  return { ok: true, value: { ...verified.value, policy: policy.value, image }, diagnostics };
}

/** All stages. The same as `intercept compile`, without touching the disk. */
export async function compileManifest(
  input: Uint8Array | string,
  options: CompileOptions = {},
): Promise<Result<Compiled>> {
  const examined = await examineManifest(input, options);
  if (!examined.ok) return examined;
  options.onProgress?.('emit');
  const { policy, image, kid, document } = examined.value;
  const origins: Origins = {
    file: document.file.replace(/^.*[\\/]/, ''),
    compilerVersion: packageVersion(),
    ruleLines: policy.rules.map(({ index }) => document.locate(['match_rules', index]).line),
    kid,
  };
  const emitted = [
    ...emitArtifacts(image, origins, options.targets ?? TARGETS),
    emitReview(image, origins, enforceability(policy)),
  ];
  const lock = lockOf(
    {
      policyId: policy.policyId,
      imageDigest: image.digest,
      signed: image.signed,
      kid,
      expiresAt: policy.expiresAt,
      serial: policy.serial,
      compilerVersion: origins.compilerVersion,
    },
    emitted,
  );
  const artifacts = [...emitted, lockArtifact(lock)];
  const value = { ...examined.value, digest: image.digest, artifacts, lock };
  return { ok: true, value, diagnostics: examined.diagnostics };
}

/** Verified with keys, or, where that was asked for in so many words, taken unsigned. */
async function trust(
  parsed: ParsedManifest,
  diagnostics: readonly Diagnostic[],
  options: CompileOptions,
): Promise<Result<VerifiedManifest>> {
  if (options.keys !== undefined) {
    if (options.allowUnsigned === true) throw new TypeError('keys and allowUnsigned contradict');
    return verifyParsed(parsed, diagnostics, { ...options, keys: options.keys });
  }
  const at = parsed.document.locate([]);
  if (options.allowUnsigned !== true) {
    const message = 'no trusted keys were given, so the signature cannot be checked';
    return failure(...diagnostics, diagnostic('sign/no-keys', { message, at }));
  }
  const message = 'the signature was not checked, since no trusted keys were given';
  return {
    ok: true,
    value: { ...parsed, policyId: policyIdOf(parsed.document.value), signed: false, kid: null },
    diagnostics: [...diagnostics, diagnostic('sign/unsigned-allowed', { message })],
  };
}

async function verifyParsed(
  parsed: ParsedManifest,
  diagnostics: readonly Diagnostic[],
  options: TrustOptions,
): Promise<Result<VerifiedManifest>> {
  const keys = loadTrustedKeys(options.keys, options.keysFile ?? 'keys.json');
  if (!keys.ok) return carry(diagnostics, keys, () => never());
  const { at, minSerial, validForMs } = options;
  const verified = await checkManifest(parsed.document, keys.value, { at, minSerial, validForMs });
  return carry([...diagnostics, ...keys.diagnostics], verified, ({ policyId, kid }) => ({
    ...parsed,
    policyId,
    signed: true,
    kid,
  }));
}

/** The next stage's result behind the diagnostics so far. */
function carry<T, U>(
  before: readonly Diagnostic[],
  result: Result<T>,
  map: (value: T) => U,
): Result<U> {
  const diagnostics = [...before, ...result.diagnostics];
  if (!result.ok) return { ok: false, diagnostics };
  return { ok: true, value: map(result.value), diagnostics };
}

function never(): never {
  throw new Error('a failed stage has no value');
}
