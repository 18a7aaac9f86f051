/** Opens a runtime on compiled artefacts, or says why this machine cannot. */

import type { Result } from '../../diagnostics/index.js';
import { openBpf, openC } from './native.js';
import { nodeRuntime } from './node.js';
import { referenceRuntime } from './reference.js';
import type { PolicySource, Runtime, RuntimeName } from './types.js';

/** Code `runtime/unavailable`, with the reason and what to install. */
export async function openRuntime(
  name: RuntimeName,
  source: PolicySource,
): Promise<Result<Runtime>> {
  switch (name) {
    case 'reference':
      if (source.policy === null) throw new Error('the reference interpreter needs a manifest');
      return { ok: true, value: referenceRuntime(source.policy), diagnostics: [] };
    case 'node':
      return { ok: true, value: await nodeRuntime(source), diagnostics: [] };
    case 'c':
      return openC(source);
    case 'bpf':
      return openBpf(source);
  }
}
