/** `policy.txt`: what a reviewer reads. Everything but lines and enforceability comes out of the policy image itself. */

import type { RuleEnforcement, RuntimeEnforcement } from '../../analyse/index.js';
import type { PolicyImage } from '../../image/types.js';
import type { Artifact, Origins } from '../backend.js';
import { type Printed, render, type TemplateValue } from '../template.js';
import { plainText, wrapped } from './plain.js';
import { entriesOfRules, entryTitle, portMapItems, rootOf } from './read-hosts.js';
import { type RuleFacts, ruleFacts } from './read-rules.js';

type View = { readonly [name: string]: TemplateValue };

/** Larger policies are printed one line a rule, without the table of hosts. */
export const LISTED_ENTRIES = 2000;
export const LISTED_RULES = 2000;
/** Hosts, and paths, that a one-line rule names. */
const NAMED = 3;

export function emitReview(
  image: PolicyImage,
  origins: Origins,
  enforcement: readonly RuleEnforcement[],
): Artifact {
  const entries = entriesOfRules(image);
  const long = image.meta.ruleCount <= LISTED_RULES;
  const rules = enforcement.map((row) => {
    const facts = ruleFacts(image, row.rule, row.regexes);
    const hosts = entries[row.rule]!.map((entry) => entryTitle(image, entry));
    const place = `${origins.file}:${origins.ruleLines[row.rule] ?? '?'}`;
    const head = `rule ${row.rule}  ${place}  ${facts.action}  ${facts.integrationId}`;
    return long ? longRule(head, facts, hosts, row) : { line: shortRule(head, facts, hosts, row) };
  });
  const listed = rootOf(image) < LISTED_ENTRIES;
  const text = render('review/policy.txt.hbs', {
    head: headRows(image, origins),
    long,
    rules,
    none: rules.length === 0,
    listed,
    entryCount: rootOf(image) + 1,
    hosts: listed ? hostRows(image) : [],
  });
  return { path: 'policy.txt', bytes: new TextEncoder().encode(text) };
}

function headRows(image: PolicyImage, origins: Origins): readonly View[] {
  const { meta } = image;
  const rows: readonly (readonly [string, string])[] = [
    ['file', origins.file],
    ['policy', meta.policyId],
    ['image', image.digest],
    [
      'signed',
      image.signed
        ? `by key ${origins.kid ?? 'without id'}`
        : 'NO: compiled unsigned, for development only',
    ],
    ['issued', new Date(meta.issuedAt).toISOString()],
    ['expires', new Date(meta.expiresAt).toISOString()],
    ['serial', meta.serial === null ? 'none' : String(meta.serial)],
    ['broker', meta.brokerUrl],
    ['dpop', dpopText(meta)],
    [
      'default',
      `${meta.defaultDeny ? 'deny' : 'pass'} where no rule matches; loopback and the broker always pass`,
    ],
    [
      'opaque_tls',
      meta.opaqueTunnel
        ? 'tunnel: TLS that cannot be read is let through'
        : 'deny: TLS that cannot be read is refused',
    ],
    ['made by', `broker-interceptor ${origins.compilerVersion}`],
  ];
  return rows.map(([key, value]) => ({ key: key.padEnd(10) as Printed, value: plainText(value) }));
}

function dpopText(meta: PolicyImage['meta']): string {
  if (!meta.dpopRequired) return 'not required';
  return meta.dpopAthRequired ? 'required, bound to the session token (ath)' : 'required';
}

function longRule(
  head: string,
  facts: RuleFacts,
  hosts: readonly string[],
  row: RuleEnforcement,
): View {
  const fields: readonly (readonly [string, readonly string[]])[] = [
    ['hosts', hosts],
    ['schemes', facts.schemes],
    ['ports', facts.ports],
    ['methods', facts.methods ?? ['all']],
    ['paths', facts.paths],
    ['node', [enforcementText(row.node)]],
    ['c', [enforcementText(row.c)]],
    ['bpf', [enforcementText(row.bpf)]],
  ];
  return { head: plainText(head), fields: fields.flatMap(([key, items]) => fieldRows(key, items)) };
}

/** The first line bears the key. */
function fieldRows(key: string, items: readonly string[]): View[] {
  return wrapped(items).map((value, i) => ({
    key: (i === 0 ? key : '').padEnd(8) as Printed,
    value,
  }));
}

function enforcementText({ how, reason }: RuntimeEnforcement): string {
  return `${how}: ${reason}`;
}

function shortRule(
  head: string,
  facts: RuleFacts,
  hosts: readonly string[],
  row: RuleEnforcement,
): Printed {
  const parts = [
    head,
    few(hosts),
    `${facts.schemes.join('+')} ${facts.ports.join(',')}`,
    facts.methods?.join(',') ?? 'all methods',
    few(facts.paths),
    `node ${row.node.how}, c ${row.c.how}, bpf ${row.bpf.how}`,
  ];
  return plainText(parts.join(' | '));
}

function few(items: readonly string[]): string {
  const more = items.length - NAMED;
  return more > 0 ? `${items.slice(0, NAMED).join(', ')} and ${more} more` : items.join(', ');
}

/** Each entry with its verdicts; a block has others where it is dialled for a known name. */
function hostRows(image: PolicyImage): readonly View[] {
  const { entryPortMaps, dialledPortMaps } = image.sections;
  const { nameCount } = image.meta;
  const rows: View[] = [];
  for (let entry = 0; entry <= rootOf(image); entry++) {
    const host = entryTitle(image, entry);
    const verdicts = portMapItems(image, entryPortMaps[entry]!);
    const isBlock = entry >= nameCount && entry < rootOf(image);
    const dialled = isBlock ? portMapItems(image, dialledPortMaps[entry - nameCount]!) : verdicts;
    rows.push(hostRow(host, verdicts));
    if (dialled.join() !== verdicts.join()) {
      rows.push(hostRow(`${host}, dialled for a name`, dialled));
    }
  }
  return rows;
}

function hostRow(host: string, verdicts: readonly string[]): View {
  return { host: plainText(host.padEnd(36)), verdicts: plainText(verdicts.join(', ')) };
}
