/** A difference in words: what text and markdown share. */

import type { Change, Difference, Effect, Requests, Setting } from '../../compare/index.js';

/** Items of a list that are shown; the rest are counted. */
const ITEMS = 8;

const EFFECT = { execute: 'executed', pass: 'passed', deny: 'denied' } as const;

const deciderOf = ({ rule }: Effect): string => (rule === null ? 'by default' : `by rule ${rule}`);

/** `executed by openai (rule 3)`, `passed (no rule)` */
export function effectText(effect: Effect): string {
  const { action, integrationId, rule } = effect;
  if (action === 'execute') return `executed by ${integrationId} (rule ${rule})`;
  return rule === null ? `${EFFECT[action]} (no rule)` : `${EFFECT[action]} (rule ${rule})`;
}

/** `now denied by rule 0, no longer executed` */
export function headingOf({
  kind,
  before,
  after,
}: Pick<Change, 'kind' | 'before' | 'after'>): string {
  const lost = before.action === 'execute' && after.action !== 'execute';
  switch (kind) {
    case 'now_executed':
      return `now executed by ${after.integrationId}`;
    case 'other_integration':
      return `now executed by ${after.integrationId} instead of ${before.integrationId}`;
    default:
      return `now ${EFFECT[after.action]} ${deciderOf(after)}${lost ? ', no longer executed' : ''}`;
  }
}

/** Rows of a set of requests: name and items; `!` becomes words. */
export function rowsOf(requests: Requests): readonly (readonly [string, string])[] {
  return [
    ['hosts', itemsText(requests.hosts)],
    ['ports', itemsText(requests.ports.map(String))],
    ['schemes', itemsText(requests.schemes)],
    ['methods', itemsText(requests.methods)],
    ['paths', itemsText(requests.paths)],
  ];
}

function itemsText(items: readonly string[]): string {
  const kept = items.filter((item) => !item.startsWith('!'));
  const away = items.filter((item) => item.startsWith('!')).map((item) => item.slice(1));
  const all = kept.length === 1 && kept[0] === '*' ? 'all' : listed(kept);
  return away.length === 0 ? all : `${all} but ${listed(away)}`;
}

function listed(items: readonly string[]): string {
  if (items.length <= ITEMS) return items.join(', ');
  return `${items.slice(0, ITEMS).join(', ')} and ${items.length - ITEMS} more`;
}

export function settingText({ key, before, after }: Setting): string {
  return `${key}: ${before ?? 'none'} -> ${after ?? 'none'}`;
}

export function summaryOf(difference: Difference): string {
  const { changes, settings, undecided, unfinished, equal, weaker } = difference;
  if (equal) return 'no difference';
  const parts = [
    plural(changes.length, 'change', 'in requests'),
    plural(settings.length, 'change', 'in settings'),
    ...(undecided.length > 0 ? [`${undecided.length} undecided`] : []),
    ...(unfinished ? ['not compared in full'] : []),
  ];
  return `${parts.join(', ')}${weaker ? '; weaker than before' : ''}`;
}

function plural(count: number, word: string, where: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'} ${where}`;
}

export const UNFINISHED =
  'The policies are too entangled to compare in full: there may be more differences. Fewer overlapping rules per host make it complete.';
export const UNDECIDED = 'may be decided differently: the paths are too complex to compare';
export const AMBIGUOUS = 'Only on paths that servers may read in several ways.';
