/** Projection: a policy to the tables of its image (design sections 2 and 5). */

import { ENTRY_FLAG, type ImageMeta, type ImageSections, NONE } from '../image/types.js';
import type { Policy } from '../policy/types.js';
import { type HostIndex, indexHosts, segmentsOf } from './entries.js';
import { nameTable } from './name-table.js';
import { LimitReached } from './port-index.js';
import { PortMapBuilder, type PortMaps, type Scope } from './port-maps.js';
import { ruleTables, TextPool } from './rule-tables.js';

export { MAX_PORT_OVERLAP } from './port-index.js';
export { MAX_PORT_SEGMENTS } from './port-maps.js';

/** Something that the projection has to say; `rule` is where. */
export interface ProjectionNote {
  readonly code: 'path/undecided' | 'limit/port-overlap' | 'limit/port-segments';
  readonly message: string;
  readonly rule?: number;
}

export interface Projection {
  readonly meta: ImageMeta;
  readonly sections: ImageSections;
  /** Where the broker's URL stands in `sections.text`. */
  readonly brokerUrlAt: number;
  readonly notes: readonly ProjectionNote[];
}

export type Projected =
  | { readonly ok: true; readonly value: Projection }
  | { readonly ok: false; readonly notes: readonly ProjectionNote[] };

/** A pure function of the policy. Fails only where a documented limit is passed. */
export function projectPolicy(policy: Policy): Projected {
  try {
    return { ok: true, value: project(policy) };
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return {
      ok: false,
      notes: [{ code: error.code as ProjectionNote['code'], message: error.message }],
    };
  }
}

function project(policy: Policy): Projection {
  const hosts = indexHosts(policy);
  const maps = projectPorts(policy, hosts);
  const text = new TextPool();
  const { methodCount, methodWords, ...rules } = ruleTables(policy.rules, text);
  const url = text.add(policy.broker.url);
  const sections: ImageSections = {
    ...nameTable(hosts.names.map(({ name }) => name)),
    ...addressTables(hosts),
    ...entryTables(hosts),
    entryPortMaps: narrow(maps.normal, maps.tables.parents.length),
    dialledPortMaps: narrow(maps.dialled, maps.tables.parents.length),
    portMapOffsets: Uint32Array.from(maps.tables.offsets),
    portMapParents: Uint32Array.from(maps.tables.parents),
    portSegments: Uint32Array.from(maps.tables.segments),
    ...rules,
    text: text.bytes(),
  };
  const meta: ImageMeta = {
    policyId: policy.policyId,
    issuedAt: policy.issuedAt,
    expiresAt: policy.expiresAt,
    serial: policy.serial,
    defaultDeny: policy.defaultAction === 'deny',
    opaqueTunnel: policy.opaqueTls === 'tunnel',
    dpopRequired: policy.dpopRequired,
    dpopAthRequired: policy.dpopAthRequired,
    brokerUrl: policy.broker.url,
    brokerEntry: [...hosts.names, ...hosts.blocks].find((entry) => entry.broker)!.number,
    brokerPort: policy.broker.port,
    nameCount: hosts.names.length,
    addressCount: hosts.blocks.length,
    ruleCount: policy.rules.length,
    methodCount,
    methodWords,
  };
  return { meta, sections, brokerUrlAt: url.at, notes: maps.notes };
}

/** Port map numbers of all entries and the root, and of the address entries as dialled addresses. */
function projectPorts(policy: Policy, hosts: HostIndex) {
  const builder = new PortMapBuilder(policy.rules);
  const root = builder.scope(hosts.rootRules, null, policy.defaultAction);
  const normal: number[] = [];
  const dialled: number[] = [];
  const guard = (broker: boolean, below: Scope) =>
    broker ? { port: policy.broker.port, below } : undefined;

  const bareNames = new Map<object, Scope>();
  const normalNames = new Map<object, Scope>();
  for (const entry of [...hosts.names].sort((a, b) => a.name.length - b.name.length)) {
    const bareParent = (entry.link && bareNames.get(entry.link)) ?? builder.open;
    const parent = entry.exempt
      ? bareParent
      : ((entry.link && normalNames.get(entry.link)) ?? root);
    // Only what the broker's exemption or loopback can reach needs the chain without the root.
    if (entry.name.startsWith('.') && mayBeBare(entry.name, policy)) {
      bareNames.set(entry, builder.scope(entry.rules, bareParent, 'pass'));
    }
    const scope = builder.scope(
      entry.rules,
      parent,
      fallbackOf(entry.exempt, policy),
      guard(entry.broker, bareParent),
    );
    normalNames.set(entry, scope);
    normal[entry.number] = scope.map;
  }
  const bareBlocks = new Map<object, Scope>();
  const normalBlocks = new Map<object, Scope>();
  for (const entry of hosts.blocks) {
    const bareParent = entry.link ? bareBlocks.get(entry.link)! : builder.open;
    const bare = builder.scope(entry.rules, bareParent, 'pass');
    const parent = entry.link ? normalBlocks.get(entry.link)! : root;
    const scope = entry.exempt
      ? bare
      : builder.scope(entry.rules, parent, policy.defaultAction, guard(entry.broker, bareParent));
    bareBlocks.set(entry, bare);
    normalBlocks.set(entry, scope);
    normal[entry.number] = scope.map;
    dialled.push(bare.map);
  }
  normal.push(root.map);
  const notes = [...builder.undecided]
    .sort((a, b) => a - b)
    .map(
      (rule): ProjectionNote => ({
        code: 'path/undecided',
        message:
          'proving what is decided at the hosts of this rule takes more work than the documented bound; they are captured without that proof',
        rule,
      }),
    );
  return { normal, dialled, tables: builder.finish() as PortMaps, notes };
}

function mayBeBare(name: string, policy: Policy): boolean {
  const { host } = policy.broker;
  return name.endsWith('.localhost') || (host.kind === 'name' && host.name.endsWith(name));
}

function fallbackOf(exempt: boolean, policy: Policy): 'pass' | 'deny' {
  return exempt ? 'pass' : policy.defaultAction;
}

function entryTables(hosts: HostIndex) {
  const entries = [...hosts.names, ...hosts.blocks];
  const count = entries.length + 1;
  const links = new Uint32Array(count).fill(NONE);
  const flags = new Uint8Array(count);
  const offsets = new Uint32Array(count + 1);
  const refs: number[] = [];
  const addRules = (at: number, rules: readonly number[]): void => {
    for (const rule of rules) refs.push(rule);
    offsets[at + 1] = refs.length;
  };
  entries.forEach((entry, at) => {
    if (entry.link !== null) links[at] = entry.link.number;
    flags[at] =
      (entry.exempt ? ENTRY_FLAG.exempt : 0) |
      (entry.broker ? ENTRY_FLAG.broker : 0) |
      ('gateway' in entry && entry.gateway ? ENTRY_FLAG.gateway : 0);
    addRules(at, entry.rules);
  });
  addRules(entries.length, hosts.rootRules);
  return {
    entryLinks: links,
    entryFlags: flags,
    entryRules: offsets,
    ruleRefs: Uint32Array.from(refs),
  };
}

function addressTables(hosts: HostIndex) {
  const root = hosts.names.length + hosts.blocks.length;
  const four = segmentsOf(hosts.blocks, 4);
  const six = segmentsOf(hosts.blocks, 6);
  return {
    addr4Starts: Uint32Array.from(four, ({ start }) => Number(start)),
    addr4Entries: Uint32Array.from(four, ({ entry }) => entry?.number ?? root),
    addr6Starts: Uint32Array.from(six.flatMap(({ start }) => wordsOf(start))),
    addr6Entries: Uint32Array.from(six, ({ entry }) => entry?.number ?? root),
    addressBlocks: Uint32Array.from(
      hosts.blocks.flatMap(({ family, prefix, start }) => [
        family * 256 + prefix,
        ...(family === 4 ? [Number(start), 0, 0, 0] : wordsOf(start)),
      ]),
    ),
  };
}

/** Most significant word first. */
function wordsOf(address: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffffffffn));
}

/** The narrowest array for numbers below `bound`. */
function narrow(values: readonly number[], bound: number): Uint8Array | Uint16Array | Uint32Array {
  if (bound <= 0x100) return Uint8Array.from(values);
  return bound <= 0x10000 ? Uint16Array.from(values) : Uint32Array.from(values);
}
