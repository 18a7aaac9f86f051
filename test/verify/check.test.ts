import { describe, expect, it } from 'vitest';
import {
  type CheckOptions,
  canonicalJson,
  checkManifest,
  MANIFEST_TYP,
  policyIdOf,
} from '../../compiler/verify/index.js';
import { documentOf, manifestWith, RULE } from '../validate/manifests.js';
import { codesOf, makeSigner, type Signer, signJws, trust } from './signer.js';

const ed = makeSigner('EdDSA', 'ed');
const ec = makeSigner('ES256', 'ec');
const keys = trust(ed.publicJwk, ec.publicJwk);
const at = new Date('2026-12-01T00:00:00Z');

interface Changes {
  readonly signer?: Signer;
  readonly header?: object;
  /** What is signed, where it is not the manifest in canonical form. */
  readonly payload?: string;
  /** Changes to the signature block. */
  readonly block?: object;
  /** Changes to the manifest after it was signed. */
  readonly after?: object;
}

/** A manifest signed by an independent signer. */
function signed(
  manifest: object,
  { signer = ed, header, payload, block, after }: Changes = {},
): object {
  const { alg, kid } = signer;
  const jws = signJws(
    signer,
    { alg, kid, typ: MANIFEST_TYP, ...header },
    payload ?? canonicalJson(manifest),
  );
  return { ...manifest, ...after, signature: { alg, kid, jws, ...block } };
}

const check = (value: object | string, options: CheckOptions = {}) =>
  checkManifest(documentOf(value), keys, { at, ...options });

describe('a signed manifest', () => {
  const manifest = manifestWith({ serial: 5 });

  it.each([ed, ec])('verifies ($alg), and says what was verified', async (signer) => {
    const document = documentOf(signed(manifest, { signer }));
    const result = await checkManifest(document, keys, { at });
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
    expect(result.diagnostics).toEqual([]);
    expect(result.value).toMatchObject({
      kid: signer.kid,
      alg: signer.alg,
      policyId: policyIdOf(manifest),
    });
    expect(result.value.manifest).toBe(document.value);
  });

  it('verifies as a broker sends it: attached JWS, no typ, keys in its own order', async () => {
    const result = await check(
      signed(manifest, { payload: JSON.stringify(manifest), header: { typ: undefined } }),
    );
    expect(result.ok).toBe(true);
    expect(result.diagnostics.map((one) => one.code)).toEqual(['sign/typ-missing']);
  });

  it('verifies in YAML, whatever its layout', async () => {
    const { signature } = signed(manifest) as { signature: object };
    const yaml = [
      '# comment',
      `signature: ${JSON.stringify(signature)}`,
      ...Object.entries(manifest)
        .reverse()
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    ].join('\n');
    expect((await check(yaml)).ok).toBe(true);
  });
});

describe('refused', () => {
  const manifest = manifestWith({ serial: 5 });
  const other = manifestWith({ serial: 5, broker_execute_url: 'https://evil.example/' });
  const swapped = signed(other) as { signature: object };

  it.each<[string, object, string]>([
    ['unsigned', manifest, 'sign/missing'],
    [
      'empty signature',
      { ...manifest, signature: { alg: 'EdDSA', kid: 'ed', jws: '' } },
      'sign/missing',
    ],
    [
      'signature of another manifest',
      { ...manifest, signature: swapped.signature },
      'sign/payload-mismatch',
    ],
    [
      'rule added after signing',
      signed(manifest, { after: { match_rules: [RULE, RULE] } }),
      'sign/payload-mismatch',
    ],
    [
      'rule removed after signing',
      signed(manifest, { after: { match_rules: [] } }),
      'sign/payload-mismatch',
    ],
    [
      'key added after signing',
      signed(manifest, { after: { default_action: 'pass' } }),
      'sign/payload-mismatch',
    ],
    [
      'number signed as text',
      signed(manifest, { payload: JSON.stringify({ ...manifest, serial: '5' }) }),
      'sign/payload-mismatch',
    ],
    [
      'payload that holds a signature',
      signed(manifest, { payload: JSON.stringify({ ...manifest, signature: 1 }) }),
      'sign/payload-mismatch',
    ],
    ['payload no JSON', signed(manifest, { payload: 'a: b' }), 'sign/payload'],
    ['payload a list', signed(manifest, { payload: '[]' }), 'sign/payload'],
    ['payload null', signed(manifest, { payload: 'null' }), 'sign/payload'],
    [
      'payload with a duplicate key',
      signed(manifest, { payload: canonicalJson(manifest).replace('{', '{"serial":6,') }),
      'sign/payload',
    ],
    [
      'payload with a duplicate key inside',
      signed(manifest, {
        payload: canonicalJson(manifest).replace('{"hosts"', '{"hosts":[],"hosts"'),
      }),
      'sign/payload',
    ],
    ['block names another alg', signed(manifest, { block: { alg: 'ES256' } }), 'sign/alg-mismatch'],
    ['block names another kid', signed(manifest, { block: { kid: 'ec' } }), 'sign/kid-mismatch'],
    ['header names another kid', signed(manifest, { header: { kid: 'ec' } }), 'sign/alg-mismatch'],
    ['not valid', signed({ ...manifest, match_rules: [{}] }), 'schema/missing-key'],
    [
      'payload nested too deeply',
      signed(manifest, { payload: `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}` }),
      'sign/payload',
    ],
  ])('%s', async (_name, value, code) => {
    const result = await check(value);
    expect(result.ok).toBe(false);
    expect(codesOf(result)).toContain(code);
    for (const one of result.diagnostics) expect(one.line).toBeGreaterThan(0);
  });

  it('says what was changed', async () => {
    const result = await check(signed(manifest, { after: { match_rules: [] } }));
    expect(result.diagnostics[0]?.hint).toBe('They differ in: "match_rules".');
  });
});

describe('validity', () => {
  const manifest = signed(manifestWith());

  it.each<[string, CheckOptions, string | undefined]>([
    ['in the middle', {}, undefined],
    ['at issued_at', { at: new Date('2026-11-22T00:00:00.000Z') }, undefined],
    ['60 s early', { at: new Date('2026-11-21T23:59:00.000Z') }, undefined],
    ['more than 60 s early', { at: new Date('2026-11-21T23:58:59.999Z') }, 'sign/not-yet-valid'],
    ['just before expires_at', { at: new Date('2026-12-21T23:59:59.999Z') }, undefined],
    ['at expires_at: no skew', { at: new Date('2026-12-22T00:00:00.000Z') }, 'sign/expired'],
    ['long after', { at: new Date('2036-12-22T00:00:00.000Z') }, 'sign/expired'],
    ['valid for just long enough', { validForMs: 21 * 86_400_000 }, undefined],
    ['valid for too short', { validForMs: 21 * 86_400_000 + 1 }, 'sign/expires-within'],
  ])('%s', async (_name, options, code) => {
    const result = await check(manifest, options);
    expect(result.ok).toBe(code === undefined);
    expect(codesOf(result)).toEqual(code === undefined ? [] : [code]);
  });

  it('takes the clock unless told a time', async () => {
    const now = Date.now();
    const iso = (ms: number): string => new Date(now + ms).toISOString();
    const fresh = signed(manifestWith({ issued_at: iso(-60_000), expires_at: iso(3_600_000) }));
    expect((await checkManifest(documentOf(fresh), keys)).ok).toBe(true);
    const stale = signed(manifestWith({ issued_at: iso(-7_200_000), expires_at: iso(-1) }));
    expect(codesOf(await checkManifest(documentOf(stale), keys))).toEqual(['sign/expired']);
  });

  it.each([
    { at: new Date('nonsense') },
    { minSerial: Number.NaN },
    { validForMs: Number.NaN },
    { previous: { serial: Number.NaN, policyId: '' } },
  ])('never compares with what is no number: %j', async (options) => {
    await expect(check(manifest, options)).rejects.toThrow(RangeError);
  });
});

describe('rollback', () => {
  const five = manifestWith({ serial: 5 });
  const policyId = policyIdOf(five);

  it.each<[string, object, CheckOptions, string | undefined]>([
    ['nothing seen, no serial', manifestWith(), {}, undefined],
    ['higher than seen', five, { previous: { serial: 4, policyId: 'x' } }, undefined],
    ['equal, same policy', five, { previous: { serial: 5, policyId } }, undefined],
    [
      'equal, other policy',
      five,
      { previous: { serial: 5, policyId: 'sha256:other' } },
      'sign/same-serial-other-policy',
    ],
    ['lower than seen', five, { previous: { serial: 6, policyId } }, 'sign/rollback'],
    [
      'none after one was seen',
      manifestWith(),
      { previous: { serial: 0, policyId } },
      'sign/serial-missing',
    ],
    ['at the least serial', five, { minSerial: 5 }, undefined],
    ['below the least serial', five, { minSerial: 6 }, 'sign/rollback'],
    ['none where one is asked for', manifestWith(), { minSerial: 0 }, 'sign/serial-missing'],
    [
      'above what was seen, below the least',
      five,
      { minSerial: 6, previous: { serial: 4, policyId } },
      'sign/rollback',
    ],
    [
      'least serial does not excuse the one seen',
      five,
      { minSerial: 1, previous: { serial: 6, policyId } },
      'sign/rollback',
    ],
    ['serial 0', manifestWith({ serial: 0 }), { minSerial: 0 }, undefined],
  ])('%s', async (_name, manifest, options, code) => {
    const result = await check(signed(manifest), options);
    expect(codesOf(result)).toEqual(code === undefined ? [] : [code]);
  });
});
