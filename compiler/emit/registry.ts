/** The one list of back ends. */

import type { Backend } from './backend.js';
import { bpfBackend } from './bpf/index.js';
import { cBackend } from './c/index.js';
import { nodeBackend } from './node/index.js';

export const BACKENDS: readonly Backend[] = [nodeBackend, cBackend, bpfBackend];
