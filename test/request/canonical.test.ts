/** Canonical requests: spellings that are one, texts that are none, and canonicalisation being idempotent. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalHost,
  canonicalMethod,
  canonicalParts,
  canonicalPath,
  canonicalPathText,
  canonicalUrl,
  formatAddress,
  type Host,
  hostText,
  isGatewayRange,
  isLoopback,
  parseAddress,
  patternHost,
  patternPath,
} from '../../compiler/request/index.js';

function hostOf(text: string): Host {
  const host = canonicalHost(text);
  if (!host.ok) throw new Error(host.error.message);
  return host.value;
}

describe('hosts', () => {
  it.each([
    ['API.Example.COM', 'api.example.com'],
    ['api.example.com.', 'api.example.com'],
    ['b\u00fccher.example', 'xn--bcher-kva.example'],
    ['stra\u00dfe.example', 'xn--strae-oqa.example'],
    ['a\u3002example', 'a.example'],
    ['\uff41\uff50\uff49.example', 'api.example'],
    ['under_score.example', 'under_score.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0x7F000001', '127.0.0.1'],
    ['017700000001', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['127.1.', '127.0.0.1'],
    ['169.254.43518', '169.254.169.254'],
    ['0.0.0.0', '127.0.0.1'],
    ['0', '127.0.0.1'],
    ['::', '::1'],
    ['[::]', '::1'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::ffff:0.0.0.0', '127.0.0.1'],
    ['::ffff:169.254.169.254', '169.254.169.254'],
    ['[::FFFF:a9fe:a9fe]', '169.254.169.254'],
    ['::7f00:1', '::7f00:1'],
    ['FD00:0EC2:0:0:0:0:0:254', 'fd00:ec2::254'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:0:3:4:5:6:7', '1:2:0:3:4:5:6:7'],
    ['1::', '1::'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
    [`${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a`],
    [`${'a.'.repeat(126)}a.`, `${'a.'.repeat(126)}a`],
  ])('%s is %s', (text, canonical) => {
    expect(hostText(hostOf(text))).toBe(canonical);
    const pattern = patternHost(text);
    expect(pattern.ok && hostText(pattern.value)).toBe(canonical);
  });

  it.each([
    '',
    '.',
    'a..b',
    '.a',
    'a b',
    'a\u0000b',
    'a\tb',
    'a\u007fb',
    'a:80',
    'a@b',
    'a/b',
    'a?b',
    'a#b',
    'a\\b',
    '%61pi.example',
    'fe80::1%eth0',
    '[fe80::1%25eth0]',
    '[::1',
    '::1]',
    '[::1]:80',
    '[127.0.0.1]',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.256',
    '1.2.3.4.5',
    '0x100000000',
    '08.1.1.1',
    'foo.1',
    'foo.0x1',
    'xn--',
    'a|b',
    'a<b',
    'a\uff05b',
    'a\uff0fb',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(126)}aa`,
  ])('%j is no host', (text) => {
    const host = canonicalHost(text);
    expect(host).toMatchObject({ ok: false, error: { code: 'request/bad-host' } });
    expect(patternHost(text).ok).toBe(false);
  });

  it('text, made canonical once, stays as it is', () => {
    const label = fc.stringMatching(/^[a-zA-Z0-9_\-\u00e0-\u00ff\u0430-\u044f\u3002.]{1,8}$/u);
    const text = fc.oneof(
      fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
      fc.domain(),
      fc.ipV4Extended(),
      fc.ipV6(),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(text, (input) => {
        const once = canonicalHost(input);
        if (once.ok) expect(canonicalHost(hostText(once.value))).toEqual(once);
      }),
      { numRuns: 3000 },
    );
  });

  it('the pinned parser and the running one agree on ASCII', () => {
    const unit = fc.constantFrom(...'aAzZ019.-_xX:[]*~!$&(), '.split(''));
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 12 }), (input) => {
        const [node, pinned] = [canonicalHost(input), patternHost(input)];
        expect(pinned.ok ? hostText(pinned.value) : null).toBe(
          node.ok ? hostText(node.value) : null,
        );
      }),
      { numRuns: 5000 },
    );
  });
});

describe('addresses', () => {
  it.each(['1.2.3.4', '255.255.255.255', '2001:db8::1', '::2', 'fe80::', '1:2:3:4:5:6:7:8'])(
    '%s is canonical text',
    (text) => {
      const address = parseAddress(text);
      expect(address.ok && formatAddress(address.value)).toBe(text);
    },
  );

  it.each([
    '',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.',
    '0x7f.1',
    '256.1.1.1',
    '[::1]',
    'fe80::1%1',
    'h',
    ' ::1',
    '::1 ',
    '1.2.3.4/32',
    ':',
    '::1::',
  ])('%j is no address of a socket', (text) => {
    expect(parseAddress(text)).toMatchObject({ ok: false, error: { code: 'request/bad-address' } });
  });

  it('any 128 bits are written as a URL writes them', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const value = groups.reduce((sum, g) => (sum << 16n) | BigInt(g), 0n);
        const text = groups.map((g) => g.toString(16)).join(':');
        expect(formatAddress({ family: 6, value })).toBe(
          new URL(`http://[${text}]/`).hostname.slice(1, -1),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['127.63.255.255', true, false],
    ['127.64.0.0', true, true],
    ['127.127.255.255', true, true],
    ['127.128.0.0', true, false],
    ['126.255.255.255', false, false],
    ['::1', true, false],
    ['::ffff:127.64.0.1', true, true],
    ['::2', false, false],
    ['localhost', true, false],
    ['a.localhost', true, false],
    ['notlocalhost', false, false],
    ['localhost.example', false, false],
  ])('%s: loopback %s, gateway %s', (text, loopback, gateway) => {
    const host = hostOf(text);
    expect(isLoopback(host)).toBe(loopback);
    expect(host.kind === 'address' && isGatewayRange(host.address)).toBe(gateway);
  });
});

describe('paths', () => {
  it.each([
    ['/', '/'],
    ['/a/../b', '/b'],
    ['/a/%2e%2E/b', '/b'],
    ['/a/./b/.', '/a/b/'],
    ['/..', '/'],
    // Node 20's parser leaves these as they are.
    ['/x/.a/../admin', '/x/admin'],
    ['/x/.a/%2e%2E/admin', '/x/admin'],
    ['//.!/..', '//'],
    ['/a/.b/./c/..', '/a/.b/'],
    ['/%61%2D%2e%5F%7e', '/a-._~'],
    ['/%2f%5c%3b', '/%2F%5C%3B'],
    ['/100%', '/100%25'],
    ['/%', '/%25'],
    ['/%zz%4', '/%25zz%254'],
    ['/%%32e', '/%252e'],
    ['/%252e', '/%252e'],
    ['/a^b', '/a%5Eb'],
    ['/a%5eb', '/a%5Eb'],
    ['/a b', '/a%20b'],
    ['/a ', '/a%20'],
    ['/a\\b', '/a/b'],
    ['/a"<>`{}', '/a%22%3C%3E%60%7B%7D'],
    ["/!$&'()*+,;=:@[]|~", "/!$&'()*+,;=:@[]|~"],
    ['/caf\u00e9', '/caf%C3%A9'],
    ['/%c3%a9', '/%C3%A9'],
    ['//a', '//a'],
    ['/x?y#z', '/x'],
    ['/x#z?y', '/x'],
  ])('%j is %s', (text, canonical) => {
    expect(canonicalPathText(text)).toEqual({ ok: true, value: canonical });
  });

  it.each(['', 'a', '*', '?', 'http://h/', '/a\nb', '/\u0000', '/a\tb'])(
    '%j is no path',
    (text) => {
      expect(canonicalPathText(text)).toMatchObject({
        ok: false,
        error: { code: 'request/bad-path' },
      });
    },
  );

  it('text, made canonical once, stays as it is, and patterns agree with requests', () => {
    const unit = fc.oneof(
      fc.constantFrom('/', '.', '%', '2', 'e', 'E', 'f', 'F', '5', 'c', ';', '\\', '^', 'a', ' '),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 16 }), (units) => {
        const path = canonicalPathText(`/${units.join('')}`);
        if (!path.ok) return;
        expect(canonicalPath(path.value)).toBe(path.value);
        expect(canonicalPathText(path.value)).toEqual(path);
        expect(patternPath(path.value)).toEqual(path);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('requests', () => {
  it.each([
    ['get', 'GET'],
    ['M-SEARCH', 'M-SEARCH'],
    ['x_1', 'X_1'],
  ])('method %s is %s', (text, canonical) => {
    expect(canonicalMethod(text)).toEqual({ ok: true, value: canonical });
  });

  it.each(['', 'GET ', 'G T', 'G\u00c9T', 'get\n', 'a.b', '\u0131', 'GET:'])(
    '%j is no method',
    (text) => {
      expect(canonicalMethod(text)).toMatchObject({
        ok: false,
        error: { code: 'request/bad-method' },
      });
    },
  );

  it.each([
    ['ftp://h/', 'request/bad-scheme'],
    ['file:///x', 'request/bad-scheme'],
    ['data:,x', 'request/bad-scheme'],
    ['http://h:0/', 'request/bad-port'],
    ['http://a..b/', 'request/bad-host'],
    ['http://h:65536/', 'request/bad-url'],
    ['//h/', 'request/bad-url'],
    ['http://[fe80::1%25eth0]/', 'request/bad-url'],
  ])('%s: %s', (url, code) => {
    expect(canonicalUrl(url)).toMatchObject({ ok: false, error: { code } });
  });

  it('parts in any spelling are the URL of them', () => {
    expect(canonicalParts('WSS', '[::FFFF:1.2.3.4]', 443, 'post', '/%61/../b?q')).toEqual(
      canonicalUrl('https://1.2.3.4/b', 'POST'),
    );
  });

  it.each([
    ['ftp', 'h', 80, 'GET', '/', 'request/bad-scheme'],
    ['http', 'h:80', 80, 'GET', '/', 'request/bad-host'],
    ['http', 'h', 0, 'GET', '/', 'request/bad-port'],
    ['http', 'h', 80.5, 'GET', '/', 'request/bad-port'],
    ['http', 'h', Number.NaN, 'GET', '/', 'request/bad-port'],
    ['http', 'h', 80, 'G T', '/', 'request/bad-method'],
    ['http', 'h', 80, 'GET', 'x', 'request/bad-path'],
  ])('parts %s %s %d %s %s: %s', (scheme, host, port, method, path, code) => {
    expect(canonicalParts(scheme, host, port, method, path)).toMatchObject({
      ok: false,
      error: { code },
    });
  });
});
