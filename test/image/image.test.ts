/** The image is refused when anything about it is wrong, and survives a round trip unchanged. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMatcher } from '../../compiler/emit/node/engine/index.mjs';
import { decodeImage, encodeImage, HEADER, SECTIONS } from '../../compiler/image/index.js';
import { checksumOf } from '../../compiler/image/layout.js';
import { compilePathRegex } from '../../compiler/paths/index.js';
import {
  any,
  exact,
  imageOf,
  name,
  policyOf,
  prefix,
  rule,
  suffix,
  v4,
} from '../support/policies.js';

const regex = compilePathRegex('^/[a-z]+(/x)?$');
if (!regex.ok) throw new Error('regex');

const policy = policyOf([
  rule(0, [name('api.example.com'), suffix('example.com')], {
    paths: [prefix('/v1/'), exact('/x')],
    methods: ['GET', 'POST'],
  }),
  rule(1, [v4('10.0.0.0', 8), v4('10.1.0.0', 16)], {
    action: 'deny',
    http: true,
    ports: [{ lo: 1, hi: 65535 }],
  }),
  rule(2, [any], {
    paths: [{ kind: 'regex', source: regex.body, program: regex.program }],
    ports: [
      { lo: 80, hi: 90 },
      { lo: 443, hi: 443 },
    ],
  }),
]);
const image = imageOf(policy);

/** Makes checksum and digest fit again, as an attacker would. */
function resealed(bytes: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes);
  out.set(createHash('sha256').update(out.subarray(HEADER.size)).digest(), HEADER.digest);
  const words = new Uint32Array(out.buffer, HEADER.size, (out.length - HEADER.size) >> 2);
  new DataView(out.buffer).setUint32(HEADER.checksum, checksumOf(words), true);
  return out;
}

function sectionAt(wanted: string): { offset: number; count: number; width: number } {
  const row = HEADER.size + SECTIONS.findIndex(({ name: found }) => found === wanted) * 16;
  const view = new DataView(image.bytes.buffer);
  return {
    width: view.getUint32(row + 4, true),
    offset: view.getUint32(row + 8, true),
    count: view.getUint32(row + 12, true),
  };
}

test('a round trip changes nothing', () => {
  const decoded = decodeImage(image.bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  expect(decoded.image.meta).toEqual(image.meta);
  expect(decoded.image.digest).toBe(image.digest);
  const again = encodeImage(decoded.image.meta, decoded.image.sections, {
    signed: true,
    brokerUrlAt: new DataView(image.bytes.buffer).getUint32(
      sectionAt('meta').offset + 17 * 4,
      true,
    ),
  });
  expect(Buffer.compare(again.bytes, image.bytes)).toBe(0);
});

test('whether the manifest was verified stands outside of the digest', () => {
  const unsigned = imageOf(policy, false);
  expect(unsigned.digest).toBe(image.digest);
  expect(unsigned.signed).toBe(false);
  expect(createMatcher(unsigned.bytes).policy.signed).toBe(false);
});

test('every truncation is refused', () => {
  for (let length = 0; length < image.bytes.length; length++) {
    expect(decodeImage(image.bytes.subarray(0, length)).ok, `${length} bytes`).toBe(false);
  }
});

test('every flipped bit is refused, but for the one that says "signed"', () => {
  for (let at = 0; at < image.bytes.length; at++) {
    const bytes = Uint8Array.from(image.bytes);
    bytes[at]! ^= 1 << (at % 8);
    const isStamp = at === HEADER.flags && at % 8 === 0;
    expect(decodeImage(bytes).ok, `byte ${at}`).toBe(isStamp);
    expect(loads(bytes), `byte ${at} in the engine`).toBe(
      isStamp ||
        (at >= HEADER.digest && at < HEADER.size) ||
        (at >= HEADER.reserved && at < HEADER.digest) ||
        (at >= HEADER.flags && at < HEADER.checksum),
    );
  }
});

function loads(bytes: Uint8Array): boolean {
  try {
    createMatcher(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('a hostile image with a digest that fits', () => {
  const cases: readonly [string, string, number, number][] = [
    ['nameOffsets', 'past the names', 1, 0xffffff],
    ['nameSlots', 'a full table', 0, 0xffffffff],
    ['entryLinks', 'a link to itself', 0, 0],
    ['entryRules', 'rules past the end', 1, 1 << 30],
    ['ruleRefs', 'a rule that is not there', 0, 99],
    ['portMapOffsets', 'segments past the end', 1, 1 << 30],
    ['portMapParents', 'a map that is its own parent', 0, 0],
    ['portSegments', 'an unknown verdict', 0, 7],
    ['rules', 'an unknown action', 0, 3],
    ['portSetOffsets', 'ports past the end', 1, 1 << 30],
    ['portRanges', 'a reversed range', 0, (1 << 16) | 2],
    ['methodOffsets', 'methods past the text', 1, 1 << 30],
    ['pathRows', 'an unknown kind', 0, 9],
    ['pathRows', 'text past the end', 2, 1 << 30],
    ['programs', 'classes past the end', 0, 1 << 30],
    ['programs', 'no states', 3, 0],
    ['addr4Starts', 'no start at 0', 0, 1],
    ['addr4Entries', 'an entry that is not there', 0, 1 << 20],
    ['addressBlocks', 'an unknown family', 0, 5 << 8],
    ['meta', 'more names than there are', 19, 1 << 19],
    ['meta', 'a port of 0', 16, 0],
    ['meta', 'text past the end', 18, 1 << 30],
  ];
  test.each(cases)('%s: %s', (section, _what, index, value) => {
    const { offset, width, count } = sectionAt(section);
    expect(width).toBe(4);
    expect(index).toBeLessThan(count);
    const bytes = Uint8Array.from(image.bytes);
    new DataView(bytes.buffer).setUint32(offset + index * 4, value, true);
    const decoded = decodeImage(resealed(bytes));
    expect(decoded.ok).toBe(false);
    if (!decoded.ok) expect(decoded.reason).not.toMatch(/digest|checksum/);
  });

  test('any change of any word ends in a refusal or in tables within their bounds', () => {
    const words = (image.bytes.length - HEADER.size) >> 2;
    const value = fc.oneof(
      fc.nat(64),
      fc.constantFrom(0xffffffff, 0x7fffffff, 0x80000000, 0xffff),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.nat(words - 1), value, (word, written) => {
        const bytes = Uint8Array.from(image.bytes);
        new DataView(bytes.buffer).setUint32(HEADER.size + word * 4, written, true);
        const decoded = decodeImage(resealed(bytes));
        if (!decoded.ok) return;
        const matcher = createMatcher(decoded.image.bytes);
        for (const host of ['api.example.com', 'q.example.com', '10.1.2.3', '::1', 'other.test']) {
          expect(['capture', 'deny', 'pass']).toContain(matcher.verdict(host, 443));
          expect(['execute', 'deny', 'pass']).toContain(
            matcher.decide('https', host, 443, 'GET', '/v1/abc').action,
          );
        }
      }),
      { numRuns: 3000 },
    );
  });
});
