/** What is said of a request. `rule` and `integration_id` are null where no rule decided. */
export interface Decision {
  readonly action: 'execute' | 'deny' | 'pass';
  readonly rule: number | null;
  readonly integration_id: string | null;
  readonly reason?: 'ambiguous_path';
}

export type Verdict = 'capture' | 'deny' | 'pass';

/** What a policy says of itself. Times are milliseconds since the Unix epoch. */
export interface PolicyInfo {
  readonly policyId: string;
  readonly digest: string;
  readonly abi: number;
  /** False: compiled with --allow-unsigned; a runtime refuses it unless told otherwise. */
  readonly signed: boolean;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly serial: number | null;
  readonly brokerUrl: string;
  readonly defaultAction: 'deny' | 'pass';
  readonly opaqueTls: 'deny' | 'tunnel';
  readonly dpopRequired: boolean;
  readonly dpopAthRequired: boolean;
  readonly ruleCount: number;
}

/** Every function throws a RequestError for what is no request; a caller blocks then. */
export interface Matcher {
  readonly policy: PolicyInfo;
  /** Parts in any spelling. `port` is a number; a query or fragment in `path` is dropped. */
  decide(scheme: string, host: string, port: number, method: string, path: string): Decision;
  /** `method` defaults to GET. */
  decideUrl(url: string | URL, method?: string): Decision;
  /** For the address really dialled for a known name: rules that name addresses alone, no `*`, no default. */
  decideDialled(
    scheme: string,
    address: string,
    port: number,
    method: string,
    path: string,
  ): Decision;
  /** For a name, or an address whose name is not known. */
  verdict(host: string, port: number): Verdict;
  verdictDialled(address: string, port: number): Verdict;
}

export declare class RequestError extends Error {
  readonly code: string;
  constructor(code: string, message: string);
}

/** Throws a RequestError with the code `policy/damaged` for tables that are not sound. */
export declare function createMatcher(image: Uint8Array): Matcher;
