/** What two policies decide differently: sets of requests, each with a request that shows it. */

import type { Decision, PathPattern, Policy, PortInterval } from '../policy/types.js';
import type { Scheme } from '../request/types.js';

export type ChangeKind = 'now_executed' | 'other_integration' | 'now_passed' | 'now_denied';

/**
 * A set of requests: hosts x ports x schemes x methods x paths. Items are written as in a manifest; in `hosts`, `methods`
 * and `paths` a leading `!` takes away.
 *  - hosts: the narrowest item that holds a host counts. As in a manifest, `*` reaches neither loopback nor the broker at
 *    its port, and nothing reaches 127.64.0.0/10.
 *  - ports: integers, and ranges `lo-hi`
 *  - methods: `*` is every method
 *  - paths: what one of the plain items matches and no item with `!` does; `A & B` is what both patterns match
 */
export interface Requests {
  readonly hosts: readonly string[];
  readonly ports: readonly (number | string)[];
  readonly schemes: readonly Scheme[];
  readonly methods: readonly string[];
  readonly paths: readonly string[];
}

/** The rule decision on either side; `rule` and `integrationId` are null where no rule decides. */
export type Effect = Pick<Decision, 'action' | 'rule' | 'integrationId'>;

export interface Change {
  readonly kind: ChangeKind;
  readonly before: Effect;
  readonly after: Effect;
  readonly requests: Requests;
  /** Confirmed by the reference interpreter of both policies. */
  readonly witness: { readonly url: string; readonly method: string };
  /** All of its paths hold `%2F`, `%5C`, `//` or `;`. */
  readonly ambiguousOnly: boolean;
  /** Some of it comes to `execute` or `pass` from a stricter action, or to another integration. */
  readonly weaker: boolean;
}

/** Requests that may be decided differently: a question about their paths reached its bound in work. */
export interface Undecided {
  readonly before: Effect;
  readonly after: Effect;
  readonly requests: Requests;
}

export type SettingKey =
  | 'broker_execute_url'
  | 'default_action'
  | 'dpop_ath_required'
  | 'dpop_required'
  | 'expires_at'
  | 'issued_at'
  | 'opaque_tls'
  | 'serial';

export interface Setting {
  readonly key: SettingKey;
  /** Times in the form of a manifest; `serial` is null where there is none. */
  readonly before: string | number | boolean | null;
  readonly after: string | number | boolean | null;
  readonly weaker: boolean;
}

export interface Difference {
  /** No request is decided differently, no setting differs, and no question was left open. */
  readonly equal: boolean;
  readonly changes: readonly Change[];
  readonly settings: readonly Setting[];
  readonly undecided: readonly Undecided[];
  /** The bound on work was reached: there may be more changes. */
  readonly unfinished: boolean;
  /** Some change or setting is weaker. */
  readonly weaker: boolean;
}

/** A rule of one side as far as one kind of host sees it; the last of a side stands for the default. */
export interface Item {
  /** Place in the list. */
  readonly position: number;
  /** Equal for rules that match the same requests of a host, on either side. */
  readonly match: number;
  /** Equal for rules with the same effect, on either side. */
  readonly effectId: string;
  readonly effect: Effect;
  readonly http: boolean;
  readonly https: boolean;
  readonly ports: readonly PortInterval[];
  readonly methods: readonly string[] | null;
  readonly paths: readonly PathPattern[];
}

export interface Pair {
  readonly before: Policy;
  readonly after: Policy;
}
