/** Exit codes, a contract with scripts (design section 8). */

export const EXIT = {
  fine: 0,
  /** Findings, a failed test, or a difference. */
  findings: 1,
  usage: 2,
  /** Input that cannot be read, parsed or verified; a runtime that this machine cannot run. */
  input: 3,
  stale: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong use that commander cannot see: flags that contradict each other. Exit 2. */
export class UsageError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
