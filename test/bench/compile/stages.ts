/**
 * `stages.ts FOLDER parse|all`: one compile of FOLDER/policy.yaml in a fresh process, stage by stage as `pipeline.ts` calls
 * them, or the YAML library's parse alone. Prints milliseconds and memory of each stage as JSON.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { analysePolicy, enforceability } from '../../../compiler/analyse/index.js';
import type { Result } from '../../../compiler/diagnostics/index.js';
import { type Artifact, type Origins, TARGETS } from '../../../compiler/emit/index.js';
import { BACKENDS } from '../../../compiler/emit/registry.js';
import { emitReview } from '../../../compiler/emit/review/index.js';
import { encodeImage } from '../../../compiler/image/index.js';
import { lowerManifest } from '../../../compiler/lower/index.js';
import { lockOf } from '../../../compiler/output/index.js';
import { projectPolicy } from '../../../compiler/project/index.js';
import { readDocument } from '../../../compiler/read/index.js';
import { validateManifest } from '../../../compiler/validate/index.js';
import { checkManifest, loadTrustedKeys } from '../../../compiler/verify/index.js';

export interface StageTime {
  readonly stage: string;
  readonly ms: number;
  /** Megabytes: resident after the stage, and the most so far. */
  readonly rss: number;
  readonly peak: number;
}

const [folder, what] = process.argv.slice(2) as [string, 'parse' | 'all'];
const text = readFileSync(join(folder, 'policy.yaml'), 'utf8');
const keysText = readFileSync(join(folder, 'keys.json'), 'utf8');
const at = new Date('2026-12-01T00:00:00Z');
const stages: StageTime[] = [];

function mark(stage: string, ms: number): void {
  const rss = process.memoryUsage.rss() / 2 ** 20;
  stages.push({ stage, ms, rss, peak: process.resourceUsage().maxRSS / 1024 });
}

async function timed<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  mark(stage, performance.now() - start);
  return value;
}

function okValue<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('; '));
  return result.value;
}

async function compile(): Promise<void> {
  const document = await timed('read', () => okValue(readDocument(text, 'policy.yaml')));
  const manifest = await timed('validate', () => okValue(validateManifest(document)));
  const { policyId } = await timed('verify', async () => {
    const keys = okValue(loadTrustedKeys(keysText, 'keys.json'));
    return okValue(await checkManifest(document, keys, { at }));
  });
  const policy = await timed('lower', () =>
    okValue(lowerManifest(manifest, document.locate, policyId)),
  );
  await timed('analyse', () =>
    analysePolicy(policy, document.locate, { now: at, targets: TARGETS, manifest: document.value }),
  );
  const projected = await timed('project', () => projectPolicy(policy));
  if (!projected.ok) throw new Error('the projection was refused');
  const { meta, sections, brokerUrlAt } = projected.value;
  const image = await timed('encode', () =>
    encodeImage(meta, sections, { signed: true, brokerUrlAt }),
  );
  const origins: Origins = await timed('origins', () => ({
    file: 'policy.yaml',
    compilerVersion: '0',
    ruleLines: policy.rules.map(({ index }) => document.locate(['match_rules', index]).line),
    kid: 'bench',
  }));
  const artifacts: Artifact[] = [];
  for (const backend of BACKENDS) {
    artifacts.push(...(await timed(`emit ${backend.target}`, () => backend.emit(image, origins))));
  }
  artifacts.push(
    await timed('emit review', () => emitReview(image, origins, enforceability(policy))),
  );
  const { expiresAt, serial } = policy;
  const head = {
    policyId,
    imageDigest: image.digest,
    signed: true,
    kid: 'bench',
    expiresAt,
    serial,
  };
  await timed('lock', () => lockOf({ ...head, compilerVersion: '0' }, artifacts));
}

mark('start', 0);
if (what === 'all') {
  await compile();
} else {
  const parsed = await timed('parse', () =>
    parseDocument(text, { version: '1.2', uniqueKeys: false }),
  );
  if (parsed.errors.length > 0) throw parsed.errors[0]!;
  await timed('to values', () => parsed.toJS());
}
console.log(JSON.stringify(stages));
