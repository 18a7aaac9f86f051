/** The head of the manifest: how long it holds, and whether there is anything in it. */

import { diagnostic } from '../../diagnostics/index.js';
import type { Diagnostic } from '../../diagnostics/types.js';
import type { Run } from '../run.js';

const DAY_MS = 86_400_000;
/** Less than this is soon. */
const SOON_MS = 14 * DAY_MS;
const LONG_MS = 400 * DAY_MS;
/** Clocks may differ by so much (design section 4). */
const SKEW_MS = 60_000;

export function* headFindings(run: Run): Generator<Diagnostic> {
  yield* validity(run);
  if (run.policy.rules.length > 0) return;
  yield diagnostic('policy/no-rules', {
    message: `the manifest has no rules: every request is decided ${run.policy.defaultAction} by default, and nothing is protected`,
    hint: 'Add a rule for each host that needs a credential.',
    at: run.locate(['match_rules']),
  });
}

function* validity({ policy, locate, now }: Run): Generator<Diagnostic> {
  const { issuedAt, expiresAt } = policy;
  const left = expiresAt - now.getTime();
  if (left <= 0) {
    yield diagnostic('policy/expired', {
      message: `the policy expired ${agoText(-left)} ago: runtimes refuse it`,
      hint: 'Set a new expires_at and sign again.',
      at: locate(['expires_at']),
    });
  } else if (left < SOON_MS) {
    yield diagnostic('policy/expires-soon', {
      message: `the policy expires in ${agoText(left)}; from then on protected traffic is blocked`,
      hint: 'Issue and sign the next one in time.',
      at: locate(['expires_at']),
    });
  }
  if (issuedAt > now.getTime() + SKEW_MS) {
    yield diagnostic('policy/not-yet-valid', {
      message: `the policy is issued ${agoText(issuedAt - now.getTime())} in the future: runtimes refuse it until then`,
      hint: 'Check issued_at, and the clock of this machine.',
      at: locate(['issued_at']),
    });
  }
  if (expiresAt - issuedAt > LONG_MS) {
    yield diagnostic('policy/long-lived', {
      message: `the policy lives for ${Math.floor((expiresAt - issuedAt) / DAY_MS)} days: one that was leaked or mistaken holds as long`,
      hint: 'Prefer 90 days or less, and sign anew by routine.',
      at: locate(['expires_at']),
    });
  }
}

/** Whole days, or hours, or minutes. */
function agoText(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['day', DAY_MS],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ];
  for (const [unit, length] of units) {
    const count = Math.floor(ms / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'less than a minute';
}
