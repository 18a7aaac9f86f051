/** Settings on the findings of manifests. What stops `compile` is never weakened and never hidden. */

import { type Diagnostic, diagnostic } from '../diagnostics/index.js';
import type { Settings, Waiver } from './types.js';

/** A finding of a manifest, with the `integration_id` of its rule where one is meant. */
export interface Weighed<D extends Diagnostic> {
  readonly diagnostic: D;
  readonly integrationId: string | null;
}

/** Which waivers took effect: several manifests may share one settings file. */
export type UsedWaivers = Set<Waiver>;

/** The findings that remain, with the severities that were asked for. */
export function applySettings<D extends Diagnostic>(
  findings: readonly Weighed<D>[],
  settings: Settings,
  now: Date,
  used: UsedWaivers,
): readonly D[] {
  return findings.flatMap((finding) => {
    const { diagnostic: one } = finding;
    // By the catalog: an error is what stops `compile`, and a question left open is no clean bill of health.
    if (one.severity === 'error' || one.code === 'path/undecided') return [one];
    const waivers = settings.waivers.filter((waiver) => covers(waiver, finding, now));
    for (const waiver of waivers) used.add(waiver);
    return waivers.length > 0 ? [] : withSeverity(one, settings);
  });
}

function withSeverity<D extends Diagnostic>(one: D, settings: Settings): readonly D[] {
  const severity = settings.severities.get(one.code) ?? one.severity;
  return severity === 'off' ? [] : [{ ...one, severity }];
}

function covers<D extends Diagnostic>(waiver: Waiver, finding: Weighed<D>, now: Date): boolean {
  const { diagnostic: one, integrationId } = finding;
  if (waiver.code !== one.code || hasExpired(waiver, now)) return false;
  return waiver.rule === undefined ? one.rule === undefined : waiver.rule === integrationId;
}

function hasExpired({ endsAt }: Waiver, now: Date): boolean {
  return now.getTime() >= endsAt;
}

/**
 * A waiver that has expired, or that no finding needed, is a finding itself.
 * @param used by all manifests of a run; `unknown` where one of them could not be examined
 */
export function waiverFindings(
  settings: Settings,
  now: Date,
  used: ReadonlySet<Waiver> | 'unknown',
): readonly Diagnostic[] {
  return settings.waivers.flatMap((waiver) => {
    const { code, rule, expires, at } = waiver;
    const what = `the waiver of ${code}${rule === undefined ? '' : ` for ${JSON.stringify(rule)}`}`;
    if (hasExpired(waiver, now)) {
      const message = `${what} has expired: ${expires} was its last day`;
      return withSeverity(diagnostic('waiver/expired', { message, at }), settings);
    }
    if (used === 'unknown' || used.has(waiver)) return [];
    const message = `${what} waives nothing in the manifests of this run`;
    const hint =
      'Remove it, or correct its code or rule. Without `rule` it is for findings that are of no rule.';
    return withSeverity(diagnostic('waiver/unused', { message, at, hint }), settings);
  });
}
