/** Addresses: text to number and back, folding of equivalent addresses, the ranges with a meaning of their own. */

import { accepted, quoted, refused } from './result.js';
import type { Address, Canonical } from './types.js';

const IPV4_MAPPED = 0xffffn;
const IPV4_LOOPBACK = 0x7f000001n;
const DECIMAL_OCTET = '(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])';
const DOTTED_DECIMAL = new RegExp(`^${DECIMAL_OCTET}(?:\\.${DECIMAL_OCTET}){3}$`);
/** Without brackets and zone. */
export const IPV6_CHARACTERS = /^[0-9a-fA-F:.]+$/;

/** The number of bits in an address of this family. */
export function widthOf(family: 4 | 6): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Is `address` one of the addresses of the block? An IPv6 block covers no IPv4 address. */
export function inBlock(
  address: Address,
  block: { readonly address: Address; readonly prefix: number },
): boolean {
  if (address.family !== block.address.family) return false;
  const hostBits = BigInt(widthOf(address.family) - block.prefix);
  return address.value >> hostBits === block.address.value >> hostBits;
}

/** An IPv4-mapped IPv6 address is that IPv4 address; any other address is left as it is. */
export function unmapped(address: Address): Address {
  if (address.family === 4 || address.value >> 32n !== IPV4_MAPPED) return address;
  return { family: 4, value: address.value & 0xffffffffn };
}

/** Equivalent addresses become one: mapped ones, and `0.0.0.0` and `::`, which a kernel takes for loopback. */
export function canonicalAddress(address: Address): Address {
  const folded = unmapped(address);
  if (folded.value !== 0n) return folded;
  return folded.family === 4 ? { family: 4, value: IPV4_LOOPBACK } : { family: 6, value: 1n };
}

/** @param text four decimal octets; anything else gives null */
export function parseDottedDecimal(text: string): Address | null {
  if (!DOTTED_DECIMAL.test(text)) return null;
  const value = text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return { family: 4, value };
}

/** @param text IPv6 as a URL serialises it: no brackets, hexadecimal groups, at most one `::` */
export function parseSerializedIpv6(text: string): Address {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  const value = [...before, ...zeros, ...after].reduce(
    (sum, group) => (sum << 16n) | BigInt(`0x${group}`),
    0n,
  );
  return { family: 6, value };
}

/** IPv6 in any spelling of the URL Standard, without brackets and zone; not yet folded. Null where it is none. */
function parseIpv6(text: string): Address | null {
  if (!IPV6_CHARACTERS.test(text)) return null;
  try {
    return parseSerializedIpv6(new URL(`http://[${text}]/`).hostname.slice(1, -1));
  } catch {
    return null;
  }
}

/**
 * An address as a socket reports it: dotted decimal or IPv6, no brackets, no zone; folded.
 * Error `request/bad-address`.
 */
export function parseAddress(text: string): Canonical<Address> {
  const address = parseDottedDecimal(text) ?? parseIpv6(text);
  if (address !== null) return accepted(canonicalAddress(address));
  return refused('request/bad-address', `${quoted(text)} is not an IPv4 or IPv6 address`);
}

/** Index and length of the first longest run of zero groups; URL Standard, "IPv6 serializer". */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
    if (end > start) start = end;
  }
  return best;
}

function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number((value >> BigInt(112 - 16 * i)) & 0xffffn),
  );
  const hex = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(':');
  const run = longestZeroRun(groups);
  if (run.start < 0) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

/** Dotted decimal, or compressed IPv6 without brackets. */
export function formatAddress(address: Address): string {
  if (address.family === 6) return formatIpv6(address.value);
  return [24n, 16n, 8n, 0n].map((shift) => (address.value >> shift) & 0xffn).join('.');
}

const LOOPBACK_BLOCK = { address: { family: 4, value: 0x7f000000n }, prefix: 8 } as const;
const GATEWAY_BLOCK = { address: { family: 4, value: 0x7f400000n }, prefix: 10 } as const;

/** 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: Address): boolean {
  return inBlock(address, LOOPBACK_BLOCK) || (address.family === 6 && address.value === 1n);
}

/** 127.64.0.0/10, the gateway's own: no rule reaches it. */
export function isGatewayRange(address: Address): boolean {
  return inBlock(address, GATEWAY_BLOCK);
}
