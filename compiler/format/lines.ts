/** Entries and comments put together again: each comment where it stood, one blank line where there were some. */

import type { Comment } from './comments.js';
import type { Block, Entry } from './entries.js';

/** A piece of the output, with the part of the source that it stands for. */
interface Piece {
  readonly start: number;
  end: number;
  lines: string[];
}

const BLANK_LINE = /\n[ \t]*\r?\n/;

export function linesOf(
  text: string,
  entries: readonly Entry[],
  comments: readonly Comment[],
): string {
  const pieces: Piece[] = [];
  let next = 0;
  let last: Entry | undefined;
  for (const comment of comments) {
    for (; entries[next] !== undefined && entries[next]!.end <= comment.start; next++) {
      last = entries[next]!;
      pieces.push({ start: last.start, end: last.end, lines: [...last.lines] });
    }
    const piece = pieces.at(-1);
    if (
      piece !== undefined &&
      last !== undefined &&
      piece.start === last.start &&
      trails(text, last, comment)
    ) {
      piece.lines.push(`${piece.lines.pop() ?? ''}${gapBefore(text, comment)}${comment.text}`);
      piece.end = comment.end;
    } else {
      const indent = indentOf(text, comment, last, entries[next]);
      pieces.push({ ...comment, lines: [`${' '.repeat(indent)}${comment.text}`] });
    }
  }
  for (const { start, end, lines } of entries.slice(next))
    pieces.push({ start, end, lines: [...lines] });
  return join(text, pieces);
}

/** Does the comment stand behind the entry on its last line? */
function trails(text: string, entry: Entry, comment: Comment): boolean {
  return !comment.alone && !text.slice(entry.end, comment.start).includes('\n');
}

/** Authors line comments up with spaces, so these stay. */
function gapBefore(text: string, { start }: Comment): string {
  let at = start;
  while (text[at - 1] === ' ') at--;
  return ' '.repeat(Math.max(1, start - at));
}

/** A comment belongs to the innermost block that begins at its column or left of it. */
function indentOf(
  text: string,
  comment: Comment,
  last: Entry | undefined,
  next: Entry | undefined,
): number {
  if (!comment.alone || last === undefined) return next?.indent ?? 0;
  const lineStart = text.lastIndexOf('\n', comment.start - 1) + 1;
  const column = comment.start - lineStart;
  if (next?.before === column) return next.indent;
  const open: readonly Block[] = [...last.blocks, ...(next?.blocks ?? [])];
  const around = open.filter(({ before }) => before <= column);
  const innermost = around.reduce<Block | undefined>(
    (best, block) => (best === undefined || block.before > best.before ? block : best),
    undefined,
  );
  return innermost?.indent ?? 0;
}

function join(text: string, pieces: readonly Piece[]): string {
  const lines: string[] = [];
  let end: number | undefined;
  for (const piece of pieces) {
    if (end !== undefined && BLANK_LINE.test(text.slice(end, piece.start))) lines.push('');
    lines.push(...piece.lines);
    end = piece.end;
  }
  return `${lines.join('\n')}\n`;
}
