/** Host patterns that reach further, or elsewhere, than their author is likely to have meant. */

import { domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import type { Diagnostic } from '../../diagnostics/types.js';
import type { HostPattern, Rule } from '../../policy/types.js';
import { inBlock, isLoopback, parseAddress, widthOf } from '../../request/index.js';
import type { CanonicalRequest, Host } from '../../request/types.js';
import { patternText } from '../hosts.js';
import { itemAt } from '../items.js';
import { mixedScripts } from '../look-alike.js';
import { decided, reachHost } from '../reach.js';
import { atRule, decisionOf, nameOf, type Run, witnessOf } from '../run.js';

type Block = Extract<HostPattern, { kind: 'block' }>;

export function* publicSuffixes(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (rule.action !== 'execute') continue;
    for (const [index, host] of rule.hosts.entries()) {
      const why = strangersUnder(host);
      const request = why === null ? null : decidedRequest(run, rule, host);
      if (why === null || request === null) continue;
      yield atRule(run, rule, 'host/public-suffix', {
        message: `"${patternText(host)}" of ${nameOf(rule)} covers hosts of strangers: ${why}`,
        hint: 'The credential would be used for any of them. Name the domains that are meant.',
        at: hostItem(run, rule, index),
        witness: witnessOf(request),
      });
    }
  }
}

/** Labels under which providers let anyone have names; each is looked up in the list before it is believed. */
const PROBES = ['s3', 'blob', 'web', 'app', 'apps', 'pages', 'sites', 'cloud', 'co', 'com', 'org'];

function strangersUnder(host: HostPattern): string | null {
  if (host.kind === 'any') return 'it is every host there is';
  if (host.kind !== 'suffix') return null;
  if (isPublicSuffix(host.name))
    return `${host.name} is a public suffix, under which anyone may have a name`;
  const below = PROBES.map((label) => `${label}.${host.name}`).find(isPublicSuffix);
  return below === undefined ? null : `${below}, which lies in it, is a public suffix`;
}

/** By the Public Suffix List, its private section included; names that the list does not know are none. */
function isPublicSuffix(name: string): boolean {
  const { publicSuffix, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true });
  return publicSuffix === name && (isIcann === true || isPrivate === true);
}

const PRIVATE: readonly (readonly [string, string])[] = [
  ['127.0.0.0/8', 'loopback'],
  ['::1/128', 'loopback'],
  ['10.0.0.0/8', 'private'],
  ['172.16.0.0/12', 'private'],
  ['192.168.0.0/16', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['169.254.0.0/16', 'link-local'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
];

const PRIVATE_BLOCKS = PRIVATE.map(([text, kind]) => ({ block: blockOf(text), text, kind }));

function blockOf(text: string): Block {
  const [address, prefix] = text.split('/');
  const parsed = parseAddress(address!);
  if (!parsed.ok) throw new Error(`no address: ${text}`);
  return { kind: 'block', address: parsed.value, prefix: Number(prefix) };
}

export function* privateSpace(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (rule.action !== 'execute') continue;
    for (const [index, host] of rule.hosts.entries()) {
      const found = inPrivateSpace(run, rule, host);
      if (found === null) continue;
      yield atRule(run, rule, 'host/private-space', {
        message: `"${patternText(host)}" of ${nameOf(rule)} is in, or holds, ${found.space} space: the broker would call addresses of its own network there`,
        hint: 'Use execute for hosts that are the same from everywhere; check that the broker is meant to reach this one.',
        at: hostItem(run, rule, index),
        witness: witnessOf(found.request),
      });
    }
  }
}

interface InSpace {
  readonly space: string;
  readonly request: CanonicalRequest;
}

function inPrivateSpace(run: Run, rule: Rule, host: HostPattern): InSpace | null {
  if (host.kind === 'any') return null;
  if (host.kind !== 'block') {
    const name = host.kind === 'name' ? host.name : `x.${host.name}`;
    const request = isLoopback({ kind: 'name', name }) ? decidedRequest(run, rule, host) : null;
    return request === null ? null : { space: 'loopback', request };
  }
  for (const { block, text, kind } of PRIVATE_BLOCKS) {
    if (!overlap(block, host)) continue;
    const request =
      block.prefix > host.prefix
        ? decidedAt(run, rule, firstHost(block))
        : decidedRequest(run, rule, host);
    if (request !== null) return { space: `${kind} (${text})`, request };
  }
  return null;
}

function firstHost({ address, prefix }: Block): Host {
  const single = prefix === widthOf(address.family);
  const value = single ? address.value : address.value + 1n;
  return { kind: 'address', address: { family: address.family, value } };
}

function decidedAt(run: Run, rule: Rule, host: Host): CanonicalRequest | null {
  const before = { limit: rule.index, sight: 'request' } as const;
  const found = reachHost(run.ground, host, rule, before, run.budget);
  if (found.kind !== 'reached') return null;
  return decisionOf(run, found.request).rule === rule.index ? found.request : null;
}

function overlap(a: Block, b: Block): boolean {
  const [wide, narrow] = a.prefix <= b.prefix ? [a, b] : [b, a];
  return inBlock(narrow.address, wide);
}

export function* lookAlikes(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    for (const [index, host] of rule.hosts.entries()) {
      if (host.kind !== 'name' && host.kind !== 'suffix') continue;
      if (!host.name.includes('xn--')) continue;
      const scripts = mixedScripts(domainToUnicode(host.name));
      if (scripts === null) continue;
      yield atRule(run, rule, 'host/mixed-script', {
        message: `"${patternText(host)}" of ${nameOf(rule)} reads ${scripts}: it may be a look-alike of another name`,
        hint: 'Check every letter. Write the name in its ASCII form (xn--...) if it is meant.',
        at: hostItem(run, rule, index),
      });
    }
  }
}

/** A request to `host` that the rule decides; the oracle agrees. */
function decidedRequest(run: Run, rule: Rule, host: HostPattern): CanonicalRequest | null {
  const found = decided(run.ground, rule, run.budget, { hosts: [host] });
  if (found.kind !== 'reached') return null;
  return decisionOf(run, found.request).rule === rule.index ? found.request : null;
}

function hostItem(run: Run, rule: Rule, index: number) {
  const text = patternText(rule.hosts[index]!);
  return itemAt(run, rule.index, 'hosts', { index, count: rule.hosts.length, text });
}
