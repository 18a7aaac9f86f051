import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, policyIdOf } from '../../compiler/verify/index.js';

describe('RFC 8785', () => {
  it('sorts keys by UTF-16 code unit (section 3.2.3)', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it('writes literals, numbers and strings as the example of section 3.2.2', () => {
    const text = `{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(JSON.parse(text))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it.each<[number, string]>([
    [-0, '0'],
    [9007199254740991, '9007199254740991'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [295147905179352830000, '295147905179352830000'],
  ])('writes the number %d as %s (appendix B)', (number, expected) => {
    expect(canonicalJson([number])).toBe(`[${expected}]`);
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it('refuses what is no JSON', () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
  });
});

describe('policyIdOf', () => {
  it('is the digest of the canonical JSON without the signature', () => {
    const expected = createHash('sha256').update('{"a":1,"b":[2]}').digest('hex');
    expect(policyIdOf({ b: [2], signature: { jws: 'x' }, a: 1 })).toBe(`sha256:${expected}`);
  });

  it('changes with any value', () => {
    expect(policyIdOf({ a: 1 })).not.toBe(policyIdOf({ a: '1' }));
  });
});
