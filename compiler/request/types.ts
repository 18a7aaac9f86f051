/** The canonical request of design section 3. */

export type Scheme = 'http' | 'https';

/** An IPv4 address (32 bit) or an IPv6 address (128 bit) that is not IPv4-mapped. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export type Host =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'address'; readonly address: Address };

export interface CanonicalRequest {
  readonly scheme: Scheme;
  readonly host: Host;
  readonly port: number;
  readonly method: string;
  readonly path: string;
}

/** Why a text is no request. `code` is stable: `request/bad-url`, `request/bad-host`, `request/bad-port`, ... */
export interface RequestError {
  readonly code: string;
  readonly message: string;
}

export type Canonical<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: RequestError };
