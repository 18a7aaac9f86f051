/** Port items: an integer, or a range in quotes. */

import type { PortInterval } from '../policy/types.js';
import { lowered, type Part, problem, quoted } from './part.js';

const RANGE = /^(0|[1-9][0-9]*)-(0|[1-9][0-9]*)$/;

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

function outOfRange(text: string): Part<never> {
  return problem('port/out-of-range', `port ${text} is not from 1 to 65535`);
}

/** @param item one item of `match.ports`, as written */
export function lowerPort(item: number | string): Part<PortInterval> {
  if (typeof item === 'number') {
    return isPort(item) ? lowered({ lo: item, hi: item }) : outOfRange(String(item));
  }
  const range = RANGE.exec(item);
  if (range === null) {
    const hint = 'Write a single port as a number without quotes, a range as "8000-8099".';
    return problem('port/syntax', `port ${quoted(item)} is neither a number nor a range`, hint);
  }
  const [lo, hi] = [Number(range[1]), Number(range[2])];
  if (!isPort(lo) || !isPort(hi)) return outOfRange(quoted(item));
  if (lo > hi) {
    return problem(
      'port/reversed',
      `port range ${quoted(item)} is reversed`,
      `Write "${hi}-${lo}".`,
    );
  }
  return lowered({ lo, hi });
}

/** Sorted, disjoint, not adjacent. */
export function mergePorts(intervals: readonly PortInterval[]): PortInterval[] {
  const merged: PortInterval[] = [];
  for (const { lo, hi } of [...intervals].sort((a, b) => a.lo - b.lo)) {
    const last = merged[merged.length - 1];
    if (last === undefined || lo > last.hi + 1) merged.push({ lo, hi });
    else merged[merged.length - 1] = { lo: last.lo, hi: Math.max(last.hi, hi) };
  }
  return merged;
}
