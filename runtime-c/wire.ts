/** Questions and answers between `decide` and the native runners; runtime-c/decide/wire.h has the other side. */

import type { Verdict } from '../compiler/policy/types.js';

/** Hosts and addresses are canonical. `host` may be an address: it is judged as one for which no name is known. */
export type VerdictQuery =
  | { readonly kind: 'name'; readonly host: string; readonly port: number }
  | { readonly kind: 'address' | 'dialled'; readonly ip: string; readonly port: number };

const KINDS = { name: 0, address: 1, dialled: 2 } as const;
const VERDICTS: readonly Verdict[] = ['pass', 'deny', 'capture'];
const ERRORS: Readonly<Record<number, string>> = {
  4: 'the tables hold no answer',
  5: 'the host is not canonical',
  6: 'the question makes no sense',
  17: 'the host is empty',
  18: 'the host is no name',
  19: 'the host ends in a number and is no IPv4 address',
  20: 'the host is no IPv6 address',
};

export const BATCH_MAX = 65536;
export const ANSWER_HEAD_BYTES = 4;

function encodeQuery(query: VerdictQuery): Buffer {
  const text = Buffer.from(query.kind === 'name' ? query.host : query.ip, 'utf8');
  if (text.length > 0xffff) throw new RangeError('a host of more than 65535 bytes');
  if (!Number.isInteger(query.port) || query.port < 0 || query.port > 0xffff) {
    throw new RangeError(`not a port: ${query.port}`);
  }
  const out = Buffer.alloc(6 + text.length);
  out.writeUInt8(KINDS[query.kind], 0);
  out.writeUInt16LE(query.port, 2);
  out.writeUInt16LE(text.length, 4);
  text.copy(out, 6);
  return out;
}

/** One batch of 1 to `BATCH_MAX` questions to policy number `policy`. */
export function encodeBatch(policy: number, queries: readonly VerdictQuery[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(policy, 0);
  head.writeUInt32LE(queries.length, 4);
  return Buffer.concat([head, ...queries.map(encodeQuery)]);
}

/** @throws Error where an answer is no verdict. */
export function decodeAnswers(queries: readonly VerdictQuery[], answers: Uint8Array): Verdict[] {
  return queries.map((query, i) => {
    const answer = answers[i]!;
    const verdict = VERDICTS[answer];
    if (verdict !== undefined) return verdict;
    const what = JSON.stringify(query.kind === 'name' ? query.host : query.ip);
    throw new Error(`${what} port ${query.port}: ${ERRORS[answer] ?? `answer ${answer}`}`);
  });
}
