/** Small overlapping worlds: manifests and requests over few names, so that every rule meets every other. */

import fc from 'fast-check';
import type { ManifestInput } from '../../compiler/lower/index.js';
import { HEAD } from '../policy/manifests.js';

const NAMES = [
  'example.com',
  'api.example.com',
  'a.api.example.com',
  'deep.a.api.example.com',
  'xapi.example.com',
  'example.net',
  'one.test',
  'localhost',
  'app.localhost',
  'xn--bcher-kva.example',
  'broker.svc.example.net',
  'svc.example.net',
  'example-with-a-long-name-that-spans-several-blocks.internal.example.com',
] as const;

const SUFFIXES = [
  'example.com',
  'api.example.com',
  'net',
  'test',
  'localhost',
  'svc.example.net',
  'example',
] as const;

const BLOCKS = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '10.1.2.3',
  '0.0.0.0/0',
  '0.0.0.0/1',
  '127.0.0.0/8',
  '127.0.0.1',
  '127.0.0.0/9',
  '169.254.169.254',
  '255.255.255.255',
  '2001:db8::/32',
  '2001:db8:1::/48',
  '2001:db8::1',
  '::/0',
  '::1',
  'fd00:ec2::254',
  '8000::/1',
] as const;

export const ADDRESSES = [
  '10.0.0.0',
  '10.1.2.2',
  '10.1.2.3',
  '10.1.2.4',
  '10.255.255.255',
  '11.0.0.0',
  '0.0.0.0',
  '0.0.0.1',
  '126.255.255.255',
  '127.0.0.1',
  '127.63.255.255',
  '127.64.0.0',
  '127.100.1.2',
  '127.128.0.0',
  '128.0.0.0',
  '169.254.169.254',
  '255.255.255.255',
  '::1',
  '::',
  '::2',
  '::ffff:10.1.2.3',
  '2001:db8::1',
  '2001:db8:1::1',
  '2001:db9::',
  'fd00:ec2::254',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
] as const;

export const HOSTS = [
  ...NAMES,
  'z.example.com',
  'q.r.api.example.com',
  'example.com.evil.test',
  'notexample.com',
  'b.localhost',
  'unknown.example.org',
  'a.b.c.d.e.f.g.h.example.com',
  'x_y.example.com',
  'a!b.example.com',
] as const;

export const PORTS = [
  1, 22, 79, 80, 81, 442, 443, 444, 7999, 8000, 8001, 8443, 65534, 65535,
] as const;
export const METHODS = ['GET', 'POST', 'DELETE', 'PROPFIND', 'X-OWN', 'get'] as const;

const LITERAL_PATHS = [
  '*',
  '/',
  '/v1/*',
  '/v1',
  '/v1/a/*',
  '/admin/*',
  '/a%2Fb',
  '/a/b',
  '/x;y/*',
  '//*',
  '/caf\u00e9',
] as const;
const REGEX_PATHS = [
  '^/v[0-9]+/.*$',
  '^/(a|b)+$',
  '^/[^/]+$',
  '^/(.*)$',
  '^/v1/[^/]*(/[a-z]+)?$',
  '^(/[a-z]+){1,3}/?$',
  '^/.*%2F.*$',
  '^/caf%c3%a9$',
  '^/.*/\\.\\./.*$',
  '^.*//.*$',
  '^/(?:[^a]|a[^d]).*$',
] as const;

export const PATHS = [
  '/',
  '/v1',
  '/v1/',
  '/v1/a',
  '/v1/a/b',
  '/v2/x',
  '/admin/x',
  '/admin',
  '/a/b',
  '/a%2Fb',
  '/a%2fb',
  '/a//b',
  '/a;x/b',
  '/v1/..;/admin/x',
  '/v1/..%2Fadmin/x',
  '/v1/%2e%2e/admin/x',
  '/x;y/z',
  '/x/.a/../../admin/x',
  '/v1/.a/..;/../admin/x',
  '/...',
  '/.a/b',
  '//evil/v1/a',
  '/%61dmin/x',
  '/caf%C3%A9',
  '/caf\u00e9',
  '/a b',
  '/a^b',
  '/%',
  '/aaaaab',
  '/abba',
  '/v1\\a',
] as const;

const host = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<string>(...NAMES) },
  { weight: 4, arbitrary: fc.constantFrom(...SUFFIXES).map((name) => `*.${name}`) },
  { weight: 4, arbitrary: fc.constantFrom<string>(...BLOCKS) },
  { weight: 2, arbitrary: fc.constant('*') },
);

const port = fc.oneof(
  fc.constantFrom<number | string>(...PORTS),
  fc.constantFrom<number | string>(
    '1-65535',
    '80-443',
    '443-8000',
    '8000-8443',
    '1-79',
    '444-65535',
  ),
);

const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<string>(...LITERAL_PATHS) },
  { weight: 2, arbitrary: fc.constantFrom<string>(...REGEX_PATHS) },
);

const rule = fc.record(
  {
    hosts: fc.array(host, { minLength: 1, maxLength: 3 }),
    schemes: fc.constantFrom<('http' | 'https')[]>(['https'], ['http'], ['http', 'https']),
    ports: fc.array(port, { minLength: 1, maxLength: 3 }),
    methods: fc.uniqueArray(fc.constantFrom('GET', 'POST', 'DELETE', 'PROPFIND'), {
      minLength: 1,
      maxLength: 3,
    }),
    path_groups: fc.array(path, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['hosts'] },
);

/** Hosts that a rule other than `pass` may not name, since they reach the broker. */
const OVER_BROKER = new Set(['broker.svc.example.net', '*.net', '*.svc.example.net']);

export const manifest: fc.Arbitrary<ManifestInput> = fc
  .record({
    default_action: fc.constantFrom<'pass' | 'deny'>('pass', 'deny'),
    rules: fc.array(
      fc.tuple(fc.constantFrom<'execute' | 'deny' | 'pass'>('execute', 'deny', 'pass'), rule),
      {
        maxLength: 7,
      },
    ),
  })
  .map(({ default_action, rules }) => ({
    ...HEAD,
    default_action,
    match_rules: rules.map(([action, match], index) => ({
      integration_id: `i${index % 3}`,
      provider: 'p',
      match: { ...match, hosts: action === 'pass' ? match.hosts : harmless(match.hosts) },
      action,
    })),
  }));

function harmless(hosts: readonly string[]): string[] {
  const kept = hosts.filter((text) => !OVER_BROKER.has(text));
  return kept.length > 0 ? kept : ['example.com'];
}
