/** A runtime as `decide` and `explain` see it: something that answers from its own artefact. */

import type { Artifact } from '../../emit/index.js';
import type { Decision, Policy, Verdict } from '../../policy/index.js';
import type { Address, RequestError } from '../../request/index.js';

export type RuntimeName = 'reference' | 'node' | 'c' | 'bpf';

export const RUNTIMES: readonly RuntimeName[] = ['reference', 'node', 'c', 'bpf'];

/** A canonical name, or an address whose name is not known, and a port. */
export type SightQuery =
  | { readonly kind: 'name'; readonly name: string; readonly port: number }
  | { readonly kind: 'address'; readonly address: Address; readonly port: number };

export type DecideRequest = (
  url: string,
  method: string,
) => { readonly decision: Decision } | { readonly error: RequestError };

export interface Runtime {
  readonly name: RuntimeName;
  /** Null where the runtime sees connections only. */
  readonly decide: DecideRequest | null;
  /** One verdict for each query, in their order. Throws where the runtime fails: that is never a verdict. */
  readonly verdicts: (queries: readonly SightQuery[]) => Promise<readonly Verdict[]>;
  readonly close: () => Promise<void>;
}

/** What a runtime is opened on. */
export interface PolicySource {
  /** Null where only compiled artefacts were given. */
  readonly policy: Policy | null;
  /** Paths as the compiler writes them (`node/matcher.mjs`). */
  readonly artifacts: readonly Artifact[];
}
