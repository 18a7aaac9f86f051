/** Limits on a policy as a whole; those of single lists stand in the manifest's schema. */

import { diagnostic } from '../diagnostics/diagnostic.js';
import type { Diagnostic, Locate } from '../diagnostics/types.js';
import type { PathProgram, Rule } from '../policy/types.js';
import { hostKey } from './host.js';
import type { ManifestRule } from './manifest.js';

/** Host and path patterns of all rules. */
export const MAX_PATTERNS = 1_000_000;
/** Distinct names, wildcards and blocks: the entries of the host index. */
export const MAX_HOST_ENTRIES = 1_048_575;
/** Cells of all distinct path automata: 64 MiB. */
export const MAX_PROGRAM_CELLS = 32 * 1024 * 1024;

function tooMany(code: string, what: string, limit: number, locate: Locate): Diagnostic {
  const message = `the rules hold more than ${limit} ${what}`;
  return diagnostic(code, { message, at: locate(['match_rules']) });
}

/** Asked before any pattern is looked at. */
export function patternLimit(rules: readonly ManifestRule[], locate: Locate): Diagnostic[] {
  let count = 0;
  for (const { match } of rules) count += match.hosts.length + (match.path_groups?.length ?? 1);
  return count > MAX_PATTERNS ? [tooMany('limit/patterns', 'patterns', MAX_PATTERNS, locate)] : [];
}

/** Counts up while rules are lowered, so that a policy too large stops early. */
export class SizeCount {
  readonly #hosts = new Set<string>();
  readonly #programs = new Set<PathProgram>();
  #cells = 0;

  add(rule: Rule): void {
    for (const host of rule.hosts) this.#hosts.add(hostKey(host));
    for (const path of rule.paths) {
      if (path.kind !== 'regex' || this.#programs.has(path.program)) continue;
      this.#programs.add(path.program);
      this.#cells += path.program.transitions.length;
    }
  }

  /** The limit that is passed, if one is. */
  exceeded(locate: Locate): Diagnostic | null {
    if (this.#hosts.size > MAX_HOST_ENTRIES) {
      return tooMany('limit/hosts', 'distinct hosts', MAX_HOST_ENTRIES, locate);
    }
    if (this.#cells > MAX_PROGRAM_CELLS) {
      return tooMany('limit/image', 'cells of path automata', MAX_PROGRAM_CELLS, locate);
    }
    return null;
  }
}
