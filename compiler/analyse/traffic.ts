/** Traffic: what a rule says about requests beside their host. Ports are intervals, methods sets. */

import type { PortInterval, Rule } from '../policy/types.js';
import type { Scheme } from '../request/types.js';

export type Traffic = Pick<Rule, 'http' | 'https' | 'ports' | 'methods' | 'paths'>;

export const SCHEMES: readonly Scheme[] = ['https', 'http'];

/** Both lists sorted and disjoint. */
export function intersectPorts(
  a: readonly PortInterval[],
  b: readonly PortInterval[],
): readonly PortInterval[] {
  const both: PortInterval[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const lo = Math.max(a[i]!.lo, b[j]!.lo);
    const hi = Math.min(a[i]!.hi, b[j]!.hi);
    if (lo <= hi) both.push({ lo, hi });
    if (a[i]!.hi < b[j]!.hi) i++;
    else j++;
  }
  return both;
}

/** `ports` without the one port. */
export function withoutPort(ports: readonly PortInterval[], port: number): readonly PortInterval[] {
  return ports.flatMap(({ lo, hi }) => {
    if (port < lo || port > hi) return [{ lo, hi }];
    return [
      { lo, hi: port - 1 },
      { lo: port + 1, hi },
    ].filter((part) => part.lo <= part.hi);
  });
}

export function hasPort(ports: readonly PortInterval[], port: number): boolean {
  return ports.some(({ lo, hi }) => lo <= port && port <= hi);
}

/** Null is every method; an empty list is none. */
export function intersectMethods(
  a: readonly string[] | null,
  b: readonly string[] | null,
): readonly string[] | null {
  if (a === null) return b;
  if (b === null) return a;
  return a.filter((method) => b.includes(method));
}

/** Do they share a scheme, a port and a method? Paths are not looked at. */
export function sharesConnection(a: Traffic, b: Traffic): boolean {
  if (!(a.http && b.http) && !(a.https && b.https)) return false;
  if (a.methods !== null && b.methods !== null && !a.methods.some((m) => b.methods!.includes(m))) {
    return false;
  }
  return overlaps(a.ports, b.ports);
}

function overlaps(a: readonly PortInterval[], b: readonly PortInterval[]): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]!.lo <= b[j]!.hi && b[j]!.lo <= a[i]!.hi) return true;
    if (a[i]!.hi < b[j]!.hi) i++;
    else j++;
  }
  return false;
}

export function admits(traffic: Traffic, scheme: Scheme, port: number, method: string): boolean {
  return (
    traffic[scheme] &&
    (traffic.methods === null || traffic.methods.includes(method)) &&
    hasPort(traffic.ports, port)
  );
}

/** One port of each run of ports of `ports` that no interval of `others` tells apart; usual ports first, as they read best. */
export function samplePorts(
  ports: readonly PortInterval[],
  others: readonly { readonly ports: readonly PortInterval[] }[],
  scheme: Scheme,
): number[] {
  const starts = new Set<number>();
  for (const port of scheme === 'https' ? [443, 80] : [80, 443]) {
    if (hasPort(ports, port)) starts.add(port);
  }
  for (const { lo } of ports) starts.add(lo);
  for (const other of others) {
    for (const { lo, hi } of other.ports) {
      if (hasPort(ports, lo)) starts.add(lo);
      if (hasPort(ports, hi + 1)) starts.add(hi + 1);
    }
  }
  return [...starts];
}

const USUAL_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** One method for each set of methods that `others` do not tell apart; the one that nobody mentions first. */
export function sampleMethods(
  methods: readonly string[] | null,
  others: readonly { readonly methods: readonly string[] | null }[],
): string[] {
  if (methods !== null) return [...methods].sort((a, b) => rank(a) - rank(b));
  const mentioned = new Set(others.flatMap((other) => other.methods ?? []));
  return [unmentioned(mentioned), ...mentioned];
}

function rank(method: string): number {
  const place = USUAL_METHODS.indexOf(method);
  return place < 0 ? USUAL_METHODS.length : place;
}

/** A method outside of `mentioned`. */
export function unmentioned(mentioned: ReadonlySet<string>): string {
  const usual = USUAL_METHODS.find((method) => !mentioned.has(method));
  if (usual !== undefined) return usual;
  for (let i = 0; ; i++) if (!mentioned.has(`X${i}`)) return `X${i}`;
}
