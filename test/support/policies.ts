/** Policies built by hand, for tests of stages behind `lower`. */

import { encodeImage, type PolicyImage } from '../../compiler/image/index.js';
import type { HostPattern, PathPattern, Policy, Rule } from '../../compiler/policy/types.js';
import { projectPolicy } from '../../compiler/project/index.js';

export const name = (text: string): HostPattern => ({ kind: 'name', name: text });
export const suffix = (text: string): HostPattern => ({ kind: 'suffix', name: text });
export const any: HostPattern = { kind: 'any' };

/** `v4('10.0.0.0', 8)` */
export function v4(dotted: string, prefix = 32): HostPattern {
  const value = dotted.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return { kind: 'block', address: { family: 4, value }, prefix };
}

export const exact = (path: string): PathPattern => ({ kind: 'exact', path });
export const prefix = (path: string): PathPattern => ({ kind: 'prefix', prefix: path });

export function rule(index: number, hosts: readonly HostPattern[], more: Partial<Rule> = {}): Rule {
  return {
    index,
    integrationId: `i${index}`,
    provider: 'p',
    action: 'execute',
    hosts,
    http: false,
    https: true,
    ports: [{ lo: 443, hi: 443 }],
    methods: null,
    paths: [{ kind: 'all' }],
    ...more,
  };
}

export function policyOf(rules: readonly Rule[], more: Partial<Policy> = {}): Policy {
  return {
    policyId: `sha256:${'ab'.repeat(32)}`,
    issuedAt: Date.UTC(2026, 10, 22),
    expiresAt: Date.UTC(2026, 11, 22),
    serial: null,
    broker: {
      url: 'https://broker.svc.example.net/v1/execute',
      host: { kind: 'name', name: 'broker.svc.example.net' },
      port: 443,
    },
    dpopRequired: false,
    dpopAthRequired: false,
    defaultAction: 'pass',
    opaqueTls: 'deny',
    rules,
    ...more,
  };
}

export function imageOf(policy: Policy, signed = true): PolicyImage {
  const projected = projectPolicy(policy);
  if (!projected.ok) throw new Error(projected.notes.map(({ message }) => message).join('; '));
  const { meta, sections, brokerUrlAt } = projected.value;
  return encodeImage(meta, sections, { signed, brokerUrlAt });
}
