/** Generated native headers compile strictly under both compilers, whatever a manifest holds, and need no relocation. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bpfBackend, emitBpfHeader } from '../../compiler/emit/bpf/index.js';
import { cBackend, emitCHeader } from '../../compiler/emit/c/index.js';
import { packagePath } from '../../compiler/package-path.js';
import { type HostRow, imageOf, ORIGINS, type Tables } from './tables.js';
import { has, needs, run, temporaryFolder } from './tools.js';

const STRICT = [
  '-std=c11',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wpedantic',
  '-Wconversion',
  '-Wshadow',
  '-Wtrigraphs',
  '-Wcomment',
];
const CORE = `-I${packagePath('runtime-c', 'core')}`;
const BPF = `-I${packagePath('runtime-bpf')}`;

const USE_C = `#include "broker_host_table.h"
uint32_t judge(const struct bi_host *host, uint32_t port);
uint32_t judge(const struct bi_host *host, uint32_t port) {
  const struct bi_tables tables = bi_policy_tables();
  return bi_stricter(bi_entry_verdict(&tables, bi_find_host(&tables, host), port), bi_verdict_dialled(&tables, host, port));
}
`;
const USE_BPF = `#include "broker_policy_maps.h"
uint32_t count(void);
uint32_t count(void) { return bi_map_policy().head->name_count; }
`;

function manyHosts(count: number): HostRow[] {
  return Array.from({ length: count }, (_, i) => ({
    host: `${i % 10 === 0 ? '*.' : ''}h${i}.example.com`,
    ports: [
      [0, 'inherit'],
      [443, 'capture'],
      [444, 'inherit'],
    ],
  }));
}

const small: Tables = {
  root: [[0, 'pass']],
  hosts: [
    ...manyHosts(10),
    { host: "it's.example", ports: [[0, 'deny']] },
    { host: '10.0.0.0/8', ports: [[0, 'deny']] },
    { host: 'fd00::/8', ports: [[0, 'deny']] },
  ],
};
const HOSTILE = [
  '*/ int x = "',
  '??/',
  'a\\',
  '\\\n#error "out"',
  '\r\n*/\n#error x',
  '\0\x01\x7f',
  '\u2028\u2029\u202e\u2066',
  '</script>',
  '{{this}}',
  '__proto__',
  '/* // */',
  '#if 0',
  '\'"`',
  '%s%n',
  '\\u{0}',
  '??)??!',
];

describe.each(['gcc', 'clang'])('%s', (compiler) => {
  function compile(
    folder: string,
    header: string,
    text: string,
    use: string,
    ...more: string[]
  ): void {
    writeFileSync(join(folder, header), text);
    writeFileSync(join(folder, 'use.c'), use);
    run(compiler, [
      ...STRICT,
      '-O2',
      CORE,
      BPF,
      `-I${folder}`,
      ...more,
      join(folder, 'use.c'),
      '-o',
      join(folder, 'use.o'),
    ]);
  }

  test.each([
    ['empty', { root: [[0, 'deny']], hosts: [] }],
    ['small', small],
    ['large', { root: [[0, 'pass']], hosts: manyHosts(2500) }],
  ] as [string, Tables][])('a policy: %s', { timeout: 120_000 }, (_, tables) => {
    const folder = temporaryFolder();
    compile(folder, 'broker_host_table.h', emitCHeader(imageOf(tables), ORIGINS), USE_C, '-c');
    compile(folder, 'broker_policy_maps.h', emitBpfHeader(imageOf(tables), ORIGINS), USE_BPF, '-c');
  });

  test('hostile texts stay inside their comments', { timeout: 120_000 }, (context) => {
    needs(context, has(compiler), compiler);
    const folder = temporaryFolder();
    const evil = HOSTILE.join('');
    for (const [i, text] of [...HOSTILE, evil].entries()) {
      const image = imageOf({ ...small, integration: text, signed: i % 2 === 0 });
      const origins = { ...ORIGINS, file: text, kid: text, compilerVersion: text };
      compile(
        folder,
        'broker_host_table.h',
        emitCHeader(image, origins),
        USE_C,
        '-fsyntax-only',
        '-trigraphs',
      );
      compile(
        folder,
        'broker_policy_maps.h',
        emitBpfHeader(image, origins),
        USE_BPF,
        '-fsyntax-only',
        '-trigraphs',
      );
    }
  });

  test('tables add no relocation to a shared library', (context) => {
    needs(context, has(compiler) && has('readelf'), `${compiler} and readelf`);
    const folder = temporaryFolder();
    const relocations = (text: string, use: string): number => {
      compile(folder, 'broker_host_table.h', text, use, '-fPIC', '-shared');
      return run('readelf', ['-rW', join(folder, 'use.o')])
        .split('\n')
        .filter((line) => / R_\w+_/.test(line)).length;
    };
    const without = relocations(
      '#define EMPTY 1\n',
      'int judge(void);\nint judge(void) { return 0; }\n',
    );
    expect(relocations(emitCHeader(imageOf(small), ORIGINS), USE_C)).toBe(without);
  });
});

test('both back ends print the same bytes twice, at their paths', () => {
  const image = imageOf(small);
  for (const backend of [cBackend, bpfBackend]) {
    const [first] = backend.emit(image, ORIGINS);
    expect(backend.emit(image, ORIGINS)).toEqual([first]);
  }
  expect(cBackend.emit(image, ORIGINS)[0]!.path).toBe('c/broker_host_table.h');
  expect(bpfBackend.emit(image, ORIGINS)[0]!.path).toBe('bpf/broker_policy_maps.h');
});

test('a header says where its rules come from, and whether it is signed', () => {
  const text = emitCHeader(imageOf(small), ORIGINS);
  expect(text).toContain('policy.yaml:12 #0 all');
  expect(text).toContain('#define BI_POLICY_SIGNED 1u');
  expect(text).toContain('1-442 pass, 443 capture, 444-65535 pass');
  expect(emitCHeader(imageOf({ ...small, signed: false }), ORIGINS)).toContain(
    '#define BI_POLICY_SIGNED 0u',
  );
});

test('the makefiles build what they say', { timeout: 300_000 }, (context) => {
  needs(context, has('make') && has('gcc') && has('clang'), 'make, gcc and clang');
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'c'));
  run('make', [
    '-s',
    '-C',
    packagePath('runtime-c'),
    'check',
    'asan',
    `BUILD=${join(folder, 'c')}`,
  ]);
  run('make', ['-s', '-C', packagePath('runtime-bpf'), `BUILD=${join(folder, 'bpf')}`]);
});
