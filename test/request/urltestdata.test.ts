/** The URL corpus of web-platform-tests: what parses to http(s) is canonical, what fails is an error and never a request. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isCanonicalPath } from '../../compiler/paths/index.js';
import { canonicalHost, canonicalUrl, hostText } from '../../compiler/request/index.js';

interface Entry {
  readonly input: string;
  readonly base: string | null;
  readonly href?: string;
  readonly protocol?: string;
  readonly hostname?: string;
  readonly failure?: boolean;
}

const entries = (
  JSON.parse(
    readFileSync(new URL('../conformance/urltestdata.json', import.meta.url), 'utf8'),
  ) as readonly (string | Entry)[]
).filter((entry): entry is Entry => typeof entry === 'object');

/** `canonicalUrl` takes absolute URLs: an input that needs its base is resolved by the corpus itself, in `href`. */
const standalone = entries.filter((entry) => entry.base === null || entry.base === 'about:blank');
const failures = standalone.filter((entry) => entry.failure === true);
const requests = entries.filter((entry) => /^(?:http|ws)s?:$/.test(entry.protocol ?? ''));

/**
 * Inputs that the corpus refuses and the running Node takes, with the reason. Node 20 takes none; an entry belongs here only
 * where Node's parser differs from the corpus, since its result is what would be dialled.
 */
const NODE_ACCEPTS: ReadonlyMap<string, string> = new Map<string, string>([]);

/** Inputs that a URL parser takes and that are no request of ours; the reason is given for each. */
const NO_REQUEST: ReadonlyMap<string, string> = new Map([
  ['http://f:0/c', 'port 0 cannot be dialled'],
  ['http://./', 'a name has labels of 1 to 63 bytes'],
  ['http://../', 'a name has labels of 1 to 63 bytes'],
  ['http://foo.09../', 'a name has labels of 1 to 63 bytes'],
]);

it('the corpus holds what it is known to hold', () => {
  expect(failures).toHaveLength(213);
  expect(requests).toHaveLength(252);
});

it.each(failures.map((entry) => [JSON.stringify(entry.input), entry.input]))(
  'failure: %s',
  (_, input) => {
    if (canonicalUrl(input).ok) expect([...NODE_ACCEPTS.keys()]).toContain(input);
  },
);

it.each(requests.map((entry) => [JSON.stringify(entry.input), entry] as const))(
  'request: %s',
  (_, entry) => {
    const request = canonicalUrl(entry.href!);
    if (!request.ok) {
      expect([...NO_REQUEST.keys()]).toContain(entry.href);
      return;
    }
    const { scheme, host, port, path } = request.value;
    expect(canonicalHost(hostText(host))).toEqual({ ok: true, value: host });
    expect(isCanonicalPath(path)).toBe(true);
    const text =
      host.kind === 'address' && host.address.family === 6 ? `[${hostText(host)}]` : hostText(host);
    expect(canonicalUrl(`${scheme}://${text}:${port}${path}`)).toEqual(request);
    if (standalone.includes(entry)) expect(canonicalUrl(entry.input)).toEqual(request);
  },
);
