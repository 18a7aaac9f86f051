import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../compiler/read/index.js';
import { checkManifest, policyIdOf, signManifest } from '../../compiler/verify/index.js';
import { documentOf, manifestWith } from '../validate/manifests.js';
import { codesOf, makeSigner, trust } from './signer.js';

const ed = makeSigner('EdDSA', 'policy-2026');
const ec = makeSigner('ES256', '-_ key: {of} "ours", #1');
const keys = trust(ed.publicJwk, ec.publicJwk);
const at = new Date('2026-12-01T00:00:00Z');

async function sign(text: string, signer = ed): Promise<string> {
  const result = await signManifest(
    text,
    'policy.yaml',
    JSON.stringify(signer.privateJwk),
    'key.json',
  );
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  expect(result.value).toMatchObject({ kid: signer.kid, alg: signer.alg });
  await expectSigned(result.value.text, text);
  return result.value.text;
}

async function expectSigned(text: string, before: string): Promise<void> {
  const document = documentOf(text);
  const checked = await checkManifest(document, keys, { at });
  expect(checked.diagnostics).toEqual([]);
  expect(checked.ok && checked.value.policyId).toBe(policyIdOf(documentOf(before).value));
}

/** What stays of a text once `[start, end)` of it was replaced in the other. */
function changedRange(
  before: string,
  after: string,
): { readonly removed: string; readonly added: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end++;
  return {
    removed: before.slice(start, before.length - end),
    added: after.slice(start, after.length - end),
  };
}

const HEAD = [
  'manifest_version: 1   # always',
  'issued_at: 2026-11-22T00:00:00Z',
  'expires_at:   "2026-12-22T00:00:00Z"',
  'broker_execute_url: https://broker.example.com/v1/execute',
];
const RULES = [
  'match_rules:',
  '  - integration_id: a',
  '    provider: p',
  '    match: {hosts: [x.example]}',
  '    action: deny',
];
const PLAIN = [...HEAD, ...RULES].join('\n');

describe('without a signature, it is added and every other character stays', () => {
  it.each<[string, string]>([
    ['block style', `${PLAIN}\n`],
    ['no final line break', PLAIN],
    ['trailing comment', `${PLAIN}\n# the end\n`],
    ['trailing comment without line break', `${PLAIN} # the end`],
    ['trailing blank lines', `${PLAIN}\n\n\n`],
    ['trailing spaces', `${PLAIN}\n   `],
    ['CRLF', `${PLAIN}\n`.replaceAll('\n', '\r\n')],
    ['CRLF without final line break', PLAIN.replaceAll('\n', '\r\n')],
    ['start marker', `---\n${PLAIN}\n`],
    ['end marker', `---\n${PLAIN}\n...\n`],
    ['end marker and comment', `${PLAIN}\n... # over\n# really\n`],
    ['end marker without line break', `${PLAIN}\n...`],
    ['indented', `${PLAIN.replace(/^/gm, '  ')}\n`],
    ['literal block last', `${PLAIN}\ndescription: |\n  some\n  text\n`],
    ['literal block last, no line break', `${PLAIN}\ndescription: |\n  some\n  text`],
    ['kept block last', `${PLAIN}\ndescription: |+\n  some\n\n\n`],
    ['kept block last, no line break', `${PLAIN}\ndescription: |+\n  some\n\n  text`],
    ['stripped block last', `${PLAIN}\ndescription: >-\n  some\n  text\n\n`],
    ['block that holds dots', `${PLAIN}\ndescription: |\n  a\n  ...\n  b\n`],
    ['several lines of plain text last', `${PLAIN}\ndescription: some\n  more\n`],
    ['explicit key last', `${PLAIN}\n? description\n: x\n`],
    [
      'flow style',
      `{ ${HEAD.map((line) => line.replace(/ +#.*/, '')).join(', ')}, match_rules: [] }\n`,
    ],
    [
      'flow style with trailing comma and comment',
      `{\n  ${HEAD.map((line) => line.replace(/ +#.*/, '')).join(',\n  ')},\n  match_rules: [], # none\n}\n`,
    ],
    [
      'flow style, plain scalar last',
      `{match_rules: [], ${HEAD.map((line) => line.replace(/ +#.*/, '')).join(', ')}}`,
    ],
    [
      'flow style, description last',
      `{match_rules: [], ${HEAD.map((line) => line.replace(/ +#.*/, '')).join(', ')}, description: some text # why\n}`,
    ],
    ['JSON', JSON.stringify(manifestWith())],
    ['JSON with line break', `${JSON.stringify(manifestWith())}\n`],
    ['indented JSON', JSON.stringify(manifestWith(), null, 2)],
    ['tab-indented JSON', `${JSON.stringify(manifestWith(), null, '\t')}\n`],
    ['JSON with CRLF', JSON.stringify(manifestWith(), null, 2).replaceAll('\n', '\r\n')],
    ['JSON with integer-like text', JSON.stringify(manifestWith({ description: '}' }))],
  ])('%s', async (_name, text) => {
    for (const signer of [ed, ec]) {
      const after = await sign(text, signer);
      expect(changedRange(text, after).removed).toBe('');
      if (text.startsWith('{"') || text.startsWith('{\n  "') || text.startsWith('{\t"'))
        JSON.parse(after);
      if (text.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
      expect(await sign(after, signer)).toContain('signature');
    }
  });

  it('is laid out as the file is', async () => {
    expect((await sign(`${PLAIN}\n`)).split('\n').at(-2)).toMatch(
      /^signature: \{alg: EdDSA, kid: policy-2026, jws: eyJ[A-Za-z0-9_.-]+\}$/,
    );
    const lines = (await sign(JSON.stringify(manifestWith(), null, 2))).split('\n');
    expect(lines.at(-2)).toMatch(
      /^ {2}"signature": \{"alg": "EdDSA", "kid": "policy-2026", "jws": "eyJ[A-Za-z0-9_.-]+"\}$/,
    );
    expect(await sign(JSON.stringify(manifestWith()))).toMatch(
      /,"signature":\{"alg":"EdDSA","kid":"policy-2026","jws":"eyJ[A-Za-z0-9_.-]+"\}\}$/,
    );
  });
});

describe('an old signature is replaced where it stands', () => {
  const OLD: readonly [string, string][] = [
    ['one line', 'signature: {alg: ES256, kid: old, jws: abc}'],
    ['quoted', `signature: {"alg": "ES256", 'kid': 'old', jws: "abc"}`],
    ['other order', 'signature: {jws: abc, kid: old, alg: ES256}'],
    ['block', 'signature:\n  alg: ES256\n  kid: old\n  jws: abc'],
    [
      'block with comments',
      'signature: # ours\n  # by hand\n  alg: ES256 # a\n  kid: old # k\n  jws: abc # j',
    ],
    ['folded JWS', 'signature:\n  alg: ES256\n  kid: old\n  jws: >-\n    abc\n    def'],
    ['JWS over two lines', 'signature:\n  alg: ES256\n  kid: old\n  jws: "abc\n    def"'],
    ['empty mapping', 'signature: {}'],
    ['nothing', 'signature:'],
    ['nothing but a comment', 'signature: # to come'],
    ['null', 'signature: ~'],
    ['text', 'signature: to come'],
    ['literal text', 'signature: |\n  to\n  come'],
    ['list', 'signature: [1, 2]'],
    ['list at the margin', 'signature:\n- 1\n- a: 2'],
    ['foreign keys', 'signature: {alg: ES256, kid: old, jws: abc, more: 1}'],
    ['several lines', 'signature: {\n  alg: ES256, # a\n  kid: old,\n  jws: abc,\n  }'],
    ['quoted key', '"signature" : {alg: ES256, kid: old, jws: abc}'],
    ['explicit key', '? signature\n: {alg: ES256, kid: old, jws: abc}'],
  ];

  it.each(OLD)('%s', async (_name, old) => {
    for (const [before, after] of [
      [HEAD, ['# about the rules', ...RULES]],
      [[], ['', '# head', ...HEAD, ...RULES]],
      [[...HEAD, ...RULES], ['# the end']],
      [[...HEAD, ...RULES], []],
    ] as const) {
      for (const ending of ['\n', '']) {
        const head = before.map((line) => `${line}\n`).join('');
        const tail = after.length === 0 ? ending : `\n${after.join('\n')}${ending}`;
        const name = /^[^:]*?signature"?\s*/.exec(old)![0];
        const text = await sign(head + old + tail);
        expect(text.startsWith(head + name)).toBe(true);
        expect(text.endsWith(tail)).toBe(true);
        expect(await sign(text, ec)).not.toContain('policy-2026,');
      }
    }
  });

  it('keeps the layout and the comments of a whole block', async () => {
    const text = `${PLAIN}\nsignature: # ours\n  kid: old # k\n  alg: ES256 # a\n  jws: "abc" # j\n`;
    const signed = await sign(text);
    const strip = (one: string): string => one.replace(/(kid|alg|jws): \S+/g, '$1:');
    expect(strip(signed)).toBe(strip(text));
  });

  it('in JSON', async () => {
    for (const indent of [undefined, 2]) {
      const signature = { alg: 'ES256', kid: 'old', jws: 'abc' };
      const text = JSON.stringify({ signature, ...manifestWith() }, null, indent);
      const after = await sign(text, ec);
      const again = JSON.parse(after);
      expect(Object.keys(again)[0]).toBe('signature');
      const strip = (one: string): string =>
        one.replace(/"(kid|alg|jws)":( ?)"(?:[^"\\]|\\.)*"/g, '"$1":$2');
      expect(strip(after)).toBe(strip(text));
    }
  });
});

it('keeps every other character over random layouts', async () => {
  const comment = fc.constantFrom('', ' # note', '   # {x: [1]', ' # "open');
  const gap = fc.constantFrom('', '\n', '# between\n', '   \n', '  # indented\n');
  const layout = fc.record({
    order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }),
    comments: fc.array(comment, { minLength: 7, maxLength: 7 }),
    gaps: fc.array(gap, { minLength: 8, maxLength: 8 }),
    old: fc.constantFrom(
      undefined,
      '{alg: ES256, kid: old, jws: abc}',
      '~',
      '{}',
      '"later"',
      '\n  alg: ES256\n  kid: old\n  jws: abc',
    ),
    lineBreak: fc.constantFrom('\n', '\r\n'),
    final: fc.boolean(),
    marker: fc.constantFrom('', '---\n'),
  });
  const fields = [
    'manifest_version: 1',
    'issued_at: 2026-11-22T00:00:00Z',
    "expires_at: '2026-12-22T00:00:00Z'",
    'broker_execute_url:\n  https://broker.example.com/v1/execute',
    'match_rules:\n- {integration_id: a, provider: "p", match: {hosts: [x.example]}, action: deny}',
    'description: >\n  folded\n  text',
  ];
  await fc.assert(
    fc.asyncProperty(layout, async ({ order, comments, gaps, old, lineBreak, final, marker }) => {
      const parts = order.map((index, place) => {
        const field = index === 6 ? (old === undefined ? '' : `signature: ${old}`) : fields[index]!;
        if (field === '') return '';
        const note = field.includes('>\n') ? '' : comments[place]!;
        return `${gaps[place]}${field}${note}\n`;
      });
      const raw = `${marker}${parts.join('')}${gaps[7]}`;
      const text = (final ? raw : raw.replace(/\n$/, '')).replaceAll('\n', lineBreak);
      const after = await sign(text);
      const { removed, added } = changedRange(text, after);
      if (old === undefined) {
        expect(removed).toBe('');
      } else {
        const name = text.indexOf('signature: ') + 'signature:'.length;
        const rest = text.slice(name + 1 + old.replaceAll('\n', lineBreak).length);
        expect(after.startsWith(text.slice(0, name))).toBe(true);
        expect(after.endsWith(rest)).toBe(true);
      }
      expect(added).toContain('eyJ');
      const kept = (one: string): string[] =>
        one.split(/\r?\n/).filter((line) => !/^\s*(signature|alg|kid|jws|$)/.test(line));
      expect(kept(after)).toEqual(kept(text));
    }),
    { numRuns: 150 },
  );
}, 60_000);

describe('refuses to sign', () => {
  const key = JSON.stringify(ed.privateJwk);

  it.each<[string, string, string, string]>([
    ['what cannot be read', 'a: *b', key, 'source/alias'],
    ['what is not valid', 'a: b', key, 'sign/not-valid'],
    ['with a public key', PLAIN, JSON.stringify(ed.publicJwk), 'sign/key'],
    ['where an explicit key has no value', `${PLAIN}\n? signature\n`, key, 'sign/layout'],
  ])('%s', async (_name, text, privateKey, code) => {
    const result = await signManifest(text, 'policy.yaml', privateKey, 'key.json');
    expect(result.ok).toBe(false);
    expect(codesOf(result)).toContain(code);
  });

  it('but for a manifest that is out of date: sign says nothing of time', async () => {
    const text = JSON.stringify(
      manifestWith({ issued_at: '2020-01-01T00:00:00Z', expires_at: '2020-01-02T00:00:00Z' }),
    );
    const result = await signManifest(text, 'policy.yaml', key, 'key.json');
    expect(result.ok).toBe(true);
    if (!result.ok) return;
    const document = readDocument(result.value.text, 'policy.yaml');
    expect(document.ok && codesOf(await checkManifest(document.value, keys, { at }))).toEqual([
      'sign/expired',
    ]);
  });
});
