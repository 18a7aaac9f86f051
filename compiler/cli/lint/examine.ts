/** One manifest, looked at for everything that there is to say. */

import type { Diagnostic } from '../../diagnostics/index.js';
import {
  type Examined,
  examineManifest,
  type ParsedManifest,
  parseManifest,
} from '../../pipeline.js';
import type { Sources } from '../console.js';
import type { Input } from '../input.js';
import { type Loaded, loadInputs, optionsFor } from '../manifest.js';

export interface Linted {
  readonly kind: 'manifest' | 'settings';
  readonly name: string;
  /** False where it could not be read, parsed or verified. */
  readonly examined: boolean;
  /** Each with a file: what is said of a manifest as a whole carries its name. */
  readonly diagnostics: readonly (Diagnostic & { readonly file: string })[];
  /** The `integration_id` of each rule; empty where the manifest is none. */
  readonly integrations: readonly string[];
  readonly sources: Sources;
}

export interface ExamineFlags {
  readonly keys?: string;
  readonly at?: Date;
}

/** @param stdin what takes the place of the file, where the manifest came that way */
export async function lintOne(
  name: string,
  flags: ExamineFlags,
  stdin: Input | undefined,
): Promise<Linted> {
  const loaded = await loadInputs(stdin ?? name, flags.keys);
  if (!loaded.ok) {
    const diagnostics = placed(name, loaded.diagnostics);
    return {
      kind: 'manifest',
      name,
      examined: false,
      diagnostics,
      integrations: [],
      sources: new Map(),
    };
  }
  const options = optionsFor(loaded.value, flags);
  const examined = await examineManifest(loaded.value.manifest.bytes, options);
  return {
    kind: 'manifest',
    name,
    examined: examined.ok,
    diagnostics: placed(name, examined.diagnostics),
    integrations: namesOf(examined.ok ? examined.value : parsedAgain(loaded.value)),
    sources: loaded.value.sources,
  };
}

/** What is said of a file as a whole carries its name. */
export function placed(name: string, diagnostics: readonly Diagnostic[]): Linted['diagnostics'] {
  return diagnostics.map((one) => ({ ...one, file: one.file ?? name }));
}

/** A later stage refused it: its rules still have names. */
function parsedAgain({ manifest }: Loaded): ParsedManifest | undefined {
  const parsed = parseManifest(manifest.bytes, { file: manifest.name });
  return parsed.ok ? parsed.value : undefined;
}

function namesOf(parsed: Examined | ParsedManifest | undefined): readonly string[] {
  return parsed?.manifest.match_rules.map((rule) => rule.integration_id) ?? [];
}
