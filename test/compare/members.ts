/** Reads the printed form of a set of requests back, without the code that printed it. */

import type { Requests } from '../../compiler/compare/index.js';
import { lowerHost } from '../../compiler/lower/index.js';
import type { Policy } from '../../compiler/policy/index.js';
import { hostMatches, isGateway } from '../../compiler/policy/index.js';
import { hostText, isLoopback } from '../../compiler/request/index.js';
import type { CanonicalRequest } from '../../compiler/request/types.js';

/** Does the set hold the request? `brokers` are those of both policies. */
export function holdsRequest(
  requests: Requests,
  request: CanonicalRequest,
  policies: readonly [Policy, Policy],
): boolean {
  return (
    requests.schemes.includes(request.scheme) &&
    requests.ports.some((item) => hasPort(item, request.port)) &&
    hasMethod(requests.methods, request.method) &&
    hasPath(requests.paths, request.path) &&
    hasHost(requests.hosts, request, policies)
  );
}

function hasPort(item: number | string, port: number): boolean {
  const [lo, hi = lo] = String(item).split('-').map(Number);
  return lo! <= port && port <= hi!;
}

function hasMethod(items: readonly string[], method: string): boolean {
  return items.includes(method) || (items.includes('*') && !items.includes(`!${method}`));
}

export function hasPath(items: readonly string[], path: string): boolean {
  const away = items.filter((item) => item.startsWith('!'));
  const kept = items.filter((item) => !item.startsWith('!'));
  return kept.some((item) => both(item, path)) && !away.some((item) => one(item.slice(1), path));
}

const both = (item: string, path: string): boolean =>
  item.split(' & ').every((part) => one(part, path));

function one(pattern: string, path: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('^')) return new RegExp(pattern, 'u').test(path);
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

function hasHost(
  items: readonly string[],
  { host, port }: CanonicalRequest,
  policies: readonly [Policy, Policy],
): boolean {
  if (isGateway(host)) return false;
  const shared = policies.every(
    ({ broker }) => broker.port === port && hostText(broker.host) === hostText(host),
  );
  let narrowest = { size: -1, kept: false };
  for (const item of items) {
    const kept = !item.startsWith('!');
    const { pattern, size } = sized(kept ? item : item.slice(1));
    if (pattern.kind === 'any' && (isLoopback(host) || shared)) continue;
    if (hostMatches(pattern, host) && size > narrowest.size) narrowest = { size, kept };
  }
  return narrowest.kept;
}

/** The longer, the narrower. */
function sized(text: string) {
  const lowered = lowerHost(text);
  if (!lowered.ok) throw new Error(text);
  const pattern = lowered.value;
  if (pattern.kind === 'any') return { pattern, size: 0 };
  if (pattern.kind === 'block') return { pattern, size: 1 + pattern.prefix };
  return { pattern, size: 1 + pattern.name.length * 2 + (pattern.kind === 'name' ? 1000 : 0) };
}
