/** Readings of ambiguous paths (design section 3): RFC 3986, 5.2.4 among the steps. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPathText, isPossiblyAmbiguous, readings } from '../../compiler/request/index.js';

describe('readings', () => {
  it.each([
    ['/a/b', []],
    ['/a/b/', []],
    ['/a%252Fb', []],
    ['/a//b', ['/a/b']],
    ['/a%2Fb', ['/a/b']],
    ['/a%5Cb', ['/a/b']],
    ['/a;x=1/b', ['/a/b']],
    ['/a;b;c', ['/a']],
    ['/x/..;/b', ['/x/../b', '/b']],
    ['/x/..%2Fb', ['/x/../b', '/b']],
    ['/..%2Fb', ['/../b', '/b']],
    ['/a/.;', ['/a/.', '/a/']],
    // The order matters: dots first leave /a/b, slashes first leave /b.
    ['/a//..;/b', ['/a//../b', '/a/..;/b', '/a/b', '/a/../b', '/b']],
    // A parameter that holds an escaped slash: decoded first, it is cut short.
    ['/a;%2Fb', ['/a;/b', '/a', '/a/b']],
    ['/;/a', ['//a', '/a']],
    ['/a%2F%2Fb', ['/a//b', '/a/b']],
  ])('%s', (path, others) => {
    expect(new Set(readings(path))).toEqual(new Set([path, ...others]));
    expect(readings(path)[0]).toBe(path);
  });

  const part = fc.constantFrom(
    '/',
    '//',
    '%2F',
    '%5C',
    ';',
    '..',
    '.',
    'a',
    'b',
    '%2F..',
    '..;',
    '/..;/',
  );
  const path = fc
    .array(part, { maxLength: 12 })
    .map((parts) => canonicalPathText(`/${parts.join('')}`))
    .map((text) => (text.ok ? text.value : '/'));

  it('a path without the four signs has one reading, and any reading is closed under the steps', () => {
    fc.assert(
      fc.property(path, (text) => {
        const all = readings(text);
        if (!isPossiblyAmbiguous(text)) expect(all).toEqual([text]);
        for (const one of all) {
          expect(one.startsWith('/')).toBe(true);
          for (const next of readings(one)) expect(all).toContain(next);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('stay few, however long the path', () => {
    const long = `/${'a//..;%2F%5C'.repeat(300)}`;
    expect(readings(long).length).toBeLessThan(60);
    fc.assert(fc.property(path, (text) => readings(text).length < 60));
  });
});
