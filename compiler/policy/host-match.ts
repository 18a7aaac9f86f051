/** Which host patterns match a host, and which hosts the pattern `*` and the default never reach. */

import { inBlock, isGatewayRange, isLoopback, sameHost } from '../request/index.js';
import type { Host } from '../request/types.js';
import type { HostPattern, Policy, Rule } from './types.js';

/** Does the pattern match the canonical host? A wildcard needs a label in front; a block matches addresses alone. */
export function hostMatches(pattern: HostPattern, host: Host): boolean {
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'name':
      return host.kind === 'name' && host.name === pattern.name;
    case 'suffix':
      return host.kind === 'name' && host.name.endsWith(`.${pattern.name}`);
    case 'block':
      return host.kind === 'address' && inBlock(host.address, pattern);
  }
}

/** Does some host pattern other than `*` match? */
export function ruleNamesHost(rule: Pick<Rule, 'hosts'>, host: Host): boolean {
  return rule.hosts.some((pattern) => pattern.kind !== 'any' && hostMatches(pattern, host));
}

/** 127.64.0.0/10: no rule and no default reaches it. */
export function isGateway(host: Host): boolean {
  return host.kind === 'address' && isGatewayRange(host.address);
}

/** Loopback, and the broker at its port: out of reach of `*` and of the default. */
export function isExempt(policy: Pick<Policy, 'broker'>, host: Host, port: number): boolean {
  return isLoopback(host) || (port === policy.broker.port && sameHost(host, policy.broker.host));
}
