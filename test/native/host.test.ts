/** Canonical hosts and name look-up in C, under the sanitizers, against compiler/request and compiler/image. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitCHeader } from '../../compiler/emit/c/index.js';
import { nameHash } from '../../compiler/image/hash.js';
import { packagePath } from '../../compiler/package-path.js';
import { canonicalHost, formatAddress } from '../../compiler/request/index.js';
import { randomTables } from './random-tables.js';
import { imageOf, namesOf, ORIGINS, type Tables } from './tables.js';
import { has, needs, run, temporaryFolder } from './tools.js';

const encoder = new TextEncoder();

function buildProbe(tables: Tables): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'broker_host_table.h'), emitCHeader(imageOf(tables), ORIGINS));
  const program = join(folder, 'probe');
  const sanitize = ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const paths = [`-I${folder}`, `-I${packagePath('runtime-c', 'core')}`];
  run('cc', [
    '-std=c11',
    ...sanitize,
    ...paths,
    join(import.meta.dirname, 'probe.c'),
    '-o',
    program,
  ]);
  return program;
}

/** One line of the probe for each host. */
function probe(program: string, hosts: readonly Uint8Array[]): string[] {
  const input = Buffer.concat(
    hosts.flatMap((host) => [Uint8Array.of(host.length & 255, host.length >> 8), host]),
  );
  const lines = run(program, [], input).split('\n').slice(0, -1);
  expect(lines).toHaveLength(hosts.length);
  return lines;
}

function words(value: bigint): string {
  return [96n, 64n, 32n, 0n].map((shift) => (value >> shift) & 0xffffffffn).join(' ');
}

/** What the probe should print, by the compiler's own parser; `null` where the two may differ (IDNA is not done in C). */
function expectedLine(text: string): string | null {
  if (/[^\0-\x7f]/.test(text)) return 'error';
  const host = canonicalHost(text);
  if (!host.ok) return /xn--/i.test(text) ? null : 'error';
  if (host.value.kind === 'name') return `name ${host.value.name}`;
  const { family, value } = host.value.address;
  return family === 4 ? `ipv4 ${value}` : `ipv6 ${words(value)}`;
}

function compare(program: string, texts: readonly string[]): number {
  const lines = probe(
    program,
    texts.map((text) => encoder.encode(text)),
  );
  let compared = 0;
  texts.forEach((text, i) => {
    const wanted = expectedLine(text);
    if (wanted === null) return;
    const got = lines[i]!.replace(/^(error|name \S+) .*$/, '$1');
    expect(got, JSON.stringify(text)).toBe(wanted);
    compared++;
  });
  return compared;
}

const SPELLINGS = [
  'api.openai.com',
  'API.OpenAI.COM',
  'api.openai.com.',
  'api.openai.com..',
  '.',
  '..',
  '',
  'a',
  'a.',
  '.a',
  'a..b',
  'localhost',
  'foo_bar.example.com',
  '-a.example',
  'a-.example',
  '*.example.com',
  'a b',
  'a%41',
  'a/b',
  'a:b',
  'a@b',
  'a\\b',
  'a?b',
  'a#b',
  'a[b',
  'a\0b',
  'a\nb',
  '\ta',
  'a\x7fb',
  'a<b',
  'a^b',
  'a|b',
  "a'b",
  'a"b',
  'a!b',
  'a~b',
  'a{b}',
  'a`b',
  'a=b',
  'a+b',
  'a,b',
  'a;b',
  'a&b',
  'a$b',
  'bücher.example',
  'ﬀ.example',
  'xn--bcher-kva.example',
  '1.2.3.4',
  '1.2.3.4.',
  '1.2.3',
  '1.2',
  '1',
  '0',
  '0.0.0.0',
  '00',
  '0x',
  '0x7f.1',
  '0X7F.1',
  '0177.1',
  '127.1',
  '256',
  '256.1',
  '1.256',
  '1.2.3.256',
  '1.2.3.4.5',
  '1.2.3.',
  '4294967295',
  '4294967296',
  '0xffffffff',
  '0x100000000',
  '09',
  '0x1g',
  '1.09',
  '1e1',
  'a.0x',
  'a.1',
  '999999999999999999999999',
  '0x00000000000000000000000000000007f000001',
  '08.1',
  '1..2',
  '1.2.3.04',
  '0xA.0xB',
  'a.b.0xg',
  'x.1x',
  '1a.b1',
  '::',
  '::1',
  '[::1]',
  '[::1',
  '::1]',
  '[]',
  ':',
  ':::',
  '1::',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8::',
  '1::2::3',
  '::ffff:1.2.3.4',
  '::ffff:0.0.0.0',
  '::FFFF:127.0.0.1',
  '::1.2.3.4',
  '::1.2.3.04',
  '::1.2.3',
  '::1.2.3.4.5',
  '::256.1.1.1',
  '1:2:3:4:5:6:1.2.3.4',
  '1:2:3:4:5:6:7:1.2.3.4',
  '12345::',
  'g::',
  'fe80::1%eth0',
  '[fe80::1%25eth0]',
  'FD00::ABCD',
  '0:0:0:0:0:0:0:0',
  'x'.repeat(63),
  'x'.repeat(64),
  `${'x'.repeat(63)}.com`,
  `${'x'.repeat(64)}.com`,
  `${'abcdefg.'.repeat(31)}abcde`,
  `${'abcdefg.'.repeat(31)}abcdef`,
  `${'abcdefg.'.repeat(31)}abcde.`,
  'aaaaaaa..aaaaaaaa',
  'aaaaaaaa..aaaaaaa',
  'aaaaaaa.',
  'aaaaaaaa.',
  '.aaaaaaaaaa',
  'abcdefgh.1234567',
  'Aa.Zz-09',
];

test('canonical hosts are those of compiler/request', { timeout: 180_000 }, (context) => {
  needs(context, has('cc'), 'a C compiler');
  const program = buildProbe({ root: [[0, 'pass']], hosts: [] });
  expect(compare(program, SPELLINGS)).toBeGreaterThan(SPELLINGS.length - 10);
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'abzAZ019-._x:'), maxLength: 80 }),
    fc.string({ unit: fc.constantFrom(...'0123456789.xX'), maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.[]'), maxLength: 42 }),
    fc.string({ unit: 'binary-ascii', maxLength: 80 }),
  );
  const texts = fc.sample(text, { numRuns: 20_000, seed: 1 });
  expect(compare(program, texts)).toBeGreaterThan(19_000);
});

test('hosts of the URL corpus', (context) => {
  needs(context, has('cc'), 'a C compiler');
  const program = buildProbe({ root: [[0, 'pass']], hosts: [] });
  const path = packagePath('test', 'conformance', 'urltestdata.json');
  const corpus = JSON.parse(readFileSync(path, 'utf8')) as readonly (
    | string
    | { input: string; hostname?: string }
  )[];
  const hosts = corpus.flatMap((entry) =>
    typeof entry === 'string' || !entry.hostname ? [] : [entry.hostname],
  );
  expect(compare(program, hosts)).toBeGreaterThan(100);
});

test('hashes and entries of names of every length', { timeout: 180_000 }, (context) => {
  needs(context, has('cc'), 'a C compiler');
  const hosts = Array.from({ length: 60 }, (_, i) =>
    i % 3 === 0 ? `*.${'n'.repeat(i % 50)}${i}.example` : `h${'n'.repeat(i)}.example`,
  );
  const tables: Tables = {
    root: [[0, 'pass']],
    hosts: hosts
      .filter((host) => host.split('.').every((part) => part.length < 64))
      .map((host) => ({ host, ports: [[0, 'deny']] })),
  };
  const names = namesOf(tables);
  const asked: string[] = [];
  for (let length = 1; length <= 253; length++)
    asked.push('abcdefg.'.repeat(32).slice(0, length).replace(/\.$/, 'x'));
  for (const { key } of names)
    asked.push(
      key.replace(/^\./, ''),
      `x${key}`,
      `x.y${key}`,
      `${'deep.'.repeat(40)}z${key}`.slice(-253).replace(/^\./, 'x'),
    );
  const program = buildProbe(tables);
  const lines = probe(
    program,
    asked.map((name) => encoder.encode(name)),
  );
  asked.forEach((name, i) => {
    const own = names.findIndex(({ key }) => key === name);
    const suffixes = names.filter(
      ({ key }) => key.startsWith('.') && name.endsWith(key) && key.length < name.length,
    );
    const longest = suffixes.sort((a, b) => b.key.length - a.key.length)[0];
    const entry = own >= 0 ? own : longest === undefined ? names.length : names.indexOf(longest);
    expect(lines[i]).toBe(`name ${name} ${nameHash(encoder.encode(name))} ${entry}`);
  });
});

test('random policies find what plain search finds, and read no byte past a name', {
  timeout: 180_000,
}, (context) => {
  needs(context, has('cc'), 'a C compiler');
  for (const tables of fc.sample(randomTables, { numRuns: 4, seed: 7 })) {
    const names = namesOf(tables);
    if (names.length === 0) continue;
    const asked = names
      .flatMap(({ key }) => [key.replace(/^\./, ''), `sub.${key.replace(/^\./, '')}`])
      .filter((name) => name.length <= 253);
    const lines = probe(
      buildProbe(tables),
      asked.map((name) => encoder.encode(name)),
    );
    asked.forEach((name, i) => {
      const covering = names.filter(
        ({ key }) =>
          key === name || (key.startsWith('.') && name.endsWith(key) && name.length > key.length),
      );
      const best = covering.sort((a, b) => b.key.length - a.key.length)[0];
      const entry =
        best === undefined
          ? imageOf(tables).meta.nameCount + imageOf(tables).meta.addressCount
          : names.indexOf(best);
      expect(Number(lines[i]!.split(' ').at(-1))).toBe(entry);
    });
  }
});

test('an IPv6 address reads back as compiler/request prints it', (context) => {
  needs(context, has('cc'), 'a C compiler');
  const program = buildProbe({ root: [[0, 'pass']], hosts: [] });
  const values = fc.sample(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), {
    numRuns: 500,
    seed: 3,
  });
  expect(
    compare(
      program,
      values.map((value) => formatAddress({ family: 6, value })),
    ),
  ).toBe(values.length);
});
