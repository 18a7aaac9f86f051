/** Rules that a chosen runtime cannot carry out as they stand. */

import type { Diagnostic } from '../../diagnostics/types.js';
import type { Rule } from '../../policy/types.js';
import { enforceability, type RuntimeEnforcement } from '../enforcement.js';
import { atRule, nameOf, type Run } from '../run.js';

const LABEL = { node: 'Node', c: 'C', bpf: 'BPF' } as const;

export function* enforcementGaps(run: Run): Generator<Diagnostic> {
  const rows = enforceability(run.policy);
  for (const rule of run.policy.rules) {
    for (const target of run.targets) {
      const { how, reason } = rows[rule.index]![target];
      if (how === 'opaque') yield opaque(run, rule, LABEL[target]);
      if (how === 'never') yield never(run, rule, LABEL[target], reason);
    }
  }
}

function opaque(run: Run, rule: Rule, runtime: string): Diagnostic {
  const left =
    run.policy.opaqueTls === 'deny'
      ? 'https requests that it would decide are refused there (opaque_tls: deny)'
      : 'https requests pass there unread (opaque_tls: tunnel), so the rule does not hold for them';
  return atRule(run, rule, 'enforce/opaque', {
    message: `the ${runtime} runtime cannot read TLS, and ${nameOf(rule)} depends on more than host and port: ${left}`,
    hint:
      run.policy.opaqueTls === 'deny'
        ? 'Run such programs under the Node or C runtime, or decide whole hosts and ports alike.'
        : 'Set opaque_tls: deny, or run such programs under the Node or C runtime.',
  });
}

function never(
  run: Run,
  rule: Rule,
  runtime: string,
  reason: RuntimeEnforcement['reason'],
): Diagnostic {
  return atRule(run, rule, 'enforce/never', {
    message: `the ${runtime} runtime never enforces the localhost names of ${nameOf(rule)}: ${reason}`,
    hint: 'Add 127.0.0.0/8 and ::1 to its hosts: address rules hold there.',
  });
}
