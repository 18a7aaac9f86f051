/** A difference as text. Everything that stands in a manifest is made printable first. */

import type { Change, Difference, Requests } from '../../compare/index.js';
import { printable } from '../console.js';
import {
  AMBIGUOUS,
  effectText,
  headingOf,
  rowsOf,
  settingText,
  summaryOf,
  UNDECIDED,
  UNFINISHED,
} from './words.js';

export function differenceText(difference: Difference, before: string, after: string): string {
  const { changes, settings, undecided, unfinished } = difference;
  const lines = [
    `${before} -> ${after}: ${summaryOf(difference)}`,
    ...(settings.length === 0 ? [] : ['', 'settings']),
    ...settings.map((one) => `  ${settingText(one)}${one.weaker ? '  (weaker)' : ''}`),
    ...changes.flatMap(changeLines),
    ...undecided.flatMap((one) => [
      '',
      UNDECIDED,
      ...sideLines(one),
      ...requestLines(one.requests),
    ]),
    ...(unfinished ? ['', UNFINISHED] : []),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function changeLines(change: Change): string[] {
  const { witness, weaker, ambiguousOnly, requests } = change;
  return [
    '',
    `${headingOf(change)}${weaker ? '  (weaker)' : ''}`,
    ...sideLines(change),
    ...requestLines(requests),
    row('for example', `${witness.method} ${witness.url}`),
    ...(ambiguousOnly ? [`  ${AMBIGUOUS}`] : []),
  ];
}

function sideLines({ before, after }: Pick<Change, 'before' | 'after'>): string[] {
  return [row('before', effectText(before)), row('after', effectText(after))];
}

function requestLines(requests: Requests): string[] {
  return rowsOf(requests).map(([name, items]) => row(name, items));
}

const row = (name: string, text: string): string => `  ${name.padEnd(12)} ${text}`;
