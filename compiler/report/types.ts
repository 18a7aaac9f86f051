/** What a lint run found, as its machine formats see it. */

import type { Diagnostic } from '../diagnostics/index.js';

export interface Reported {
  readonly diagnostic: Diagnostic & { readonly file: string };
  /** Of the rule that is meant; null where no rule is, or where its name cannot be read. */
  readonly integrationId: string | null;
  /** Whether the run fails because of it. */
  readonly failing: boolean;
}

export interface ReportedFile {
  /** As the user named it. */
  readonly name: string;
  /** False where it could not be read, parsed or verified. */
  readonly examined: boolean;
  readonly findings: readonly Reported[];
}

/** The path of a file from the root of the repository, with `/`; null where it stands outside. */
export type PathFromRoot = (file: string) => string | null;
