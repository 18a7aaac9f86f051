/** `policy.lock.json`: what a set of artefacts is made of. A function of the artefacts alone: no time of day, no path. */

import { createHash } from 'node:crypto';
import type { Artifact } from '../emit/backend.js';

export const LOCK_PATH = 'policy.lock.json';

export interface LockHead {
  /** `sha256:<hex>` */
  readonly policyId: string;
  /** `sha256:<hex>` */
  readonly imageDigest: string;
  readonly signed: boolean;
  readonly kid: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  readonly serial: number | null;
  readonly compilerVersion: string;
}

/** The file as written. `artifacts` maps each path to `sha256:<hex>` of its bytes. */
export interface Lock {
  readonly policy_id: string;
  readonly image_digest: string;
  readonly signed: boolean;
  readonly kid: string | null;
  readonly expires_at: string;
  readonly serial: number | null;
  readonly compiler_version: string;
  readonly artifacts: Readonly<Record<string, string>>;
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The lock of `artifacts`, keys in a fixed order. */
export function lockOf(head: LockHead, artifacts: readonly Artifact[]): Lock {
  const paths = artifacts.map(({ path }) => path).sort();
  const bytesAt = new Map(artifacts.map(({ path, bytes }) => [path, bytes]));
  return {
    policy_id: head.policyId,
    image_digest: head.imageDigest,
    signed: head.signed,
    kid: head.kid,
    expires_at: new Date(head.expiresAt).toISOString(),
    serial: head.serial,
    compiler_version: head.compilerVersion,
    artifacts: Object.fromEntries(paths.map((path) => [path, digestOf(bytesAt.get(path)!)])),
  };
}

export function lockArtifact(lock: Lock): Artifact {
  return { path: LOCK_PATH, bytes: Buffer.from(`${JSON.stringify(lock, null, 2)}\n`, 'utf8') };
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Paths and digests of a lock that was read back; null where the bytes are no lock of ours. */
export function lockedArtifacts(bytes: Uint8Array): ReadonlyMap<string, string> | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
  if (!isRecord(value) || !isRecord(value['artifacts'])) return null;
  const found = new Map<string, string>();
  for (const [path, digest] of Object.entries(value['artifacts'])) {
    if (!isArtifactPath(path) || typeof digest !== 'string' || !DIGEST.test(digest)) return null;
    found.set(path, digest);
  }
  return found;
}

/** Relative, `/` between plain segments: nothing that could leave the output folder. */
export function isArtifactPath(path: string): boolean {
  return path.split('/').every((segment) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(segment));
}
