/** test/conformance/decisions.yaml: the policy language by example, on the reference interpreter. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ManifestInput } from '../../compiler/lower/index.js';
import { evaluate, sightOf, verdictOf } from '../../compiler/policy/index.js';
import {
  canonicalHost,
  canonicalPort,
  canonicalUrl,
  parseAddress,
} from '../../compiler/request/index.js';
import { policyOf } from './manifests.js';

interface Group {
  readonly name: string;
  readonly manifest: Partial<ManifestInput>;
  readonly requests?: readonly [string, string, string, number | null, string?][];
  readonly verdicts?: readonly [string, number, string][];
  readonly errors?: readonly Record<string, unknown>[];
}

const groups = parse(
  readFileSync(new URL('../conformance/decisions.yaml', import.meta.url), 'utf8'),
) as readonly Group[];

it('the file holds what it is known to hold', () => {
  const count = (pick: (group: Group) => readonly unknown[] | undefined): number =>
    groups.reduce((sum, group) => sum + (pick(group)?.length ?? 0), 0);
  expect(groups).toHaveLength(11);
  expect(count((group) => group.requests)).toBe(94);
  expect(count((group) => group.verdicts)).toBe(33);
  expect(count((group) => group.errors)).toBe(13);
});

describe.each(groups)('$name', (group) => {
  const policy = policyOf(group.manifest);

  it.each(group.requests ?? [])('%s %s -> %s %s %s', (method, url, action, rule, reason) => {
    const request = canonicalUrl(url, method);
    if (!request.ok) throw new Error(request.error.message);
    const integration = rule === null ? null : policy.rules[rule]!.integrationId;
    expect(evaluate(policy, request.value)).toEqual({
      action,
      rule,
      integrationId: integration,
      ...(reason === undefined ? {} : { reason }),
    });
  });

  it.each(group.verdicts ?? [])('%s %i -> %s', (text, port, verdict) => {
    const host = canonicalHost(text);
    if (!host.ok) throw new Error(host.error.message);
    expect(verdictOf(policy, sightOf(host.value, port))).toBe(verdict);
  });

  it.each((group.errors ?? []).map((input) => [JSON.stringify(input), input]))('%s', (_, input) => {
    expect(isRequest(input as Record<string, unknown>)).toBe(false);
  });
});

function isRequest(input: Record<string, unknown>): boolean {
  const { url, host, ip, port } = input;
  if (typeof url === 'string') return canonicalUrl(url).ok;
  if (typeof port !== 'number' || !canonicalPort(port).ok) return false;
  if (typeof host === 'string') return canonicalHost(host).ok;
  return typeof ip === 'string' && parseAddress(ip).ok;
}
