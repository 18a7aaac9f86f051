/** Requests by what the matcher must do for them; all parts canonical. */

import type { Policy } from '../../../compiler/policy/types.js';
import { policyOf, rule, v4 } from '../../support/policies.js';
import { hostOf, policyOfSize, type Request } from './workload.js';

const RULES = 1000;
/** Hosts of each kind: more than any single-entry memory holds. */
const HOSTS = 64;

/** The bench policy, and a rule for addresses. */
export function allocationPolicy(): Policy {
  const { rules } = policyOfSize(RULES);
  const six = {
    kind: 'block',
    address: { family: 6, value: 0x20010db8n << 96n },
    prefix: 32,
  } as const;
  return policyOf([...rules, rule(RULES, [v4('10.0.0.0', 8), v4('203.0.113.0', 24), six])]);
}

function requests(count: number, hostAt: (i: number) => string, path: string): Request[] {
  return Array.from({ length: count }, (_, i) => {
    const host = hostAt(i);
    return { url: '', scheme: 'https', host, port: 443, method: 'GET', path };
  });
}

export function allocationKinds(): Record<string, Request[]> {
  const exact = (i: number): string => hostOf(30 * i);
  return {
    'exact name, hit': requests(RULES / 30, exact, '/v1/items/12345'),
    'exact name, path misses': requests(RULES / 30, exact, '/v2/other/resource/123'),
    'regular expression': requests(
      RULES / 30,
      (i) => hostOf(30 * i + 2),
      '/v1/files/abc-123/content',
    ),
    wildcard: requests(RULES / 30, (i) => `eu-1.${hostOf(30 * i + 9)}`, '/v1/items/12345'),
    'unknown name': requests(HOSTS, (i) => `unknown${i}.site.example.net`, '/v1/items/12345'),
    'IPv4, in a block': requests(HOSTS, (i) => `203.0.113.${i}`, '/v1/items/12345'),
    'IPv4, in none': requests(HOSTS, (i) => `198.51.100.${i}`, '/v1/items/12345'),
    'IPv6, in a block': requests(HOSTS, (i) => `2001:db8::${i + 1}`, '/v1/items/12345'),
    'IPv6 in brackets, in none': requests(HOSTS, (i) => `[2001:db9::${i + 1}]`, '/v1/items/12345'),
  };
}
