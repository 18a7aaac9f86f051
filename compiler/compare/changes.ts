/** Every class of hosts compared; what is the same for several classes is told once. */

import type { Budget } from '../analyse/budget.js';
import type { Entry } from '../analyse/hosts.js';
import type { PortInterval } from '../policy/types.js';
import { besideBroker, type HostSet, Hosts } from './hosts.js';
import type { Region } from './lists.js';
import { Lookup } from './lookup.js';
import type { Change, ChangeKind, Effect, Pair, Requests, Undecided } from './types.js';
import { Confirmation, requestOf, shortest } from './witness.js';

interface Group extends HostSet {
  readonly region: Region;
}

type Groups = Map<string, Group>;

export function changesOf(
  pair: Pair,
  budget: Budget,
): { readonly changes: Change[]; readonly undecided: Undecided[] } {
  const hosts = new Hosts(pair);
  const groups = groupsOf(hosts, new Lookup(pair, budget), budget);
  foldBroker(hosts, groups);
  const confirmation = new Confirmation(pair);
  const changes: Change[] = [];
  const undecided: Undecided[] = [];
  for (const group of groups.values()) {
    const { before, after, path } = group.region;
    const requests = requestsOf(hosts, group);
    if (path === null) undecided.push({ before, after, requests });
    else changes.push(changeOf(confirmation, hosts, group, path, requests));
  }
  return { changes: changes.sort(compareChanges), undecided };
}

function groupsOf(hosts: Hosts, lookup: Lookup, budget: Budget): Groups {
  const groups: Groups = new Map();
  for (const one of hosts.classes()) {
    if (budget.exceeded) break;
    for (const region of lookup.regionsOf(one, hosts.rulesOf(one))) {
      const key = keyOf(region);
      let group = groups.get(key);
      if (group === undefined) {
        group = { region, entries: new Set(), closed: new Set(), silent: new Set() };
        groups.set(key, group);
      }
      group.entries.add(one.entry);
      if (!one.open[0] && !one.open[1]) group.closed.add(one.entry);
    }
  }
  return groups;
}

function keyOf(region: Region, ports: readonly PortInterval[] = region.ports): string {
  const { before, after, schemes, methods, paths, path } = region;
  return JSON.stringify([before, after, schemes, ports, methods, paths, path === null]);
}

/** `*` reaches the broker but at its port: what holds for `*` and for the broker's other ports is one thing. */
function foldBroker(hosts: Hosts, groups: Groups): void {
  const broker = hosts.sharedBroker();
  if (broker === null) return;
  for (const group of [...groups.values()]) {
    if (!group.entries.has(hosts.tree.root) || group.entries.has(broker.entry)) continue;
    const rest = besideBroker(group.region.ports, broker.port);
    if (rest === null || !takeOut(groups, keyOf(group.region, rest), broker.entry, rest)) continue;
    group.silent.add(broker.entry);
  }
}

/** @returns false where the entry is not in the group of that key; no ports are in every group */
function takeOut(
  groups: Groups,
  key: string,
  entry: Entry,
  ports: readonly PortInterval[],
): boolean {
  if (ports.length === 0) return true;
  const group = groups.get(key);
  if (group === undefined || !group.entries.delete(entry)) return false;
  if (group.entries.size === 0) groups.delete(key);
  return true;
}

function requestsOf(hosts: Hosts, group: Group): Requests {
  const { schemes, ports, methods, paths } = group.region;
  const portTexts = ports.map(({ lo, hi }) => (lo === hi ? lo : `${lo}-${hi}`));
  return { hosts: hosts.textsOf(group), ports: portTexts, schemes, methods, paths };
}

function changeOf(
  confirmation: Confirmation,
  hosts: Hosts,
  group: Group,
  path: string,
  requests: Requests,
): Change {
  const { region } = group;
  const { before, after, ambiguousOnly } = region;
  const samples = hosts.listed(group).flatMap((entry) => hosts.tree.sample(entry) ?? []);
  const witness = requestOf(region, shortest(samples), path);
  confirmation.check(witness, region);
  const kind = kindOf(before, after);
  return {
    kind,
    before,
    after,
    requests,
    witness,
    ambiguousOnly,
    weaker: kind === 'other_integration' || STRICTNESS[after.action] < STRICTNESS[before.action],
  };
}

/** A denied request goes nowhere; an executed one is seen by the broker; a passed one by nobody. */
const STRICTNESS = { pass: 0, execute: 1, deny: 2 } as const;

const KIND = { execute: 'now_executed', pass: 'now_passed', deny: 'now_denied' } as const;

function kindOf(before: Effect, after: Effect): ChangeKind {
  const bothExecute = before.action === 'execute' && after.action === 'execute';
  return bothExecute ? 'other_integration' : KIND[after.action];
}

const ORDER: readonly ChangeKind[] = [
  'now_executed',
  'other_integration',
  'now_passed',
  'now_denied',
];

function compareChanges(a: Change, b: Change): number {
  const place = ({ rule }: Effect): number => rule ?? Number.POSITIVE_INFINITY;
  const byPlace = (x: Effect, y: Effect): number => {
    const [i, j] = [place(x), place(y)];
    return i === j ? 0 : i - j;
  };
  return (
    ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
    byPlace(a.after, b.after) ||
    byPlace(a.before, b.before) ||
    // Wildcards sort before names: the wider set comes first.
    compareText(JSON.stringify(a.requests), JSON.stringify(b.requests))
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
