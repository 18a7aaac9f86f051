/** The Node engine where review found it wanting, and what it throws. */

import { describe, expect, test } from 'vitest';
import { createMatcher } from '../../compiler/emit/node/engine/index.mjs';
import { lowerManifest } from '../../compiler/lower/index.js';
import { HEAD, locatePath, policyOf } from '../policy/manifests.js';
import { imageOf, policyOf as irPolicyOf } from '../support/policies.js';

const policy = policyOf({
  default_action: 'deny',
  match_rules: [
    { integration_id: 'a', provider: 'p', match: { hosts: ['a.example'] }, action: 'execute' },
  ],
});
const bytes = imageOf(policy).bytes;
/** A matcher that has seen nothing yet. */
const fresh = () => createMatcher(bytes);

describe('what is no request throws, also as the first call of a matcher', () => {
  test.each([
    '',
    '.',
    '..',
    'a..b',
    'a b',
    'a/b',
    'x:1',
    '[::1',
    'fe80::1%eth0',
    '1.2.3.256',
    'a'.repeat(64),
    '-\u0000',
  ])('host %j', (host) => {
    expect(() => fresh().decide('https', host, 443, 'GET', '/')).toThrow(/host/);
    expect(() => fresh().verdict(host, 443)).toThrow(/host/);
    const used = fresh();
    used.verdict('A.Example', 443);
    expect(() => used.verdict(host, 443)).toThrow(/host/);
  });
  test.each(['', 'G T', 'G\u0000', '\u00e9', 'GET\n'])('method %j', (method) => {
    expect(() => fresh().decide('https', 'a.example', 443, method, '/')).toThrow(/method/);
  });
  test.each([0, -1, 65536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('port %j', (port) => {
    expect(() => fresh().decide('https', 'a.example', port, 'GET', '/')).toThrow(/port/);
    expect(() => fresh().verdict('a.example', port)).toThrow(/port/);
    expect(() => fresh().verdictDialled('1.2.3.4', port)).toThrow(/port/);
  });
  test.each(['', '*', 'a.example:443', 'x', '/\u0000', '/\n'])('path %j', (path) => {
    expect(() => fresh().decide('https', 'a.example', 443, 'GET', path)).toThrow(/path/);
  });
  test.each(['', 'ftp', 'https:', 'file'])('scheme %j', (scheme) => {
    expect(() => fresh().decide(scheme, 'a.example', 443, 'GET', '/')).toThrow(/scheme/);
  });
  test.each(['name.example', '', '1.2.3', '0x7f.1', '::1%lo', 'g::1'])(
    'dialled address %j',
    (address) => {
      expect(() => fresh().verdictDialled(address, 443)).toThrow();
      expect(() => fresh().decideDialled('https', address, 443, 'GET', '/')).toThrow();
    },
  );
  test('a path of more than 65,536 characters', () => {
    expect(() => fresh().decide('https', 'a.example', 443, 'GET', `/${'a'.repeat(65536)}`)).toThrow(
      /65536/,
    );
    expect(fresh().decide('https', 'a.example', 443, 'GET', `/${'a'.repeat(65535)}`).action).toBe(
      'execute',
    );
    expect(() => fresh().decideUrl(`https://a.example/${'a%2Fb'.repeat(20000)}`)).toThrow(/65536/);
  });
});

test.each([
  'http://localhost:8080/x',
  'https://localhost/x',
  'https://[::1]/x',
  'http://127.0.0.1:81/x',
  'https://a.localhost/x',
  'http://0.0.0.0:81/x',
])('a broker at %s compiles, and passes', (url) => {
  const lowered = lowerManifest(
    { ...HEAD, broker_execute_url: url, default_action: 'deny', match_rules: [] },
    locatePath,
    policy.policyId,
  );
  if (!lowered.ok) throw new Error(lowered.diagnostics[0]?.message);
  const matcher = createMatcher(imageOf(lowered.value).bytes);
  expect(matcher.decideUrl(url, 'POST').action).toBe('pass');
});

test('a policy without rules passes or denies everything but what is exempt', () => {
  expect(createMatcher(imageOf(irPolicyOf([])).bytes).verdict('x.example', 1)).toBe('pass');
  const closed = createMatcher(imageOf(irPolicyOf([], { defaultAction: 'deny' })).bytes);
  expect(closed.verdict('x.example', 1)).toBe('deny');
  expect(closed.verdict('localhost', 1)).toBe('pass');
  expect(closed.verdictDialled('1.2.3.4', 1)).toBe('pass');
});
