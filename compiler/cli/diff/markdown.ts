/** A difference as Markdown for a pull-request comment. What stands in a manifest is shown in code spans alone. */

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

/** Changes that are shown: a comment on GitHub holds 65,536 characters. */
const SHOWN = 40;
const MAX_SPAN = 400;

/** A code span (CommonMark 6.1): a longer run of backticks than any inside, and nothing that ends a line. */
export function codeSpan(text: string): string {
  const clean = printable(text);
  const short = clean.length > MAX_SPAN ? `${clean.slice(0, MAX_SPAN)}…` : clean;
  const longest = Math.max(0, ...(short.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = short.startsWith('`') || short.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${short}${pad}${fence}`;
}

export function differenceMarkdown(difference: Difference, before: string, after: string): string {
  const { changes, settings, undecided, unfinished } = difference;
  const hidden = changes.length - SHOWN;
  const lines = [
    '### Policy difference',
    '',
    `${codeSpan(before)} → ${codeSpan(after)}: **${summaryOf(difference)}**`,
    ...(settings.length === 0 ? [] : ['', '#### Settings', '']),
    ...settings.map((one) => `- ${codeSpan(settingText(one))}${mark(one.weaker)}`),
    ...changes.slice(0, SHOWN).flatMap(changeLines),
    ...(hidden > 0 ? ['', `… and ${hidden} more changes.`] : []),
    ...undecided
      .slice(0, SHOWN)
      .flatMap((one) => [
        '',
        `#### Undecided: ${UNDECIDED}`,
        '',
        ...sideLines(one),
        ...requestLines(one.requests),
      ]),
    ...(unfinished ? ['', `**${UNFINISHED}**`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const mark = (weaker: boolean): string => (weaker ? ' **weaker**' : '');

function changeLines(change: Change): string[] {
  const { witness, weaker, ambiguousOnly, requests } = change;
  return [
    '',
    `#### ${codeSpan(headingOf(change))}${mark(weaker)}`,
    '',
    ...sideLines(change),
    ...requestLines(requests),
    `- for example ${codeSpan(`${witness.method} ${witness.url}`)}`,
    ...(ambiguousOnly ? [`- ${AMBIGUOUS}`] : []),
  ];
}

function sideLines({ before, after }: Pick<Change, 'before' | 'after'>): string[] {
  return [`- before ${codeSpan(effectText(before))}`, `- after ${codeSpan(effectText(after))}`];
}

function requestLines(requests: Requests): string[] {
  return rowsOf(requests).map(([name, items]) => `- ${name} ${codeSpan(items)}`);
}
