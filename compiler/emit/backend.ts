/** What a back end is: a view of the policy image, printed. A fourth one is a new folder and a line in `registry.ts`. */

import type { PolicyImage } from '../image/types.js';

export type Target = 'node' | 'c' | 'bpf';

/** Where each rule came from. No digest that runtimes compare covers this. */
export interface Origins {
  /** Base name of the manifest, such as `policy.yaml`. */
  readonly file: string;
  /** Version of the compiler. */
  readonly compilerVersion: string;
  /** Line of each rule in `file`, counting from 1; as many as the image has rules. */
  readonly ruleLines: readonly number[];
  /** Key that signed the manifest; null when it was compiled unsigned. */
  readonly kid: string | null;
}

/** One file to be written; `path` is relative to the output folder, with `/`. */
export interface Artifact {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A pure function from the image and the origins to files: no clock, no path, no locale, no sorting of its own. */
export interface Backend {
  readonly target: Target;
  emit(image: PolicyImage, origins: Origins): readonly Artifact[];
}
