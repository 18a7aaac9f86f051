/** `decide --runtime bpf`: loads the policy maps and the decision program into the kernel, and asks it. */

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../compiler/diagnostics/index.js';
import type { Diagnostic, Result } from '../compiler/diagnostics/types.js';
import { packagePath } from '../compiler/package-path.js';
import {
  failed,
  findCommand,
  privateFolder,
  runCompiler,
  unavailable,
} from '../runtime-c/build.js';
import { NativeProcess, type VerdictRunner } from '../runtime-c/native-process.js';

export type { VerdictRunner } from '../runtime-c/native-process.js';
export type { VerdictQuery } from '../runtime-c/wire.js';

/** `sudo apt-get install ...` for what this runner needs. */
export const BPF_HINT =
  'Install the build tools: sudo apt-get install clang libbpf-dev libelf-dev zlib1g-dev linux-libc-dev';
const PRIVILEGE_HINT =
  'Loading needs Linux 5.17 or later, and root or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN (sudo, or setcap).';

/** What the loader writes once its program is in the kernel. */
const READY = 0x52;

const here = (...names: string[]): string => packagePath('runtime-bpf', ...names);
const core = (...names: string[]): string => packagePath('runtime-c', 'core', ...names);

/** Everything that the program's object is made from. */
const OBJECT_SOURCES = (): readonly string[] => [
  here('decide.bpf.c'),
  here('decide_batch.h'),
  here('policy_decide.bpf.h'),
  here('policy_layout.h'),
  here('policy_maps.bpf.h'),
  core('policy_abi.h'),
];

/** Where Debian keeps <asm/types.h>, which clang does not look for when it compiles for BPF. */
function archIncludes(): string[] {
  const machine = {
    x64: 'x86_64',
    arm64: 'aarch64',
    riscv64: 'riscv64',
    ppc64: 'powerpc64le',
    s390x: 's390x',
  };
  const folder = `/usr/include/${machine[process.arch as keyof typeof machine] ?? process.arch}-linux-gnu`;
  return existsSync(folder) ? [`-I${folder}`] : [];
}

/** A build that failed because the machine lacks headers or libraries is the machine's matter, not ours. */
function explainBuild(failure_: readonly Diagnostic[]): readonly Diagnostic[] {
  const text = failure_.map(({ message }) => message).join('\n');
  const missing =
    /(bpf\/\w+\.h|linux\/\w+\.h|asm\/\w+\.h|libelf\.h)'? ?(file not found|: No such file)|cannot find -l(bpf|elf|z)\b/.exec(
      text,
    );
  if (missing === null) return failure_;
  return [unavailable('BPF', `${missing[1] ?? `lib${missing[3]}`} is not installed`, BPF_HINT)];
}

/** Puts a finished object into the package's build folder under its digest; where that is read-only, it stays where it is. */
function keepObject(made: string, cached: string): string {
  const partial = `${cached}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(here('build'), { recursive: true });
    writeFileSync(partial, readFileSync(made));
    renameSync(partial, cached);
    return cached;
  } catch {
    return made;
  }
}

/** Path of the compiled decision program. */
async function buildObject(folder: string): Promise<Result<string>> {
  const hash = createHash('sha256');
  for (const source of OBJECT_SOURCES()) hash.update(readFileSync(source));
  const cached = here('build', `decide-${hash.digest('hex').slice(0, 16)}.bpf.o`);
  if (existsSync(cached)) return { ok: true, value: cached, diagnostics: [] };
  const clang = findCommand(['clang']);
  if (clang === null) return failure(unavailable('BPF', 'there is no clang', BPF_HINT));
  const object = join(folder, 'decide.bpf.o');
  const built = await runCompiler(clang, [
    '-target',
    'bpf',
    '-O2',
    '-g',
    '-ffreestanding',
    `-I${here()}`,
    `-I${core()}`,
    ...archIncludes(),
    '-c',
    here('decide.bpf.c'),
    '-o',
    object,
  ]);
  if (!built.ok) return failure(...explainBuild(built.diagnostics));
  return { ok: true, value: keepObject(object, cached), diagnostics: [] };
}

/** Writes one translation unit a policy, and the list of them. */
function writeUnits(folder: string, headers: readonly string[]): string[] {
  const names = headers.map((_, i) => `bi_policy_${i}`);
  const sources = headers.map((text, i) => {
    mkdirSync(join(folder, `p${i}`));
    writeFileSync(join(folder, `p${i}`, 'broker_policy_maps.h'), text);
    const source = join(folder, `p${i}.c`);
    const body = `bi_policy_source ${names[i]!};\nstruct bi_bpf_policy ${names[i]!}(void) { return bi_map_policy(); }\n`;
    writeFileSync(source, `#include "policies.h"\n#include "p${i}/broker_policy_maps.h"\n${body}`);
    return source;
  });
  const list = [
    '#include "policies.h"',
    ...names.map((name) => `bi_policy_source ${name};`),
    `bi_policy_source *const bi_policies[] = {${names.join(', ')}};`,
    `const uint32_t bi_policy_count = ${names.length}u;`,
  ];
  const policies = join(folder, 'policies.c');
  writeFileSync(policies, `${list.join('\n')}\n`);
  return [...sources, policies];
}

async function buildLoader(folder: string, headers: readonly string[]): Promise<Result<string>> {
  const compiler = findCommand(['cc', 'gcc', 'clang']);
  if (compiler === null) return failure(unavailable('BPF', 'there is no C compiler', BPF_HINT));
  const program = join(folder, 'decide_loader');
  const built = await runCompiler(compiler, [
    '-std=c11',
    '-D_GNU_SOURCE',
    '-O1',
    `-I${folder}`,
    `-I${here()}`,
    `-I${core()}`,
    `-I${packagePath('runtime-c', 'decide')}`,
    here('decide_loader.c'),
    ...writeUnits(folder, headers),
    '-lbpf',
    '-o',
    program,
  ]);
  if (!built.ok) return failure(...explainBuild(built.diagnostics));
  return { ok: true, value: program, diagnostics: [] };
}

async function start(
  program: string,
  object: string,
  remove: () => void,
): Promise<Result<VerdictRunner>> {
  const child = new NativeProcess(program, [object], remove);
  try {
    const first = await child.read(1);
    if (first[0] === READY) return { ok: true, value: child, diagnostics: [] };
    await child.close();
    return failure(failed('BPF', 'the loader does not speak our protocol'));
  } catch (error) {
    await child.close();
    const reason = error instanceof Error ? error.message : String(error);
    return failure(
      unavailable('BPF', `the kernel refused: ${reason.split('\n').at(-1) ?? ''}`, PRIVILEGE_HINT),
    );
  }
}

/**
 * Loads the texts of one or more `broker_policy_maps.h` into the kernel; policies are numbered as they come, and each has
 * maps and a program of its own. Fails with `runtime/unavailable` where this machine cannot build or load BPF.
 */
export async function openBpfRunner(headers: readonly string[]): Promise<Result<VerdictRunner>> {
  if (process.platform !== 'linux')
    return failure(unavailable('BPF', 'this is not Linux', PRIVILEGE_HINT));
  const folder = privateFolder();
  const object = await buildObject(folder.path);
  const program = object.ok ? await buildLoader(folder.path, headers) : object;
  if (!object.ok || !program.ok) {
    folder.remove();
    return failure(...program.diagnostics);
  }
  return start(program.value, object.value, folder.remove);
}
