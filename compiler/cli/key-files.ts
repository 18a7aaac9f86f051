/** A key pair as files. */

import type { NewFile } from '../output/index.js';
import type { KeyPair } from '../verify/index.js';

const bytesOf = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** The private key for this user alone; a key set that may be given to anyone. */
export function keyFiles(
  pair: KeyPair,
  privateFile: string,
  publicFile: string,
): readonly [NewFile, NewFile] {
  return [
    { path: privateFile, bytes: bytesOf(pair.privateJwk), mode: 0o600 },
    { path: publicFile, bytes: bytesOf({ keys: [pair.publicJwk] }), mode: 0o644 },
  ];
}
