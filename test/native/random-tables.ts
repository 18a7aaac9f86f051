/** Random small policies whose hosts overlap, and questions that fall on and beside their edges. */

import fc from 'fast-check';
import type { VerdictQuery } from '../../runtime-c/wire.js';
import { addressValue, type HostRow, type Ports, type Tables, type VerdictName } from './tables.js';

const label = fc.constantFrom(
  'a',
  'b',
  'api',
  'long-label-of-some-length',
  'x'.repeat(63),
  '_dmarc',
  '1x',
);
const ending = fc.constantFrom('com', 'example.com', 'co.uk', 'localhost');
const name = fc
  .tuple(fc.array(label, { minLength: 0, maxLength: 3 }), ending)
  .map(([labels, last]) => [...labels, last].join('.'))
  .filter((text) => text.length <= 253);

const edges = [1, 79, 80, 81, 442, 443, 444, 8080, 65535] as const;
const port = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 1, max: 65535 }));

function ports(verdicts: readonly VerdictName[]): fc.Arbitrary<Ports> {
  const verdict = fc.constantFrom(...verdicts);
  const cuts = fc.uniqueArray(port, { maxLength: 5 });
  return fc
    .tuple(cuts, fc.array(verdict, { minLength: 6, maxLength: 6 }))
    .map(([starts, all]) =>
      [0, ...starts.sort((a, b) => a - b)].map((first, i) => [first, all[i]!] as const),
    );
}

const OWN = ports(['pass', 'deny', 'capture', 'inherit']);

const blocks4 = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '10.1.2.3/32',
  '0.0.0.0/0',
  '255.255.255.255/32',
  '127.0.0.0/8',
];
const blocks6 = [
  'fd00::/8',
  'fd00:1::/32',
  'fd00:1::1/128',
  '::/0',
  '::1/128',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128',
];
const host = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
  fc.constantFrom(...blocks4, ...blocks6),
);

export const randomTables: fc.Arbitrary<Tables> = fc.record({
  root: ports(['pass', 'deny', 'capture']),
  hosts: fc.uniqueArray(
    fc
      .tuple(host, OWN, OWN)
      .map(([at, own, dialled]): HostRow => ({ host: at, ports: own, dialled })),
    { selector: (row) => row.host, maxLength: 24 },
  ),
});

const ip = fc.constantFrom(
  '10.0.0.1',
  '10.1.2.3',
  '10.1.2.4',
  '10.1.3.0',
  '11.0.0.0',
  '9.255.255.255',
  '127.0.0.1',
  '255.255.255.255',
  '8.8.8.8',
  'fd00::1',
  'fd00:1::1',
  'fd00:1::2',
  'fe00::',
  'fcff:ffff::1',
  '::1',
  '2001:db8::1',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
);

/** Names of the policy and names beside them, addresses at the edges of its blocks. */
export function randomQueries(tables: Tables): fc.Arbitrary<VerdictQuery[]> {
  const names = tables.hosts
    .filter((row) => !row.host.includes('/'))
    .map((row) => row.host.replace(/^\*\./, ''));
  const known = names.length === 0 ? name : fc.constantFrom(...names);
  const near = fc.tuple(label, known).map(([first, rest]) => `${first}.${rest}`);
  const glued = known.map((text) => `q${text}`);
  const asked = fc
    .oneof(name, known, near, glued)
    .filter((text) => text.length <= 253 && /^([^.]{1,63}\.)*[^.]{1,63}$/.test(text));
  const byName = fc.record({ kind: fc.constant('name' as const), host: asked, port });
  const byAddress = fc.record({
    kind: fc.constantFrom('address' as const, 'dialled' as const),
    ip,
    port,
  });
  return fc.array(fc.oneof(byName, byAddress), { minLength: 20, maxLength: 60 });
}

export { addressValue };
