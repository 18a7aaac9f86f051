/** Policy IR: what a manifest means, in canonical form. It knows no target and no text positions. */

import type { Address } from '../request/types.js';

export type Action = 'execute' | 'deny' | 'pass';
export type DefaultAction = 'deny' | 'pass';
export type Verdict = 'capture' | 'deny' | 'pass';

/** Both ends included, 1 to 65535. */
export interface PortInterval {
  readonly lo: number;
  readonly hi: number;
}

export type HostPattern =
  | { readonly kind: 'any' }
  /** One canonical name. */
  | { readonly kind: 'name'; readonly name: string }
  /** `*.name`: names with one or more labels in front of `name`. */
  | { readonly kind: 'suffix'; readonly name: string }
  /** An address (`prefix` is 32 or 128) or a CIDR block; host bits are zero. */
  | { readonly kind: 'block'; readonly address: Address; readonly prefix: number };

/**
 * A minimal deterministic automaton over the bytes 0 to 127. State 0 is the dead state, state 1 the start.
 * `transitions[state * classCount + classOf[byte]]` is the next state.
 */
export interface PathProgram {
  readonly classOf: Uint8Array; // 128 entries
  readonly classCount: number;
  readonly stateCount: number;
  readonly transitions: Uint16Array; // stateCount * classCount
  readonly accept: Uint8Array; // stateCount entries, 0 or 1
}

export type PathPattern =
  | { readonly kind: 'all' }
  /** Canonical; ends with `/`. */
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** Canonical. */
  | { readonly kind: 'exact'; readonly path: string }
  /** `source` is the text between the anchors, as written. */
  | { readonly kind: 'regex'; readonly source: string; readonly program: PathProgram };

export interface Rule {
  /** Zero-based place in `match_rules`: the rule's identity in every runtime and trace. */
  readonly index: number;
  readonly integrationId: string;
  readonly provider: string;
  readonly action: Action;
  /** In the author's order; duplicates removed. */
  readonly hosts: readonly HostPattern[];
  readonly http: boolean;
  readonly https: boolean;
  /** Sorted, disjoint, not adjacent. */
  readonly ports: readonly PortInterval[];
  /** Upper-case, sorted by code unit, unique; null: every method. */
  readonly methods: readonly string[] | null;
  /** In the author's order; at least one. */
  readonly paths: readonly PathPattern[];
}

export interface Broker {
  /** As written in the manifest. */
  readonly url: string;
  readonly host:
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'address'; readonly address: Address };
  readonly port: number;
}

export interface Policy {
  /** `sha256:` and 64 hex digits: over the RFC 8785 form of the manifest without `signature`. */
  readonly policyId: string;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly serial: number | null;
  readonly broker: Broker;
  readonly dpopRequired: boolean;
  readonly dpopAthRequired: boolean;
  readonly defaultAction: DefaultAction;
  readonly opaqueTls: 'deny' | 'tunnel';
  readonly rules: readonly Rule[];
}

/** What is said of a request. `rule` and `integrationId` are null where no rule decided. */
export interface Decision {
  readonly action: Action;
  readonly rule: number | null;
  readonly integrationId: string | null;
  readonly reason?: 'ambiguous_path';
}
