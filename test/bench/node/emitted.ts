/** The generated module of a policy, on disk, as `compile` writes it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emitArtifacts } from '../../../compiler/emit/index.js';
import type { Policy } from '../../../compiler/policy/types.js';
import { imageOf } from '../../support/policies.js';

/** Writes `node/matcher.*` below `folder`. */
export function writeModule(policy: Policy, folder: string): void {
  const origins = {
    file: 'policy.yaml',
    compilerVersion: '0',
    ruleLines: policy.rules.map(({ index }) => index + 10),
    kid: 'bench',
  };
  for (const { path, bytes } of emitArtifacts(imageOf(policy), origins, ['node'])) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
