/** Emission: the policy image and the origins to files. Every file is a view of the one image and bears its digest. */

import type { PolicyImage } from '../image/index.js';
import type { Artifact, Origins, Target } from './backend.js';
import { BACKENDS } from './registry.js';

export type { Artifact, Backend, Origins, Target } from './backend.js';

export const TARGETS: readonly Target[] = BACKENDS.map(({ target }) => target);

/** The artefacts of `targets`, and `policy.img`. Byte-identical for equal input on every machine. */
export function emitArtifacts(
  image: PolicyImage,
  origins: Origins,
  targets: readonly Target[] = TARGETS,
): readonly Artifact[] {
  const views = BACKENDS.filter(({ target }) => targets.includes(target)).flatMap((backend) =>
    backend.emit(image, origins),
  );
  return [...views, { path: 'policy.img', bytes: image.bytes }];
}
