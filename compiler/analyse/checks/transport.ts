/** Where requests go in the clear, and where a rule meets the broker itself. */

import type { Diagnostic } from '../../diagnostics/types.js';
import { hostMatches } from '../../policy/index.js';
import type { HostPattern, Rule } from '../../policy/types.js';
import { hostText, isLoopback } from '../../request/index.js';
import { patternText } from '../hosts.js';
import { itemAt } from '../items.js';
import { decided } from '../reach.js';
import { atRule, decisionOf, nameOf, type Run, witnessOf } from '../run.js';
import { hasPort } from '../traffic.js';

export function* plainHttp(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (rule.action !== 'execute' || !rule.http) continue;
    const hosts = rule.hosts.filter((host) => !isOnlyLoopback(host));
    const found = decided(run.ground, rule, run.budget, { hosts, https: false });
    if (found.kind !== 'reached' || decisionOf(run, found.request).rule !== rule.index) continue;
    yield atRule(run, rule, 'rule/plain-http', {
      message: `${nameOf(rule)} executes plain http: the broker would send the credential readable by everyone on the way`,
      hint: 'Use schemes: [https].',
      witness: witnessOf(found.request),
    });
  }
}

function isOnlyLoopback(host: HostPattern): boolean {
  if (host.kind === 'any') return false;
  if (host.kind === 'block') {
    const low = host.address.family === 4 ? 8 : 128;
    return host.prefix >= low && isLoopback({ kind: 'address', address: host.address });
  }
  return isLoopback({ kind: 'name', name: host.kind === 'name' ? host.name : `x.${host.name}` });
}

/** Execute and deny at the broker's own port were refused before; what is left is worth a look. */
export function* brokerRules(run: Run): Generator<Diagnostic> {
  const { host, port } = run.policy.broker;
  const broker = `${hostText(host)}:${port}`;
  for (const rule of run.policy.rules) {
    const index = rule.hosts.findIndex(
      (pattern) => pattern.kind !== 'any' && hostMatches(pattern, host),
    );
    if (index < 0) continue;
    const text = patternText(rule.hosts[index]!);
    const at = itemAt(run, rule.index, 'hosts', { index, count: rule.hosts.length, text });
    // A wildcard that happens to hold the broker is no mistake where it passes anyway.
    if (rule.action === 'pass' && rule.hosts[index]!.kind === 'suffix') continue;
    if (hasPort(rule.ports, port)) {
      yield atRule(run, rule, 'rule/captures-broker', {
        message: `"${text}" of ${nameOf(rule)} covers the broker (${broker}), which always passes: the rule says nothing new there`,
        hint: 'Leave the broker out of the rules.',
        at,
      });
    } else if (rule.action !== 'pass') {
      yield atRule(run, rule, 'rule/captures-broker', {
        message: `"${text}" of ${nameOf(rule)} covers the host of the broker on other ports than ${port}`,
        hint: `Calls to the broker itself (${broker}) are not touched. Check that the rule is meant for its other ports.`,
        at,
        ...witnessAt(run, rule, index),
      });
    }
  }
}

function witnessAt(run: Run, rule: Rule, index: number) {
  const { host } = run.policy.broker;
  const exact: HostPattern =
    host.kind === 'name'
      ? host
      : { kind: 'block', address: host.address, prefix: host.address.family === 4 ? 32 : 128 };
  const covered = rule.hosts[index]!.kind === 'any' ? [] : [exact];
  const found = decided(run.ground, rule, run.budget, { hosts: covered });
  if (found.kind !== 'reached' || decisionOf(run, found.request).rule !== rule.index) return {};
  return { witness: witnessOf(found.request) };
}
