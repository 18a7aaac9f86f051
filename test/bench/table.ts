/** Numbers in rows. */

/** Middle value; the upper one of two. `values` stays as it is. */
export function median(values: readonly number[]): number {
  return sorted(values)[values.length >> 1]!;
}

export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** 95 percent interval of the median, from the order of the values alone (binomial, normal approximation). */
export function medianInterval(values: readonly number[]): readonly [number, number] {
  const list = sorted(values);
  const half = 0.98 * Math.sqrt(list.length);
  const low = Math.max(0, Math.floor(list.length / 2 - half));
  const high = Math.min(list.length - 1, Math.ceil(list.length / 2 + half) - 1);
  return [list[low]!, list[high]!];
}

/** Prints a Markdown table; columns of numbers to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]!.length)));
  const right = head.map((_, i) => rows.every((row) => /^([-+]?\d.*)?$/.test(row[i]!)));
  const pad = (cell: string, i: number): string =>
    right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
  const rule = widths.map((width, i) => '-'.repeat(width + 1) + (right[i] ? ':' : '-'));
  console.log(`| ${head.map(pad).join(' | ')} |\n|${rule.join('|')}|`);
  for (const row of rows) console.log(`| ${row.map(pad).join(' | ')} |`);
}

/** What issue 2 asks of a number, and whether it holds. A miss makes the program's exit status 1. */
export function judged(
  value: number,
  relation: 'at most' | 'at least',
  bound: number | null,
): string {
  if (bound === null) return '';
  const good = relation === 'at most' ? value <= bound : value >= bound;
  if (!good) process.exitCode = 1;
  return `${relation} ${bound}: ${good ? 'ok' : 'MISSED'}`;
}
