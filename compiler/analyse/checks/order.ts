/** Overlapping rules that decide differently: swapping them would change decisions. */

import type { Diagnostic } from '../../diagnostics/types.js';
import { commonRemainder } from '../../paths/index.js';
import { ruleNamesHost } from '../../policy/index.js';
import type { PathPattern, Rule } from '../../policy/types.js';
import type { CanonicalRequest, Host } from '../../request/types.js';
import { costOf } from '../cover.js';
import type { Entry } from '../hosts.js';
import { areApart } from '../literals.js';
import { atRule, decisionOf, nameOf, namesOf, outcomeText, type Run, witnessOf } from '../run.js';
import {
  admits,
  intersectMethods,
  intersectPorts,
  SCHEMES,
  sampleMethods,
  samplePorts,
  sharesConnection,
} from '../traffic.js';

/** Earlier rules that are looked for at one rule. */
const PARTNERS = 4;

interface Overlap {
  readonly earlier: Rule;
  readonly request: CanonicalRequest;
}

export function* orderDependentRules(run: Run): Generator<Diagnostic> {
  const overlaps = collect(run);
  for (const later of run.policy.rules) {
    const found = overlaps.get(later.index);
    if (found !== undefined) yield finding(run, later, [...found.values()]);
  }
}

function finding(run: Run, later: Rule, found: readonly Overlap[]): Diagnostic {
  const inOrder = found.toSorted((a, b) => a.earlier.index - b.earlier.index);
  const { earlier, request } = inOrder[0]!;
  const many = inOrder.length >= PARTNERS ? ' (and perhaps more)' : '';
  return atRule(run, later, 'rule/order-dependent', {
    message: `${nameOf(later)} overlaps ${namesOf(inOrder.map((one) => one.earlier.index))}${many}, which ${found.length === 1 ? 'decides' : 'decide'} differently: their order matters`,
    hint: `${nameOf(earlier)} comes first and decides ${outcomeText(earlier)}; behind ${nameOf(later)} it would be ${outcomeText(later)}.`,
    witness: witnessOf(request),
  });
}

/** By later rule, then by earlier rule. */
function collect(run: Run): Map<number, Map<number, Overlap>> {
  const overlaps = new Map<number, Map<number, Overlap>>();
  const { tree } = run.ground;
  for (const entry of [tree.root, ...tree.entries()]) {
    if (!hasCompany(run, entry)) continue;
    for (const host of tree.samplesOf(entry)) collectAt(run, entry, host, overlaps);
    if (run.budget.exceeded) break;
  }
  return overlaps;
}

/** Is there a second rule on the hosts of the entry? */
function hasCompany({ ground: { tree } }: Run, entry: Entry): boolean {
  if (entry.rules.length === 0) return false;
  return entry.rules.length > 1 || entry.parent !== null || tree.root.rules.length > 0;
}

function collectAt(
  run: Run,
  entry: Entry,
  host: Host,
  overlaps: Map<number, Map<number, Overlap>>,
): void {
  for (const index of entry.rules) {
    const rule = run.policy.rules[index]!;
    if (run.hidden.has(index)) continue;
    for (const path of rule.paths) {
      for (const other of partnersOf(run, host, rule, path)) {
        const [earlier, later] = other.index < index ? [other, rule] : [rule, other];
        const known = overlaps.get(later.index) ?? new Map<number, Overlap>();
        if (known.has(earlier.index) || known.size >= PARTNERS) continue;
        const request = contested(run, host, earlier, later);
        if (request === null) continue;
        known.set(earlier.index, { earlier, request });
        overlaps.set(later.index, known);
      }
      if (run.budget.exceeded) return;
    }
  }
}

/** Rules that may share `path` on this host and decide otherwise. */
function partnersOf(run: Run, host: Host, rule: Rule, path: PathPattern): Rule[] {
  const near = run.ground.earlier(host, true, path, Number.POSITIVE_INFINITY);
  if (!run.budget.spend(near.length)) return [];
  return near
    .filter((other) => !run.hidden.has(other.index))
    .filter((other) => differs(other, rule) && sharesConnection(other, rule))
    .map((other) => run.policy.rules[other.index]!);
}

function differs(a: Rule, b: Rule): boolean {
  return a.action !== b.action || (a.action === 'execute' && a.integrationId !== b.integrationId);
}

/** A request that both rules match and that no rule before them takes. */
function contested(run: Run, host: Host, first: Rule, second: Rule): CanonicalRequest | null {
  if (!run.budget.spend(first.index + 1)) return null;
  const ports = intersectPorts(first.ports, second.ports);
  const methods = intersectMethods(first.methods, second.methods);
  const before = run.ground
    .earlier(host, true, { kind: 'all' }, first.index)
    .filter((rule) => sharesConnection(rule, first) && sharesConnection(rule, second));
  for (const scheme of SCHEMES) {
    if (!first[scheme] || !second[scheme]) continue;
    for (const port of samplePorts(ports, before, scheme)) {
      const open = run.ground.tree.isOpen(host, port);
      const applies = (rule: Rule): boolean => open || ruleNamesHost(rule, host);
      if (!applies(first) || !applies(second)) continue;
      for (const method of sampleMethods(methods, before)) {
        const hiding = before.filter((rule) => admits(rule, scheme, port, method) && applies(rule));
        const path = commonPath(run, first, second, hiding);
        if (path === null) continue;
        const request = { scheme, host, port, method, path };
        if (decisionOf(run, request).rule === first.index) return request;
      }
    }
  }
  return null;
}

function commonPath(run: Run, first: Rule, second: Rule, hiding: readonly Rule[]): string | null {
  const sets = [first.paths, second.paths].map((paths, i) =>
    paths.filter((path) => [second, first][i]!.paths.some((other) => !areApart(path, other))),
  );
  const without = hiding.flatMap((rule) => rule.paths);
  const visits = first.paths.length * second.paths.length;
  if (!run.budget.spend(visits + costOf({ kind: 'all' }, [...sets.flat(), ...without])))
    return null;
  const found = commonRemainder(sets, without);
  return found.kind === 'nonempty' ? found.path : null;
}
