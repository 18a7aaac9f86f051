/** The difference of two texts as `diff -u` shows it. */

const CONTEXT = 3;
/** Beyond so many changed lines the search for the shortest script ends: what is left is shown as replaced. */
const MAX_CHANGES = 1000;

interface Step {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/** Empty where the texts are equal. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const steps = stepsOf(linesOf(before), linesOf(after));
  const hunks = hunksOf(steps);
  const starts = startsOf(steps, hunks);
  const texts = hunks.map((hunk, at) => hunkText(steps, hunk, starts[at]!));
  return `--- ${name}\n+++ ${name} (formatted)\n${texts.join('')}`;
}

/** Line breaks count, so that a CRLF, or a missing last line break, is a difference that shows. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function stepsOf(a: readonly string[], b: readonly string[]): readonly Step[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const same = (line: string): Step => ({ kind: ' ', line });
  return [
    ...a.slice(0, head).map(same),
    ...middleSteps(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

/** The shortest script (E. Myers, An O(ND) Difference Algorithm, 1986): furthest points on diagonals, then the way back. */
function middleSteps(a: readonly string[], b: readonly string[]): readonly Step[] {
  const rounds: Map<number, number>[] = [];
  let furthest = new Map([[1, 0]]);
  for (let changes = 0; changes <= Math.min(MAX_CHANGES, a.length + b.length); changes++) {
    rounds.push(furthest);
    const next = new Map(furthest);
    for (let k = -changes; k <= changes; k += 2) {
      let x = startOn(furthest, k, changes);
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return wayBack(a, b, rounds);
    }
    furthest = next;
  }
  return [
    ...a.map((line): Step => ({ kind: '-', line })),
    ...b.map((line): Step => ({ kind: '+', line })),
  ];
}

/** Is diagonal `k` entered by an insertion, from `k + 1`; or by a deletion, from `k - 1`? */
function isInserted(furthest: ReadonlyMap<number, number>, k: number, changes: number): boolean {
  const below = furthest.get(k - 1) ?? -1;
  const above = furthest.get(k + 1) ?? -1;
  return k === -changes || (k !== changes && below < above);
}

function startOn(furthest: ReadonlyMap<number, number>, k: number, changes: number): number {
  if (isInserted(furthest, k, changes)) return furthest.get(k + 1) ?? 0;
  return (furthest.get(k - 1) ?? -1) + 1;
}

function wayBack(
  a: readonly string[],
  b: readonly string[],
  rounds: readonly ReadonlyMap<number, number>[],
): readonly Step[] {
  const steps: Step[] = [];
  let [x, y] = [a.length, b.length];
  for (let changes = rounds.length - 1; changes >= 0; changes--) {
    const k = x - y;
    const furthest = rounds[changes]!;
    const start = startOn(furthest, k, changes);
    for (; x > start; y--) steps.push({ kind: ' ', line: a[--x]! });
    if (changes === 0) break;
    if (isInserted(furthest, k, changes)) steps.push({ kind: '+', line: b[--y]! });
    else steps.push({ kind: '-', line: a[--x]! });
  }
  return steps.reverse();
}

interface Hunk {
  readonly from: number;
  readonly to: number;
}

/** Changes with what stands around them; those that meet become one. */
function hunksOf(steps: readonly Step[]): readonly Hunk[] {
  const hunks: { from: number; to: number }[] = [];
  for (const [at, { kind }] of steps.entries()) {
    if (kind === ' ') continue;
    const [from, to] = [Math.max(0, at - CONTEXT), Math.min(steps.length, at + 1 + CONTEXT)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
}

/** `starts` are the lines in front of the hunk, in each text. */
function hunkText(steps: readonly Step[], { from, to }: Hunk, starts: Starts): string {
  const part = steps.slice(from, to);
  const range = (start: number, kind: Step['kind']): string => {
    const count = part.filter((step) => step.kind === ' ' || step.kind === kind).length;
    return `${count === 0 ? start : start + 1},${count}`;
  };
  const lines = part.map(({ kind, line }) =>
    line.endsWith('\n') ? `${kind}${line}` : `${kind}${line}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range(starts.before, '-')} +${range(starts.after, '+')} @@\n${lines.join('')}`;
}

interface Starts {
  readonly before: number;
  readonly after: number;
}

/** Lines of each text in front of each step. */
function startsOf(steps: readonly Step[], hunks: readonly Hunk[]): readonly Starts[] {
  const starts: Starts[] = [];
  let [before, after, at] = [0, 0, 0];
  for (const { from } of hunks) {
    for (; at < from; at++) {
      if (steps[at]!.kind !== '+') before++;
      if (steps[at]!.kind !== '-') after++;
    }
    starts.push({ before, after });
  }
  return starts;
}
