/** Canonical paths (design section 3, "Canonical request"). */

const ESCAPE_OR_ODD = /%([0-9A-Fa-f]{2})?|\^/g;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

function canonicalPiece(piece: string, hex: string | undefined): string {
  if (piece === '^') return '%5E';
  if (hex === undefined) return '%25';
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : piece.toUpperCase();
}

const DOT_SEGMENT = /\/\.\.?(?:\/|$)/;

/**
 * RFC 3986, 5.2.4, for a path that begins with `/`: it keeps empty segments, and `..` removes one of them. The URL Standard
 * does the same.
 */
export function removeDotSegments(path: string): string {
  if (!DOT_SEGMENT.test(path)) return path;
  const segments = path.split('/').slice(1);
  const output: string[] = [];
  for (const segment of segments) {
    if (segment === '..') output.pop();
    else if (segment !== '.') output.push(segment);
  }
  const last = segments[segments.length - 1];
  if (last === '.' || last === '..') output.push('');
  return `/${output.join('/')}`;
}

/**
 * @param pathname the pathname of a WHATWG parser for a special URL: begins with `/`, ASCII
 * @returns the canonical path; a canonical path is returned as it is
 *
 * A parser should have removed dot segments, but Node 20 (ada 2.9.2) leaves them in `/x/.a/../admin`, where another segment
 * begins with a dot. They are removed here, or they would lead past a rule for `/x/admin`.
 */
export function canonicalPath(pathname: string): string {
  return removeDotSegments(pathname.replace(ESCAPE_OR_ODD, canonicalPiece));
}
