/** Splits a byte stream into lines as they come, so that a person at a pipe gets an answer after each line. */

/** A longer line is cut here and answered as an error: it is no JSON then. */
export const MAX_LINE = 1 << 20;

const NEWLINE = 0x0a;

/** Batches of complete lines without their line feed; the last batch holds an unfinished last line. */
export async function* batchesOfLines(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Uint8Array[]> {
  let pending: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of input) {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      lines.push(Buffer.concat([...pending, chunk.subarray(from, at)]));
      pending = [];
      held = 0;
      from = at + 1;
    }
    // What is beyond the bound is dropped; one byte too many is kept, so that the line stays too long.
    const rest = chunk.subarray(from, from + Math.max(0, MAX_LINE + 1 - held));
    if (rest.length > 0) pending.push(rest);
    held += rest.length;
    if (lines.length > 0) yield lines;
  }
  if (held > 0) yield [Buffer.concat(pending)];
}
