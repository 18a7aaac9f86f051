/** Hosts, ports and methods that other items of the same list say already. */

import type { Diagnostic } from '../../diagnostics/types.js';
import { hostMatches } from '../../policy/index.js';
import type { HostPattern, PortInterval, Rule } from '../../policy/types.js';
import { isLoopback } from '../../request/index.js';
import { patternText } from '../hosts.js';
import { itemAt, rawItems } from '../items.js';
import { atRule, nameOf, type Run } from '../run.js';
import { hasPort } from '../traffic.js';

export function* redundantHosts(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (rule.hosts.length < 2) continue;
    const any = rule.hosts.some((host) => host.kind === 'any');
    for (const [index, host] of rule.hosts.entries()) {
      const wider = widerOf(run, rule, host) ?? (any && isOpen(run, rule, host) ? '*' : null);
      if (wider === null) continue;
      const text = patternText(host);
      yield atRule(run, rule, 'pattern/redundant', {
        message: `"${text}" adds nothing to ${nameOf(rule)}: "${wider}" holds every host that it holds`,
        hint: 'Remove it.',
        at: itemAt(run, rule.index, 'hosts', { index, count: rule.hosts.length, text }),
      });
    }
  }
}

/** The narrowest other pattern of the rule that holds `host` as a whole. */
function widerOf(run: Run, rule: Rule, host: HostPattern): string | null {
  if (host.kind === 'any') return null;
  const { tree } = run.ground;
  for (let entry = tree.entryOf(host).parent; entry !== null; entry = entry.parent) {
    run.budget.spend(1);
    if (includes(entry.rules, rule.index)) return patternText(entry.pattern);
  }
  return null;
}

/**
 * Does `*` reach every host of the pattern, on every port of the rule? It does not reach loopback and the broker, and it
 * does not judge an address that was dialled for a known name.
 */
function isOpen(run: Run, rule: Rule, host: HostPattern): boolean {
  if (host.kind === 'any' || host.kind === 'block') return false;
  const name = host.kind === 'name' ? host.name : `x.${host.name}`;
  if (isLoopback({ kind: 'name', name })) return false;
  const { broker } = run.policy;
  return !(hostMatches(host, broker.host) && hasPort(rule.ports, broker.port));
}

function includes(sorted: readonly number[], value: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}

export function* redundantPorts(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    const items = rawItems(run, rule.index, 'ports')?.map(intervalOf) ?? [];
    // Items that do not overlap add up to the rule's ports.
    if (sizeOf(items) === sizeOf(rule.ports)) continue;
    const kept = new Set(items.keys());
    for (let index = items.length - 1; index >= 0; index--) {
      const others = items.filter((_, other) => other !== index && kept.has(other));
      if (!run.budget.spend(items.length)) return;
      if (!isCovered(items[index]!, others)) continue;
      kept.delete(index);
      yield atRule(run, rule, 'pattern/redundant', {
        message: `ports ${portsText(items[index]!)} add nothing to ${nameOf(rule)}: its other ports include them`,
        hint: 'Remove the item.',
        at: run.locate(['match_rules', rule.index, 'match', 'ports', index]),
      });
    }
  }
}

export function* redundantMethods(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    const items = rawItems(run, rule.index, 'methods') ?? [];
    if (items.length === (rule.methods?.length ?? 0)) continue;
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const method = String(item).toUpperCase();
      if (seen.has(method)) {
        yield atRule(run, rule, 'pattern/redundant', {
          message: `method ${JSON.stringify(item)} stands twice in ${nameOf(rule)}`,
          hint: 'Remove one of them.',
          at: run.locate(['match_rules', rule.index, 'match', 'methods', index]),
        });
      }
      seen.add(method);
    }
  }
}

/** Integers or "8000-8099"; validated long before. */
function intervalOf(item: unknown): PortInterval {
  const [lo, hi] = String(item).split('-').map(Number);
  return { lo: lo!, hi: hi ?? lo! };
}

function sizeOf(ports: readonly PortInterval[]): number {
  return ports.reduce((sum, { lo, hi }) => sum + hi - lo + 1, 0);
}

function isCovered(ports: PortInterval, others: readonly PortInterval[]): boolean {
  let next = ports.lo;
  for (const { lo, hi } of others.toSorted((a, b) => a.lo - b.lo)) {
    if (lo <= next && next <= hi) next = hi + 1;
  }
  return next > ports.hi;
}

function portsText({ lo, hi }: PortInterval): string {
  return lo === hi ? String(lo) : `${lo}-${hi}`;
}
