/**
 * Every diagnostic code of this project, in one table: severity, short title, help.
 * A code never changes its meaning and is never used again for another. `error` stops `compile`; the rest are findings.
 */

import type { Severity } from './types.js';

export interface CatalogEntry {
  readonly severity: Severity;
  /** A few words, for listings and SARIF. */
  readonly title: string;
  /** One or two sentences: why it is refused or reported, and what to do. */
  readonly help: string;
}

const error = (title: string, help: string): CatalogEntry => ({ severity: 'error', title, help });
const warning = (title: string, help: string): CatalogEntry => ({
  severity: 'warning',
  title,
  help,
});
const info = (title: string, help: string): CatalogEntry => ({ severity: 'info', title, help });

const SOURCE = {
  'source/invalid-utf8': error('not UTF-8', 'A manifest is UTF-8 text. Save the file as UTF-8.'),
  'source/bom': error('byte order mark', 'Save the file as UTF-8 without a byte order mark.'),
  'source/control-character': error(
    'control character',
    'NUL and other control characters hide text from a reader. Remove them, or write them as an escape in double quotes.',
  ),
  'source/lone-cr': error(
    'carriage return alone',
    'Programs disagree whether a CR alone ends a line. Use LF or CRLF.',
  ),
  'source/bidi-control': warning(
    'bidirectional control character',
    'It makes a text read differently from what it says. Remove it.',
  ),
  'source/too-large': error('file too large', 'A file has at most 64 MiB.'),
  'source/too-deep': error('nested too deeply', 'A file nests at most 64 levels.'),
  'source/too-long-scalar': error(
    'scalar too long',
    'A single value has at most 1 MiB (the signature excepted).',
  ),
  'source/several-documents': error('several documents', 'A file holds one YAML document.'),
  'source/directive': error(
    'YAML directive',
    'Directives change how the rest is read. Remove the line.',
  ),
  'source/anchor': error(
    'YAML anchor',
    'Anchors are refused, so that every value stands where it is used.',
  ),
  'source/alias': error(
    'YAML alias',
    'Aliases are refused, so that every value stands where it is used. Write the value out.',
  ),
  'source/tag': error('YAML tag', 'Tags change the type of a value. Remove the tag.'),
  'source/merge-key': error(
    'YAML merge key',
    'Merge keys are refused, so that every value stands where it is used. Write the keys out.',
  ),
  'source/duplicate-key': error(
    'duplicate key',
    'Programs disagree on which of two equal keys counts. Keep one.',
  ),
  'source/key-type': error(
    'key is not a string',
    'Keys are strings. Put the key in quotes if it is meant.',
  ),
  'source/lone-surrogate': error(
    'lone surrogate',
    'Half of a surrogate pair is no character and has no UTF-8 form.',
  ),
  'source/number': error(
    'number not in plain decimal',
    'Write whole numbers in plain decimal digits, without sign tricks, leading zeros, exponent or fraction.',
  ),
  'source/syntax': error('syntax error', 'The text is no YAML 1.2 (or JSON).'),
  'source/empty': error('empty document', 'The file holds no value.'),
  'source/not-a-map': error('not a mapping', 'The top level is a mapping of keys to values.'),
  'source/unreadable': error('file cannot be read', 'The file does not exist or may not be read.'),
} as const;

const SCHEMA = {
  'schema/unknown-key': error(
    'unknown key',
    'Unknown keys are refused, since a mistyped key would silently change the policy.',
  ),
  'schema/missing-key': error('missing key', 'Add the key.'),
  'schema/type': error('wrong type', 'The value is of another type than the key takes.'),
  'schema/enum': error('value not allowed', 'The key takes one of a few values.'),
  'schema/const': error('value not allowed', 'The key takes one value only.'),
  'schema/pattern': error('wrong form', 'The value is not in the form that the key takes.'),
  'schema/range': error('number out of range', 'The number is too small or too large.'),
  'schema/length': error('wrong length', 'The text is too short or too long.'),
  'schema/items': error('wrong number of items', 'The list has too few or too many items.'),
  'schema/not-allowed-here': error(
    'key not allowed here',
    'The key contradicts another key of the same mapping.',
  ),
  'schema/invalid': error('not a manifest', 'The value breaks the manifest schema.'),
  'schema/too-many-errors': error(
    'more errors than are shown',
    'Correct those that are shown first.',
  ),
  'head/bad-date': error(
    'no such time',
    'Times are YYYY-MM-DDTHH:MM:SS[.fff]Z and real dates; there are no leap seconds.',
  ),
  'head/expires-before-issued': error(
    'expires before it is issued',
    'expires_at must be after issued_at.',
  ),
  'head/broker-url': error(
    'broker URL refused',
    'broker_execute_url is an https URL without user info; http only for a loopback host.',
  ),
} as const;

const SIGNING = {
  'sign/missing': error(
    'manifest is not signed',
    'Sign it with `intercept sign`, or compile with --allow-unsigned for development.',
  ),
  'sign/unsigned-allowed': warning(
    'manifest is not signed',
    'Artefacts are stamped unsigned; runtimes refuse them unless BROKER_ALLOW_UNSIGNED=1.',
  ),
  'sign/no-keys': error(
    'no trusted keys',
    'Give the public keys that you trust, or ask in so many words for a compile without them.',
  ),
  'sign/segments': error(
    'not a compact JWS',
    'A compact JWS has three segments, none of them empty.',
  ),
  'sign/base64': error(
    'segment is not strict base64url',
    'Segments are base64url without padding, white space or stray bits.',
  ),
  'sign/header': error(
    'protected header unreadable',
    'The protected header is a JSON object without duplicate keys.',
  ),
  'sign/alg-none': error('unsigned JWS', 'The algorithm `none` is never accepted.'),
  'sign/alg-forbidden': error(
    'algorithm not allowed',
    'Only EdDSA (Ed25519) and ES256 are accepted; HMAC and RSA are not.',
  ),
  'sign/alg-mismatch': error(
    'algorithms disagree',
    'Key, protected header and signature block must name the same algorithm.',
  ),
  'sign/kid-missing': error(
    'header names no key',
    'The protected header must name the key by `kid`.',
  ),
  'sign/kid-mismatch': error(
    'key ids disagree',
    'Protected header and signature block must name the same `kid`.',
  ),
  'sign/unknown-kid': error(
    'key is not trusted',
    'No trusted key has this `kid`. Check the key file, or fetch the key set again.',
  ),
  'sign/crit': error(
    'critical header extension',
    'No extension is understood, so none may be critical (RFC 7515, 4.1.11).',
  ),
  'sign/b64': error('unencoded payload', 'The `b64` header of RFC 7797 is not accepted.'),
  'sign/embedded-key': error(
    'key inside of the signature',
    'A signature must not bring its own key (`jwk`, `jku`, `x5c`, `x5u`, `x5t`).',
  ),
  'sign/unknown-header': warning(
    'unknown header parameter',
    'It is ignored; the protected header of a manifest signature holds `alg`, `kid` and `typ`.',
  ),
  'sign/typ': error(
    'wrong type of JWS',
    'The `typ` of a manifest signature is application/broker-manifest+jws.',
  ),
  'sign/typ-missing': warning(
    'type of JWS unset',
    'Without `typ` a signature made for another purpose could be taken for this one. Ask the signer to set it.',
  ),
  'sign/bad-signature': error(
    'signature does not hold',
    'The manifest, its signature or the key was changed.',
  ),
  'sign/payload': error(
    'payload is not JSON',
    'The payload of the JWS is the manifest in JSON, without duplicate keys.',
  ),
  'sign/payload-mismatch': error(
    'signature is over another manifest',
    'The manifest was changed after it was signed. Sign it again.',
  ),
  'sign/expired': error('manifest has expired', 'Issue and sign a new one.'),
  'sign/not-yet-valid': error(
    'manifest is not yet valid',
    'issued_at is in the future (60 seconds of clock skew are allowed).',
  ),
  'sign/expires-within': error(
    'manifest expires too soon',
    'It expires within the time that --valid-for asks for. Issue and sign a new one.',
  ),
  'sign/rollback': error('serial went back', 'A manifest with a higher serial was seen before.'),
  'sign/serial-missing': error(
    'serial went missing',
    'A manifest with a serial was seen before, or one is asked for; this one has none.',
  ),
  'sign/same-serial-other-policy': error(
    'serial used twice',
    'Another policy was seen under this serial. Give the new one a higher serial.',
  ),
  'sign/not-valid': error('refusing to sign', 'Only a manifest that validates is signed.'),
  'sign/layout': error(
    'signature block cannot be written',
    'The file is laid out in a way that the signature block cannot be put into it safely.',
  ),
  'sign/key': error('signing key refused', 'The signing key is a private JWK, Ed25519 or P-256.'),
  'jwks/unreadable': error(
    'key file unreadable',
    'A key file is a JSON Web Key Set: {"keys": [...]}.',
  ),
  'jwks/empty': error('no keys', 'The key set holds no key, so nothing could ever be verified.'),
  'jwks/missing-kid': error('key without id', 'Every trusted key needs a `kid`.'),
  'jwks/duplicate-kid': error(
    'key id used twice',
    'Two keys with one `kid` make it unclear which of them verified.',
  ),
  'jwks/private-key': error(
    'private key among trusted keys',
    'The key file holds public keys only. Treat the private key as leaked if the file was published.',
  ),
  'jwks/not-for-verify': error(
    'key is not for verifying',
    '`use` must be `sig` and `key_ops` must hold `verify`, where they are present.',
  ),
  'jwks/unsupported-key': error(
    'kind of key not supported',
    'Keys are OKP with Ed25519, or EC with P-256.',
  ),
  'jwks/alg-mismatch': error(
    'algorithm does not fit the key',
    'EdDSA goes with OKP and Ed25519, ES256 with EC and P-256.',
  ),
  'jwks/invalid-key': error(
    'key is broken',
    'A coordinate is missing, of the wrong length, or no point of the curve.',
  ),
} as const;

const HOST = {
  'host/empty': error('empty host', 'Give a name, an address, a block or `*`.'),
  'host/misplaced-wildcard': error(
    'misplaced wildcard',
    '`*` stands alone, or as the whole first label: `*.example.com`.',
  ),
  'host/wildcard-address': error(
    'wildcard before an address',
    'What follows `*.` is a name. For addresses, give a block such as 10.0.0.0/8.',
  ),
  'host/scheme': error('scheme in a host', 'Give the host alone; schemes have a key of their own.'),
  'host/port': error('port in a host', 'Give the host alone; ports have a key of their own.'),
  'host/user-info': error('user info in a host', 'Give the host alone.'),
  'host/slash': error('slash in a host', 'A slash stands in blocks only: 203.0.113.0/24.'),
  'host/percent': error(
    'percent sign in a host',
    'Give the host as it is, without escapes or zone.',
  ),
  'host/white-space': error('white space in a host', 'Remove it.'),
  'host/zone': error(
    'zone in an address',
    'Zones mean something on one machine only. Remove the zone.',
  ),
  'host/bad-character': error(
    'character not allowed in a host',
    'Host names are made of letters, digits, hyphens and dots.',
  ),
  'host/bad-name': error(
    'no host name',
    'The text is no valid host name (IDNA, WHATWG URL Standard).',
  ),
  'host/bad-address': error('no address', 'The text looks like an address but is none.'),
  'host/label-length': error('label of wrong length', 'Labels have 1 to 63 bytes.'),
  'host/name-length': error('name too long', 'A host name has at most 253 bytes.'),
  'host/bad-prefix': error(
    'bad block length',
    'A block ends in /0 to /32 for IPv4, /0 to /128 for IPv6, in plain decimal.',
  ),
  'host/host-bits': error(
    'host bits set',
    'The part of the address behind the prefix length must be zero.',
  ),
  'host/gateway-range': error(
    "inside of the gateway's range",
    "127.64.0.0/10 is the gateway's own; no rule reaches it.",
  ),
  'host/covers-broker': error(
    'rule covers the broker',
    'An execute or deny rule must not cover the host and port of broker_execute_url.',
  ),
  'host/public-suffix': warning(
    'wildcard at a public suffix',
    'It covers names of strangers. Name the domain you mean.',
  ),
  'host/private-space': warning(
    'execute in private space',
    'The broker would call loopback, private or link-local addresses of its own network.',
  ),
  'host/mixed-script': warning(
    'look-alike name',
    'Letters of scripts that are easily confused stand in one name. Check every letter.',
  ),
} as const;

const REQUEST_PARTS = {
  'port/syntax': error('no port', 'Ports are integers, or ranges such as "8000-8099".'),
  'port/out-of-range': error('port out of range', 'Ports are 1 to 65535.'),
  'port/reversed': error('reversed range', 'The first port of a range is not above the last.'),
  'method/syntax': error('no method', 'Methods are made of letters, digits, `-` and `_`.'),
  'path/empty': error('empty path', 'Paths begin with `/`. Every path: `*`.'),
  'path/no-leading-slash': error(
    'path without leading slash',
    'Paths begin with `/`, regular expressions with `^`.',
  ),
  'path/misplaced-wildcard': error(
    'misplaced wildcard',
    '`*` stands alone, or after the last slash: `/v1/*`. Anything finer is a regular expression.',
  ),
  'path/query': error(
    'query in a path',
    'Queries play no part in the decision. For a question mark in a path write %3F.',
  ),
  'path/fragment': error(
    'fragment in a path',
    'Fragments never leave the client. For `#` in a path write %23.',
  ),
  'path/backslash': error('backslash in a path', 'For a backslash in a path write %5C.'),
  'path/control': error('control character in a path', 'Write it as an escape (%0A).'),
  'path/dot-segment': error(
    'dot segment in a path',
    'Clients remove `.` and `..` before they send. Write the path without them.',
  ),
  'path/not-canonical': error('path is not canonical', 'No canonical path can match the pattern.'),
  'path/undecided': warning(
    'paths too complex to compare',
    'The verdict is `capture` and the check is not complete. Use simpler patterns.',
  ),
  'regex/syntax': error(
    'regular expression has an error',
    'ECMAScript grammar with flag `u`, without Annex B.',
  ),
  'regex/unanchored': error(
    'regular expression without anchor',
    'A path regular expression begins with `^` and ends with an unescaped `$`.',
  ),
  'regex/alternation': error(
    'alternation outside of a group',
    'It would undo an anchor. Put it in a group: ^/(a|b)$.',
  ),
  'regex/anchor': error('anchor inside', '`^` and `$` stand at the ends only.'),
  'regex/word-boundary': error('word boundary', '`\\b` and `\\B` are not supported.'),
  'regex/look-around': error('look-around', 'Look-ahead and look-behind are not supported.'),
  'regex/back-reference': error(
    'back-reference',
    'Back-references cannot be matched in linear time.',
  ),
  'regex/unsupported': error(
    'construct not supported',
    'The construct has no place in a path pattern.',
  ),
  'regex/too-large': error(
    'automaton too large',
    'The expression needs more states or more work than the bound allows. Use smaller repeat counts.',
  ),
  'pattern/empty': warning('pattern matches nothing', 'No canonical path matches it.'),
  'pattern/redundant': info(
    'pattern adds nothing',
    'Other patterns of the rule match all that it matches.',
  ),
  'request/bad-url': error('no URL', 'The text does not parse (WHATWG URL Standard).'),
  'request/bad-scheme': error('no http URL', 'Requests are http, https, ws or wss.'),
  'request/bad-host': error('no host', 'The text is neither a host name nor an address.'),
  'request/bad-address': error('no address', 'The text is neither dotted decimal nor IPv6.'),
  'request/bad-port': error('no port', 'Ports are integers from 1 to 65535.'),
  'request/bad-path': error('no path', 'Paths begin with `/` and hold no control characters.'),
  'request/bad-method': error('no method', 'Methods are made of letters, digits, `-` and `_`.'),
  'request/bad-json': error('line is not JSON', 'One JSON object a line.'),
  'request/bad-shape': error(
    'no request',
    'Give exactly {"url", "method"?}, {"host", "port"} or {"ip", "port"}.',
  ),
} as const;

const RULES = {
  'rule/unreachable': warning(
    'rule is never reached',
    'Earlier rules take all its requests. Move it up or remove it.',
  ),
  'rule/order-dependent': info(
    'order of rules matters',
    'The rules overlap and decide differently; swapping them changes decisions.',
  ),
  'rule/evadable': warning(
    'deny may be slipped past',
    'Letter case or a trailing slash leads past a deny by path or method whose fallback is not deny.',
  ),
  'rule/ambiguous': info(
    'matches can be ambiguous',
    'Some of its paths have readings that are decided differently; those are denied.',
  ),
  'rule/plain-http': warning(
    'execute over plain http',
    'The request, and the answer made with the credential, travel readable.',
  ),
  'rule/captures-broker': warning(
    'policy captures its broker',
    'Requests to the broker would themselves be sent to the broker.',
  ),
  'limit/rules': error('too many rules', 'See the documented limits.'),
  'limit/hosts': error('too many hosts', 'See the documented limits.'),
  'limit/ports': error('too many port items', 'See the documented limits.'),
  'limit/methods': error('too many methods', 'See the documented limits.'),
  'limit/patterns': error('too many path patterns', 'See the documented limits.'),
  'limit/pattern-length': error('pattern too long', 'See the documented limits.'),
  'limit/port-overlap': error(
    'port ranges overlap too often',
    'Rules of one host pattern share too many ports. Merge rules, or give them fewer port ranges.',
  ),
  'limit/port-segments': error(
    'port ranges cross too often',
    'The rules cut the ports into too many pieces. Give them fewer port ranges.',
  ),
  'limit/image': error('policy too large', 'The lowered tables exceed a documented limit.'),
  'limit/analysis-budget': info(
    'analysis stopped early',
    'Too many rules overlap to check all of them; what was found holds.',
  ),
  'policy/no-rules': warning('no rules', 'The manifest protects nothing.'),
  'policy/expired': warning('policy has expired', 'Runtimes refuse it. Issue and sign a new one.'),
  'policy/not-yet-valid': warning(
    'policy is issued in the future',
    'Runtimes refuse it until then. Check issued_at and the clock.',
  ),
  'policy/expires-soon': warning('policy expires soon', 'Issue and sign a new one.'),
  'policy/long-lived': warning(
    'policy lives long',
    'A leaked or mistaken policy stays in force until it expires.',
  ),
  'secret/in-manifest': warning(
    'secret in the manifest',
    'Manifests are public to workloads. Remove it, and treat the secret as leaked.',
  ),
  'enforce/opaque': warning(
    'opaque to a runtime',
    'The runtime cannot read this traffic; opaque_tls decides.',
  ),
  'enforce/never': warning(
    'never enforced by a runtime',
    'The runtime cannot see what the rule asks for.',
  ),
} as const;

const PROGRAM = {
  'output/write': error('cannot write', 'The output could not be written; nothing was changed.'),
  'output/stale': error('artefacts are stale', 'Compile again.'),
  'output/missing': error('artefact is missing', 'Compile again.'),
  'output/extra': error(
    'artefact is left over',
    'An older compile wrote it and this one does not. Compile again, which removes it, or remove it.',
  ),
  'output/in-the-way': error(
    'something is in the way',
    'Artefacts are regular files in real folders; links are not followed. Nothing was changed.',
  ),
  'output/busy': error(
    'output folder is in use',
    'Wait for the other compile. Nothing was changed.',
  ),
  'output/exists': error('file exists', 'Nothing is overwritten. Choose another place.'),
  'output/lock': error(
    'artefacts do not fit their lock',
    'The folder is no complete set of artefacts, or a file in it was changed. Compile again.',
  ),
  'fmt/signed': error(
    'signed manifest not reformatted',
    'Formatting rewrites what was signed. Drop the signature with --drop-signature, then sign again.',
  ),
  'fmt/unsafe': error(
    'layout not changed',
    'The result would not say the same, or lose a comment. The file was left as it is.',
  ),
  'runtime/unavailable': error(
    'runtime not available',
    'This machine lacks what the runtime needs.',
  ),
  'runtime/disagree': error(
    'runtimes disagree',
    'This is a bug: please report it with the manifest.',
  ),
  'runtime/failed': error('runtime failed', 'The runtime gave no answer.'),
} as const;

const SETTINGS = {
  'settings/unknown-code': error(
    'no such code',
    'The README lists every code. A mistyped one would weigh or waive nothing.',
  ),
  'settings/bad-day': error('no such day', 'Days are written YYYY-MM-DD.'),
  'waiver/expired': warning(
    'waiver has expired',
    'Its finding counts again. Mend what it is about, or decide anew and set a later day.',
  ),
  'waiver/unused': warning('waiver is not used', 'Remove it, or correct its code or rule.'),
} as const;

export const CATALOG = {
  ...SOURCE,
  ...SCHEMA,
  ...SIGNING,
  ...HOST,
  ...REQUEST_PARTS,
  ...RULES,
  ...PROGRAM,
  ...SETTINGS,
} as const;

export type DiagnosticCode = keyof typeof CATALOG;

const entries = new Map<string, CatalogEntry>(Object.entries(CATALOG));

/** The catalog's row of a code; undefined where there is none. */
export function catalogEntry(code: string): CatalogEntry | undefined {
  return entries.get(code);
}
