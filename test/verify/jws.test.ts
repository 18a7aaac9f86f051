import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkJws, loadTrustedKeys, MANIFEST_TYP } from '../../compiler/verify/index.js';
import { base64url, codesOf, hmacJws, makeSigner, signJws, trust } from './signer.js';

const ed = makeSigner('EdDSA', 'ed');
const ec = makeSigner('ES256', 'ec');
const stranger = makeSigner('EdDSA', 'ed');
const keys = trust(ed.publicJwk, ec.publicJwk);
const HEADER = { alg: 'EdDSA', kid: 'ed', typ: MANIFEST_TYP };
const EC_HEADER = { ...HEADER, alg: 'ES256', kid: 'ec' };
const PAYLOAD = '{"a":1}';
const good = signJws(ed, HEADER, PAYLOAD);
const [head, body, signature] = good.split('.') as [string, string, string];

describe('accepted', () => {
  it.each([
    ['EdDSA', good, 'ed'],
    ['ES256', signJws(ec, EC_HEADER, PAYLOAD), 'ec'],
    [
      'white space in the header',
      signJws(ed, `{ "alg" : "EdDSA",\n"kid":"ed", "typ":"${MANIFEST_TYP}"}`, PAYLOAD),
      'ed',
    ],
  ])('%s', async (_name, jws, kid) => {
    const result = await checkJws(jws, keys);
    expect(result.diagnostics).toEqual([]);
    expect(result.ok && result.value.kid).toBe(kid);
    expect(result.ok && Buffer.from(result.value.payload).toString()).toBe(PAYLOAD);
  });

  it.each([
    ['without typ', { alg: 'EdDSA', kid: 'ed' }, 'sign/typ-missing'],
    ['with a parameter that means nothing', { ...HEADER, iat: 1 }, 'sign/unknown-header'],
  ])('%s, with a warning', async (_name, header, code) => {
    const result = await checkJws(signJws(ed, header, PAYLOAD), keys);
    expect(result.ok).toBe(true);
    expect(result.diagnostics.map((one) => [one.code, one.severity])).toEqual([[code, 'warning']]);
  });
});

describe('refused', () => {
  const header = (changes: object): string => signJws(ed, { ...HEADER, ...changes }, PAYLOAD);
  const stray = (segment: string): string => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return segment.slice(0, -1) + alphabet[alphabet.indexOf(segment.at(-1)!) ^ 1]!;
  };

  it.each<[string, string, string]>([
    ['empty', '', 'sign/segments'],
    ['no dots', 'abc', 'sign/segments'],
    ['two segments', `${head}.${body}`, 'sign/segments'],
    ['four segments', `${good}.`, 'sign/segments'],
    ['five segments (JWE)', `${good}.x.y`, 'sign/segments'],
    ['stripped signature', `${head}.${body}.`, 'sign/segments'],
    ['stripped payload', `${head}..${signature}`, 'sign/segments'],
    ['stripped header', `.${body}.${signature}`, 'sign/segments'],
    [
      'JSON serialization',
      JSON.stringify({ protected: head, payload: body, signature }),
      'sign/segments',
    ],
    ['padding', `${head}.${body}.${signature}==`, 'sign/base64'],
    ['white space', `${head}.${body}. ${signature}`, 'sign/base64'],
    ['trailing line break', `${good}\n`, 'sign/base64'],
    ['base64 alphabet', `${head}.${body}.${`+${signature.slice(1)}`}`, 'sign/base64'],
    ['stray bits in the signature', `${head}.${body}.${stray(signature)}`, 'sign/base64'],
    ['stray bits in the payload', `${head}.${stray(body)}.${signature}`, 'sign/base64'],
    ['impossible length', `${head}.${body}.${signature}abc`, 'sign/base64'],
    ['header in padded base64', `${head}=.${body}.${signature}`, 'sign/base64'],
    ['header no JSON', `${base64url('{')}.${body}.${signature}`, 'sign/header'],
    ['header a list', `${base64url('[]')}.${body}.${signature}`, 'sign/header'],
    [
      'header not UTF-8',
      `${base64url(Buffer.from([0x22, 0xff, 0x22]))}.${body}.${signature}`,
      'sign/header',
    ],
    ['header with a BOM', signJws(ed, `\ufeff${JSON.stringify(HEADER)}`, PAYLOAD), 'sign/header'],
    [
      'duplicate alg',
      signJws(ed, `{"alg":"none",${JSON.stringify(HEADER).slice(1)}`, PAYLOAD),
      'sign/header',
    ],
    [
      'duplicate kid, escaped',
      signJws(ed, `{"k\\u0069d":"x",${JSON.stringify(HEADER).slice(1)}`, PAYLOAD),
      'sign/header',
    ],
    [
      'alg none, signature stripped',
      `${base64url(JSON.stringify({ ...HEADER, alg: 'none' }))}.${body}.`,
      'sign/alg-none',
    ],
    ['alg none, signature kept', header({ alg: 'none' }), 'sign/alg-none'],
    ['alg NoNe', header({ alg: 'NoNe' }), 'sign/alg-none'],
    ['no alg', header({ alg: undefined }), 'sign/alg-forbidden'],
    ['alg as list', header({ alg: ['EdDSA'] }), 'sign/alg-forbidden'],
    ['alg in lower case', header({ alg: 'eddsa' }), 'sign/alg-forbidden'],
    ['alg Ed25519', header({ alg: 'Ed25519' }), 'sign/alg-forbidden'],
    ['RS256', header({ alg: 'RS256' }), 'sign/alg-forbidden'],
    [
      'HMAC with the public key',
      hmacJws(String(ed.publicJwk['x']), { ...HEADER, alg: 'HS256' }, PAYLOAD),
      'sign/alg-forbidden',
    ],
    [
      'HMAC with the public JWK',
      hmacJws(JSON.stringify(ed.publicJwk), { ...HEADER, alg: 'HS256' }, PAYLOAD),
      'sign/alg-forbidden',
    ],
    ['alg of the other key', signJws(ed, { ...HEADER, kid: 'ec' }, PAYLOAD), 'sign/alg-mismatch'],
    [
      'ES256 header on the EdDSA key',
      signJws(ec, { ...HEADER, alg: 'ES256' }, PAYLOAD),
      'sign/alg-mismatch',
    ],
    ['no kid', header({ kid: undefined }), 'sign/kid-missing'],
    ['kid as number', header({ kid: 1 }), 'sign/kid-missing'],
    ['unknown kid', header({ kid: 'other' }), 'sign/unknown-kid'],
    ['kid __proto__', header({ kid: '__proto__' }), 'sign/unknown-kid'],
    ['crit', header({ crit: ['exp'], exp: 1 }), 'sign/crit'],
    ['empty crit', header({ crit: [] }), 'sign/crit'],
    ['b64 false', header({ b64: false, crit: ['b64'] }), 'sign/b64'],
    ['b64 true', header({ b64: true }), 'sign/b64'],
    [
      'jwk',
      signJws(stranger, { ...HEADER, jwk: stranger.publicJwk }, PAYLOAD),
      'sign/embedded-key',
    ],
    ['jku', header({ jku: 'https://evil.example/keys' }), 'sign/embedded-key'],
    ['x5c', header({ x5c: ['AA'] }), 'sign/embedded-key'],
    ['x5u', header({ x5u: 'https://evil.example/cert' }), 'sign/embedded-key'],
    ['typ JWT', header({ typ: 'JWT' }), 'sign/typ'],
    ['typ without application/', header({ typ: 'broker-manifest+jws' }), 'sign/typ'],
    ['typ null', header({ typ: null }), 'sign/typ'],
    ['another key of the same name', signJws(stranger, HEADER, PAYLOAD), 'sign/bad-signature'],
    ['changed payload', `${head}.${base64url('{"a":2}')}.${signature}`, 'sign/bad-signature'],
    [
      'header of another typ-less signature',
      `${base64url(JSON.stringify({ alg: 'EdDSA', kid: 'ed' }))}.${body}.${signature}`,
      'sign/bad-signature',
    ],
    ['short signature', `${head}.${body}.${signature.slice(0, 40)}`, 'sign/bad-signature'],
    ['all-zero signature', `${head}.${body}.${'A'.repeat(86)}`, 'sign/bad-signature'],
    [
      'all-zero ES256 signature',
      `${base64url(JSON.stringify(EC_HEADER))}.${body}.${'A'.repeat(86)}`,
      'sign/bad-signature',
    ],
    [
      'DER instead of raw ES256',
      `${base64url(JSON.stringify(EC_HEADER))}.${body}.${base64url(Buffer.from('3006020101020101', 'hex'))}`,
      'sign/bad-signature',
    ],
  ])('%s', async (_name, jws, code) => {
    const result = await checkJws(jws, keys);
    expect(result.ok).toBe(false);
    expect(codesOf(result)).toContain(code);
  });

  it('says all that is wrong with a header at once', async () => {
    const result = await checkJws(
      header({ alg: 'none', crit: [], jku: 'x', typ: 'x', kid: 'x' }),
      keys,
    );
    expect(codesOf(result).sort()).toEqual([
      'sign/alg-none',
      'sign/crit',
      'sign/embedded-key',
      'sign/typ',
      'sign/unknown-kid',
    ]);
  });

  it('refuses every one-bit change of a signature', async () => {
    const bytes = Buffer.from(signature, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(codesOf(await checkJws(`${head}.${body}.${base64url(changed)}`, keys))).toEqual([
        'sign/bad-signature',
      ]);
    }
  });
});

interface Corpus {
  readonly testGroups: readonly {
    readonly public?: object;
    readonly private: object;
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly jws: unknown;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
}

describe('Wycheproof json_web_signature_test.json', () => {
  const corpus: Corpus = JSON.parse(
    readFileSync(new URL('../conformance/json_web_signature_test.json', import.meta.url), 'utf8'),
  );
  const vectors = corpus.testGroups.flatMap((group) =>
    group.tests.map((test) => ({ jwk: group.public ?? group.private, ...test })),
  );
  const textOf = (jws: unknown): string => (typeof jws === 'string' ? jws : JSON.stringify(jws));
  const isOurKind = (jwk: object): boolean => 'crv' in jwk && jwk.crv === 'P-256';

  it('judges every vector of a P-256 key as it says', async () => {
    const ours = vectors.filter(({ jwk }) => isOurKind(jwk));
    let valid = 0;
    for (const { jwk, jws, result, tcId, comment } of ours) {
      const loaded = loadTrustedKeys(JSON.stringify({ keys: [jwk] }), 'keys.json');
      const accepted = loaded.ok && (await checkJws(textOf(jws), loaded.value)).ok;
      expect(accepted, `tcId ${tcId} ${comment}`).toBe(result === 'valid');
      if (accepted) valid++;
    }
    expect([ours.length, valid, vectors.length]).toEqual([41, 2, 401]);
  });

  it('takes no key and no signature of any other kind, valid or not', async () => {
    const others = vectors.filter(({ jwk }) => !isOurKind(jwk));
    for (const { jwk, jws, tcId } of others) {
      expect(loadTrustedKeys(JSON.stringify({ keys: [jwk] }), 'keys.json').ok, `tcId ${tcId}`).toBe(
        false,
      );
      const kid = 'kid' in jwk && typeof jwk.kid === 'string' ? jwk.kid : 'k';
      const confused = trust({ ...ec.publicJwk, kid }, { ...ed.publicJwk, kid: `${kid}-ed` });
      expect((await checkJws(textOf(jws), confused)).ok, `tcId ${tcId}`).toBe(false);
    }
    expect(others.length).toBe(360);
  });
});
