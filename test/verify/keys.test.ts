import { describe, expect, it } from 'vitest';
import {
  appendKey,
  generateKey,
  loadPrivateKey,
  loadTrustedKeys,
  thumbprint,
} from '../../compiler/verify/index.js';
import { verifySignature } from '../../compiler/verify/jws.js';
import { codesOf, makeSigner } from './signer.js';

/** RFC 8037, appendix A. */
const RFC8037 = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
} as const;

describe('RFC 8037', () => {
  const { d: _d, ...jwk } = RFC8037;
  const jws =
    'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
  const key = { kid: 'k', alg: 'EdDSA', jwk } as const;

  it('has the thumbprint of A.3', () => {
    expect(thumbprint(jwk)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('verifies the signature of A.5, and no changed one', async () => {
    const payload = await verifySignature(jws, key);
    expect(Buffer.from(payload ?? []).toString()).toBe('Example of Ed25519 signing');
    expect(await verifySignature(jws.replace('.RXh', '.RXi'), key)).toBeUndefined();
    expect(await verifySignature(`${jws.slice(0, -2)}AA`, key)).toBeUndefined();
  });

  it('reads the private key of A.1', () => {
    const result = loadPrivateKey(JSON.stringify(RFC8037), 'key.json');
    expect(result.ok && result.value.publicJwk).toEqual({
      ...jwk,
      alg: 'EdDSA',
      use: 'sig',
      kid: thumbprint(jwk),
    });
  });
});

it('has the thumbprint of RFC 7638, section 3.1, in form: EC members in order', () => {
  const { publicJwk } = makeSigner('ES256', 'k');
  const { kty, crv, x, y } = publicJwk as { kty: 'EC'; crv: 'P-256'; x: string; y: string };
  expect(thumbprint({ y, x, crv, kty })).toBe(thumbprint({ kty, crv, x, y }));
});

describe('loadTrustedKeys', () => {
  const ed = makeSigner('EdDSA', 'ed').publicJwk;
  const ec = makeSigner('ES256', 'ec').publicJwk;
  const { d } = makeSigner('EdDSA', 'x').privateJwk;
  const without = (jwk: object, name: string) =>
    Object.fromEntries(Object.entries(jwk).filter(([key]) => key !== name));

  it('takes both kinds, with and without alg, use and key_ops', () => {
    const keys = [
      ed,
      ec,
      { ...without(ed, 'alg'), kid: 'plain' },
      { ...ec, kid: 'used', use: 'sig', key_ops: ['verify'], extra: 1 },
    ];
    const result = loadTrustedKeys(JSON.stringify({ keys }), 'keys.json');
    expect(result.ok && [...result.value.values()].map(({ kid, alg }) => `${kid} ${alg}`)).toEqual([
      'ed EdDSA',
      'ec ES256',
      'plain EdDSA',
      'used ES256',
    ]);
  });

  it.each<[string, object | string, string]>([
    ['no set', ed, 'jwks/unreadable'],
    ['keys not a list', { keys: {} }, 'jwks/unreadable'],
    ['YAML', 'keys: [{kty: OKP}]', 'jwks/unreadable'],
    ['no JSON', '{"keys": [', 'source/syntax'],
    ['duplicate member', `{"keys": [], "keys": [${JSON.stringify(ed)}]}`, 'source/duplicate-key'],
    ['no keys', { keys: [] }, 'jwks/empty'],
    ['no kid', { keys: [without(ed, 'kid')] }, 'jwks/missing-kid'],
    ['empty kid', { keys: [{ ...ed, kid: '' }] }, 'jwks/missing-kid'],
    ['kid as number', { keys: [{ ...ed, kid: 1 }] }, 'jwks/missing-kid'],
    ['duplicate kid', { keys: [ed, { ...ec, kid: 'ed' }] }, 'jwks/duplicate-kid'],
    ['the same key twice', { keys: [ed, ed] }, 'jwks/duplicate-kid'],
    ['private key', { keys: [{ ...ed, d }] }, 'jwks/private-key'],
    ['RSA prime', { keys: [{ ...ed, p: 'AA' }] }, 'jwks/private-key'],
    ['use enc', { keys: [{ ...ed, use: 'enc' }] }, 'jwks/not-for-verify'],
    ['use null', { keys: [{ ...ed, use: null }] }, 'jwks/not-for-verify'],
    ['key_ops without verify', { keys: [{ ...ed, key_ops: ['sign'] }] }, 'jwks/not-for-verify'],
    ['empty key_ops', { keys: [{ ...ed, key_ops: [] }] }, 'jwks/not-for-verify'],
    ['symmetric key', { keys: [{ kty: 'oct', k: 'AAAA', kid: 'k' }] }, 'jwks/unsupported-key'],
    ['RSA', { keys: [{ kty: 'RSA', n: 'AAAA', e: 'AQAB', kid: 'k' }] }, 'jwks/unsupported-key'],
    ['P-384', { keys: [{ ...ec, crv: 'P-384' }] }, 'jwks/unsupported-key'],
    ['X25519', { keys: [{ ...ed, crv: 'X25519' }] }, 'jwks/unsupported-key'],
    ['alg of the other kind', { keys: [{ ...ed, alg: 'ES256' }] }, 'jwks/alg-mismatch'],
    ['alg HS256', { keys: [{ ...ed, alg: 'HS256' }] }, 'jwks/alg-mismatch'],
    ['short x', { keys: [{ ...ed, x: 'AAAA' }] }, 'jwks/invalid-key'],
    ['x in base64', { keys: [{ ...ed, x: `${'+'.repeat(42)}8` }] }, 'jwks/invalid-key'],
    ['missing y', { keys: [without(ec, 'y')] }, 'jwks/invalid-key'],
    [
      'no point of the curve',
      { keys: [{ ...ec, y: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }] },
      'jwks/invalid-key',
    ],
    ['a key that is no object', { keys: ['x'] }, 'jwks/invalid-key'],
  ])('refuses: %s', (_name, value, code) => {
    const result = loadTrustedKeys(
      typeof value === 'string' ? value : JSON.stringify(value),
      'keys.json',
    );
    expect(result.ok).toBe(false);
    expect(new Set(codesOf(result))).toEqual(new Set([code]));
    expect(JSON.stringify(result)).not.toContain(String(d));
  });
});

describe('generateKey and appendKey', () => {
  it.each(['EdDSA', 'ES256'] as const)('makes %s keys that load', async (alg) => {
    const pair = await generateKey(alg, 'mine');
    const loaded = loadPrivateKey(JSON.stringify(pair.privateJwk), 'key.json');
    expect(loaded.ok && loaded.value).toEqual(pair);
    expect(pair.publicJwk).not.toHaveProperty('d');
    const keys = loadTrustedKeys(JSON.stringify({ keys: [pair.publicJwk] }), 'keys.json');
    expect(keys.ok && keys.value.get('mine')?.alg).toBe(alg);
  });

  it('names a key by its thumbprint unless told otherwise', async () => {
    const { publicJwk } = await generateKey('ES256');
    const { kty, crv, x, y } = publicJwk;
    expect(publicJwk.kid).toBe(thumbprint({ kty, crv, x, ...(y === undefined ? {} : { y }) }));
  });

  it.each(['', 'a\nb', 'a\u202eb', 'x'.repeat(257)])('refuses the kid %j', async (kid) => {
    await expect(generateKey('EdDSA', kid)).rejects.toThrow(RangeError);
  });

  it('appends, and keeps what it does not know', async () => {
    const [first, second] = [await generateKey('EdDSA', 'a'), await generateKey('ES256', 'b')];
    const before = JSON.stringify({ note: 1, keys: [{ ...first.publicJwk, extra: true }] });
    const longer = appendKey(before, 'keys.json', second.publicJwk);
    if (!longer.ok) throw new Error(JSON.stringify(longer.diagnostics));
    expect(JSON.parse(Buffer.from(longer.value).toString())).toEqual({
      note: 1,
      keys: [{ ...first.publicJwk, extra: true }, second.publicJwk],
    });
    const again = appendKey(longer.value, 'keys.json', second.publicJwk);
    expect(codesOf(again)).toEqual(['jwks/duplicate-kid']);
    expect(codesOf(appendKey('{"keys": []}', 'keys.json', second.publicJwk))).toEqual([
      'jwks/empty',
    ]);
  });
});

describe('loadPrivateKey refuses, and never quotes the file', () => {
  const { privateJwk, publicJwk } = makeSigner('EdDSA', 'k');
  const other = makeSigner('EdDSA', 'k').privateJwk;
  const ec = makeSigner('ES256', 'k').privateJwk;

  it.each<[string, object | string]>([
    ['a public key', publicJwk],
    ['a key set', { keys: [privateJwk] }],
    ['no JSON', `-----BEGIN PRIVATE KEY-----\n${privateJwk['d']}`],
    ['an unquoted secret', `{"d": *${privateJwk['d']}}`],
    ['a private part of another key', { ...privateJwk, d: other['d'] }],
    ['a private part of another EC key', { ...ec, d: makeSigner('ES256', 'k').privateJwk['d'] }],
    ['a short private part', { ...privateJwk, d: 'AAAA' }],
    ['another kind', { ...privateJwk, crv: 'X25519' }],
    ['another alg', { ...privateJwk, alg: 'ES256' }],
    ['a kid with a line break', { ...privateJwk, kid: 'a\nb' }],
    ['use enc', { ...privateJwk, use: 'enc' }],
    ['key_ops without sign', { ...privateJwk, key_ops: ['verify'] }],
  ])('%s', (_name, value) => {
    const result = loadPrivateKey(
      typeof value === 'string' ? value : JSON.stringify(value),
      'key.json',
    );
    expect(codesOf(result)).toEqual(['sign/key']);
    expect(JSON.stringify(result)).not.toContain(String(privateJwk['d']).slice(0, 8));
    expect(result.diagnostics[0]).toMatchObject({ file: 'key.json', line: 1, column: 1 });
  });
});
