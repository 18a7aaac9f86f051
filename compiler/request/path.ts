/** Canonical paths (design section 3, "Canonical request"). */

const ESCAPE_OR_ODD = /%([0-9A-Fa-f]{2})?|\^/g;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

function canonicalPiece(piece: string, hex: string | undefined): string {
  if (piece === '^') return '%5E';
  if (hex === undefined) return '%25';
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : piece.toUpperCase();
}

/**
 * @param pathname the pathname of a WHATWG parser for a special URL: begins with `/`, ASCII, no dot segments
 * @returns the canonical path; a canonical path is returned as it is
 */
export function canonicalPath(pathname: string): string {
  return pathname.replace(ESCAPE_OR_ODD, canonicalPiece);
}
