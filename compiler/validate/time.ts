/** Times of a manifest. */

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;

/**
 * Milliseconds since the Unix epoch of `YYYY-MM-DDTHH:MM:SS[.fff]Z`; undefined where that is no real time (a leap
 * second, 30 February, 24:00).
 */
export function parseTime(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return undefined;
  const full = text.includes('.') ? text : text.replace('Z', '.000Z');
  return new Date(time).toISOString() === full ? time : undefined;
}
