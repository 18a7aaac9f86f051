/** Hosts: names and addresses in canonical form (design section 3, "Canonical request"). */

import {
  canonicalAddress,
  formatAddress,
  IPV6_CHARACTERS,
  isLoopbackAddress,
  parseDottedDecimal,
  parseSerializedIpv6,
} from './address.js';
import { accepted, quoted, refused } from './result.js';
import type { Canonical, Host } from './types.js';

export const MAX_LABEL_BYTES = 63;
export const MAX_NAME_BYTES = 253;

/** Characters that no bare name or address may hold, though a URL parser may read them as something. */
const NOT_IN_A_HOST = /[\u0000-\u0020\u007f-\u009f@/?#%\\]/;

/** What ends so is an IPv4 address or nothing (URL Standard, "ends in a number"). */
const LAST_LABEL_NUMERIC = /(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$/;

function canonicalName(serialized: string): Canonical<Host> {
  const name = serialized.endsWith('.') ? serialized.slice(0, -1) : serialized;
  const labels = name.split('.');
  if (labels.some((label) => label === '')) {
    return refused('host/label-length', `${quoted(serialized)} has an empty label`);
  }
  const long = labels.find((label) => label.length > MAX_LABEL_BYTES);
  if (long !== undefined) {
    return refused(
      'host/label-length',
      `label ${quoted(long)} is longer than ${MAX_LABEL_BYTES} bytes`,
    );
  }
  if (name.length > MAX_NAME_BYTES) {
    return refused('host/name-length', `${quoted(name)} is longer than ${MAX_NAME_BYTES} bytes`);
  }
  return accepted({ kind: 'name', name });
}

/** The codes of this file tell what is wrong with a pattern; of a request they all say `request/bad-host`. */
export function asRequestHost(host: Canonical<Host>): Canonical<Host> {
  return host.ok ? host : refused('request/bad-host', host.error.message);
}

/** @param serialized a host as a WHATWG parser serialises it: ASCII, IPv4 in dotted decimal, IPv6 in brackets */
export function hostOfSerialized(serialized: string): Canonical<Host> {
  if (serialized.startsWith('[')) {
    const address = canonicalAddress(parseSerializedIpv6(serialized.slice(1, -1)));
    return accepted({ kind: 'address', address });
  }
  const address = parseDottedDecimal(serialized);
  if (address !== null) return accepted({ kind: 'address', address: canonicalAddress(address) });
  return canonicalName(serialized);
}

function canonicalIpv6Text(text: string, serialize: SerializeHost): Canonical<Host> {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const serialized = IPV6_CHARACTERS.test(bare) ? serialize(`[${bare}]`) : null;
  if (serialized !== null) return hostOfSerialized(serialized);
  return refused('host/bad-address', `${quoted(text)} is neither a host name nor an IPv6 address`);
}

/** The serialised host of `http://TEXT/`, or null where a parser refuses it. */
export type SerializeHost = (text: string) => string | null;

/** Shared by requests (the running Node's parser) and patterns (the pinned parser). */
export function canonicalHostWith(text: string, serialize: SerializeHost): Canonical<Host> {
  if (text === '') return refused('host/empty', 'the host is empty');
  const bad = NOT_IN_A_HOST.exec(text);
  if (bad !== null) {
    return refused(
      'host/bad-character',
      `${quoted(text)} holds ${quoted(bad[0])}, which no host may`,
    );
  }
  if (text.includes(':') || text.startsWith('[')) return canonicalIpv6Text(text, serialize);
  const serialized = serialize(text);
  if (serialized !== null) return hostOfSerialized(serialized);
  if (LAST_LABEL_NUMERIC.test(text)) {
    return refused('host/bad-address', `${quoted(text)} ends in a number but is no IPv4 address`);
  }
  return refused('host/bad-name', `${quoted(text)} is not a host name`);
}

function serializeWithNode(text: string): string | null {
  try {
    return new URL(`http://${text}/`).hostname;
  } catch {
    return null;
  }
}

/**
 * A bare name or address, in any spelling: every WHATWG form of IPv4, IPv6 with or without brackets.
 * Error `request/bad-host`.
 */
export function canonicalHost(text: string): Canonical<Host> {
  return asRequestHost(canonicalHostWith(text, serializeWithNode));
}

/** The canonical text: a name, dotted decimal, or IPv6 without brackets. */
export function hostText(host: Host): string {
  return host.kind === 'name' ? host.name : formatAddress(host.address);
}

export function sameHost(a: Host, b: Host): boolean {
  return a.kind === b.kind && hostText(a) === hostText(b);
}

/** 127.0.0.0/8, ::1, `localhost`, `*.localhost`. */
export function isLoopback(host: Host): boolean {
  if (host.kind === 'address') return isLoopbackAddress(host.address);
  return host.name === 'localhost' || host.name.endsWith('.localhost');
}
