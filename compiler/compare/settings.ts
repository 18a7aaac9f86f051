/** Head keys that differ. Values are what they mean: a default that is written out is no change. */

import type { Policy } from '../policy/types.js';
import type { Setting, SettingKey } from './types.js';

type Value = Setting['before'];

/** `2026-11-22T00:00:00Z`, with a fraction where there is one. */
function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

const READ: Readonly<Record<SettingKey, (policy: Policy) => Value>> = {
  broker_execute_url: (policy) => policy.broker.url,
  default_action: (policy) => policy.defaultAction,
  opaque_tls: (policy) => policy.opaqueTls,
  dpop_required: (policy) => policy.dpopRequired,
  dpop_ath_required: (policy) => policy.dpopAthRequired,
  issued_at: (policy) => timeText(policy.issuedAt),
  expires_at: (policy) => timeText(policy.expiresAt),
  serial: (policy) => policy.serial,
};

/** Only an earlier expiry and a higher serial are known to weaken nothing. No serial is lower than any. */
function isStricter(key: SettingKey, before: Policy, after: Policy): boolean {
  if (key === 'expires_at') return after.expiresAt < before.expiresAt;
  return key === 'serial' && (after.serial ?? -1) > (before.serial ?? -1);
}

export function compareSettings(before: Policy, after: Policy): Setting[] {
  return (Object.keys(READ) as SettingKey[]).flatMap((key) => {
    const [old, now] = [READ[key](before), READ[key](after)];
    if (old === now) return [];
    return [{ key, before: old, after: now, weaker: !isStricter(key, before, after) }];
  });
}
