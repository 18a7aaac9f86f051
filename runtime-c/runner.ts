/** `decide --runtime c`: compiles generated headers and asks them. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../compiler/diagnostics/types.js';
import { packagePath } from '../compiler/package-path.js';
import { findCommand, privateFolder, runCompiler, unavailable } from './build.js';
import { NativeProcess, type VerdictRunner } from './native-process.js';

export type { VerdictRunner } from './native-process.js';
export type { VerdictQuery } from './wire.js';

/** `sudo apt-get install ...` for what this runner needs. */
export const C_HINT = 'Install a C compiler: sudo apt-get install gcc libc6-dev';

/** Writes one translation unit a policy, and the list of them. */
function writeUnits(folder: string, headers: readonly string[]): string[] {
  const sources = headers.map((text, i) => {
    mkdirSync(join(folder, `p${i}`));
    writeFileSync(join(folder, `p${i}`, 'broker_host_table.h'), text);
    const source = join(folder, `p${i}.c`);
    writeFileSync(
      source,
      `#include "p${i}/broker_host_table.h"\n#define BI_ANSWER bi_answer_${i}\n#include "unit.h"\n`,
    );
    return source;
  });
  const names = headers.map((_, i) => `bi_answer_${i}`);
  const list = [
    '#include "units.h"',
    ...names.map((name) => `bi_unit ${name};`),
    `bi_unit *const bi_units[] = {${names.join(', ')}};`,
    `const uint32_t bi_unit_count = ${names.length}u;`,
  ];
  const units = join(folder, 'units.c');
  writeFileSync(units, `${list.join('\n')}\n`);
  return [...sources, units];
}

/**
 * Compiles the texts of one or more `broker_host_table.h` into one program and starts it. Policies are numbered as they come.
 * Fails with `runtime/unavailable` where there is no compiler, and `runtime/failed` where a header does not compile.
 */
export async function openCRunner(headers: readonly string[]): Promise<Result<VerdictRunner>> {
  const compiler = findCommand(['cc', 'gcc', 'clang']);
  if (compiler === null) {
    return { ok: false, diagnostics: [unavailable('C', 'there is no C compiler', C_HINT)] };
  }
  const folder = privateFolder();
  const program = join(folder.path, 'decide');
  const built = await runCompiler(compiler, [
    '-std=c11',
    '-O1',
    `-I${folder.path}`,
    `-I${packagePath('runtime-c', 'core')}`,
    `-I${packagePath('runtime-c', 'decide')}`,
    packagePath('runtime-c', 'decide', 'decide.c'),
    ...writeUnits(folder.path, headers),
    '-o',
    program,
  ]);
  if (!built.ok) {
    folder.remove();
    return built;
  }
  return { ok: true, value: new NativeProcess(program, [], folder.remove), diagnostics: [] };
}
