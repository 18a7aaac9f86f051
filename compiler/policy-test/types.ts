/** A policy test: what a manifest must decide, and what came of asking. */

import type { Location } from '../diagnostics/index.js';
import type { Action, Decision, Verdict } from '../policy/index.js';
import type { CanonicalRequest, Host } from '../request/index.js';

export type TestedRuntime = 'reference' | 'node' | 'c' | 'bpf';

export const TESTED_RUNTIMES: readonly TestedRuntime[] = ['reference', 'node', 'c', 'bpf'];

/** What is left out may be anything. */
export interface ExpectedDecision {
  readonly action: Action;
  /** An `integration_id`, a place in `match_rules`, or null for no rule. */
  readonly rule?: string | number | null;
  readonly integrationId?: string | null;
  readonly reason?: 'ambiguous_path' | null;
}

/** Of the runtimes that the case names. */
export type ExpectedVerdicts = Readonly<Partial<Record<TestedRuntime, Verdict>>>;

interface CaseBase {
  /** As its author calls it, or the request itself. */
  readonly name: string;
  /** Of the case in its file. */
  readonly at: Location;
  readonly verdicts: ExpectedVerdicts;
}

export interface RequestCase extends CaseBase {
  readonly kind: 'request';
  readonly url: string;
  readonly method: string;
  readonly request: CanonicalRequest;
  readonly expected: ExpectedDecision;
}

export interface ConnectionCase extends CaseBase {
  readonly kind: 'connection';
  readonly host: Host;
  readonly port: number;
}

export type Case = RequestCase | ConnectionCase;

/** At least one case, in the order of the file: requests, then connections. */
export interface PolicyTest {
  readonly file: string;
  /** As written: seen from the folder of `file`. */
  readonly manifest: string;
  readonly manifestAt: Location;
  readonly cases: readonly Case[];
}

/** What a runtime said. `decision` is null where it was asked for a connection, or sees connections only. */
export interface Answer {
  readonly decision: Decision | null;
  readonly verdict: Verdict;
}

/** One way in which an answer is not what was expected. */
export interface Difference {
  readonly what: 'action' | 'rule' | 'integration_id' | 'reason' | 'verdict';
  readonly expected: string | number | null;
  readonly got: string | number | null;
  /** Whose word the expectation is: the test file's, or the reference interpreter's where the file says nothing. */
  readonly by: 'test' | 'reference';
}
