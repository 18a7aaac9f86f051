/** Host patterns (design section 3): a name, a wildcard, an address, a block, or `*`. */

import type { HostPattern } from '../policy/types.js';
import {
  canonicalAddress,
  formatAddress,
  isGatewayRange,
  isPlainName,
  patternAddress,
  patternHost,
  unmapped,
  widthOf,
} from '../request/index.js';
import type { Address } from '../request/types.js';
import { lowered, type Part, problem, quoted } from './part.js';

type Refusal = readonly [test: (text: string) => boolean, code: string, what: string, hint: string];

/** First what shows the author's mistake best. */
const REFUSALS: readonly Refusal[] = [
  [(t) => t === '', 'host/empty', 'is empty', 'Write "*" for every host.'],
  [(t) => /\s/u.test(t), 'host/white-space', 'holds white space', 'Remove it.'],
  [
    (t) => t.includes('://'),
    'host/scheme',
    'holds a scheme',
    'Write the host alone; see "schemes".',
  ],
  [(t) => t.includes('@'), 'host/user-info', 'holds user info', 'Write the host alone.'],
  [
    (t) => /^[^%/]*:[^%/]*%/.test(t),
    'host/zone',
    'holds a zone',
    'A zone means something on one machine only.',
  ],
  [(t) => t.includes('%'), 'host/percent', 'holds a percent sign', 'Write the character itself.'],
  [
    (t) => /^[^:]*:[0-9]*$|\]:[0-9]*$/.test(t),
    'host/port',
    'holds a port',
    'Write the host alone; see "ports".',
  ],
];

function gatewayProblem(text: string): Part<never> {
  return problem(
    'host/gateway-range',
    `host ${quoted(text)} is inside of 127.64.0.0/10, which is the gateway's own`,
    'No rule reaches this range. Name another loopback address.',
  );
}

function blockPattern(text: string, address: Address, prefix: number): Part<HostPattern> {
  const v4Mapped = address.family === 6 && prefix >= 96 ? unmapped(address) : address;
  const inV4 = v4Mapped.family !== address.family;
  const block = inV4 ? { address: v4Mapped, prefix: prefix - 96 } : { address, prefix };
  // Like a host, a single address is folded: 0.0.0.0 is 127.0.0.1.
  const single = block.prefix === widthOf(block.address.family);
  const folded = single ? canonicalAddress(block.address) : block.address;
  if (block.prefix >= 10 && isGatewayRange(folded)) return gatewayProblem(text);
  return lowered({ kind: 'block', address: folded, prefix: block.prefix });
}

function lowerBlock(text: string): Part<HostPattern> {
  const slash = text.indexOf('/');
  const address = patternAddress(text.slice(0, slash));
  if (address === null) {
    const what = `host ${quoted(text)} holds a slash, but no address stands in front of it`;
    return problem('host/slash', what, 'A slash stands in blocks only: "203.0.113.0/24".');
  }
  const width = widthOf(address.family);
  const length = text.slice(slash + 1);
  const prefix = /^(?:0|[1-9][0-9]{0,2})$/.test(length) ? Number(length) : width + 1;
  if (prefix > width) {
    const what = `block ${quoted(text)} does not end in a prefix length from 0 to ${width}`;
    return problem('host/bad-prefix', what);
  }
  const hostBits = BigInt(width - prefix);
  const start = { family: address.family, value: (address.value >> hostBits) << hostBits };
  if (start.value !== address.value) {
    const hint = `The block is ${formatAddress(start)}/${prefix}, the single address ${formatAddress(address)}.`;
    return problem('host/host-bits', `block ${quoted(text)} has host bits set`, hint);
  }
  return blockPattern(text, address, prefix);
}

function misplacedWildcard(text: string): Part<never> {
  return problem(
    'host/misplaced-wildcard',
    `host ${quoted(text)} holds a "*" that is neither alone nor the first label`,
    'Write "*.example.com" for the names under example.com, or "*" for every host.',
  );
}

function lowerSuffix(text: string): Part<HostPattern> {
  const host = patternHost(text.slice(2));
  if (!host.ok) return problem(host.error.code, `host ${quoted(text)}: ${host.error.message}`);
  if (host.value.kind === 'address') {
    return problem(
      'host/wildcard-address',
      `host ${quoted(text)} has an address behind "*."`,
      'For several addresses write a block, such as "10.0.0.0/8".',
    );
  }
  // A wide "＊" becomes a plain one in canonical form.
  if (host.value.name.includes('*')) return misplacedWildcard(text);
  return lowered({ kind: 'suffix', name: host.value.name });
}

function lowerSingle(text: string): Part<HostPattern> {
  const host = patternHost(text);
  if (!host.ok) return problem(host.error.code, `host ${quoted(text)}: ${host.error.message}`);
  if (host.value.kind === 'address') {
    const { address } = host.value;
    return blockPattern(text, address, widthOf(address.family));
  }
  if (host.value.name.includes('*')) return misplacedWildcard(text);
  return lowered({ kind: 'name', name: host.value.name });
}

/** @param text one item of `match.hosts`, as written */
export function lowerHost(text: string): Part<HostPattern> {
  if (text === '*') return lowered({ kind: 'any' });
  if (isPlainName(text)) return lowered({ kind: 'name', name: text });
  for (const [test, code, what, hint] of REFUSALS) {
    if (test(text)) return problem(code, `host ${quoted(text)} ${what}`, hint);
  }
  if (text.includes('/')) return lowerBlock(text);
  if (text.startsWith('*.') && !text.includes('*', 1)) return lowerSuffix(text);
  return text.includes('*') ? misplacedWildcard(text) : lowerSingle(text);
}

/** Equal for equal patterns, and for those alone. */
export function hostKey(pattern: HostPattern): string {
  switch (pattern.kind) {
    case 'any':
      return '*';
    case 'name':
      return pattern.name;
    case 'suffix':
      return `*.${pattern.name}`;
    case 'block':
      return `${pattern.address.family}/${pattern.prefix}/${pattern.address.value}`;
  }
}
