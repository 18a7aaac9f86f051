/** What this machine has of what the compiler's runtimes need, found out without changing anything. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is missing. */
  readonly found: string;
  /** Runtimes that cannot be asked without it. */
  readonly needed: readonly ('node' | 'c' | 'bpf')[];
  /** The exact command, or what to do, where it is missing. */
  readonly fix?: string;
}

const OLDEST_NODE = 20;
/** `SEC("syscall")` programs and `bpf_loop`: Linux 5.17. */
const OLDEST_KERNEL = [5, 17] as const;

const apt = (...packages: readonly string[]): string =>
  `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;

export function allChecks(): readonly Check[] {
  return [
    nodeVersion(),
    cCompiler(),
    tool('clang', ['bpf'], ['clang']),
    header('libbpf', 'bpf/libbpf.h', ['libbpf-dev', 'libelf-dev', 'zlib1g-dev']),
    header('kernel headers', 'linux/bpf.h', ['linux-libc-dev']),
    tool('make', [], ['make']),
    tool('bpftool', [], ['bpftool']),
    kernelVersion(),
    btf(),
    cgroup2(),
    bpfPrivileges(),
  ];
}

function present(name: string, found: string, needed: Check['needed']): Check {
  return { name, ok: true, found, needed };
}

function missing(name: string, found: string, needed: Check['needed'], fix: string): Check {
  return { name, ok: false, found, needed, fix };
}

function nodeVersion(): Check {
  const version = process.versions.node;
  return Number(version.split('.')[0]) >= OLDEST_NODE
    ? present('node', version, ['node'])
    : missing('node', version, ['node'], `install Node ${OLDEST_NODE} or newer`);
}

/** The full path of a program on PATH; null where there is none. */
export function findProgram(name: string): string | null {
  // Sbin folders hold bpftool, and are not on everyone's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders.filter((entry) => entry !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder.
    }
  }
  return null;
}

function versionOf(program: string): string {
  const run = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /\d+\.\d+(\.\d+)?/.exec(`${run.stdout}${run.stderr}`)?.[0] ?? 'version unknown';
}

function cCompiler(): Check {
  const name = ['cc', 'gcc', 'clang'].find((program) => findProgram(program) !== null);
  const fix = apt('gcc', 'libc6-dev');
  if (name === undefined) return missing('C compiler', 'no cc, gcc or clang', ['c', 'bpf'], fix);
  if (!existsSync('/usr/include/stdio.h')) {
    return missing('C compiler', `${name}, but no C library headers`, ['c', 'bpf'], fix);
  }
  return present('C compiler', `${name} ${versionOf(name)}`, ['c', 'bpf']);
}

function tool(name: string, needed: Check['needed'], packages: readonly string[]): Check {
  const program = findProgram(name);
  if (program === null) return missing(name, 'not found', needed, apt(...packages));
  return present(name, versionOf(program), needed);
}

function header(name: string, path: string, packages: readonly string[]): Check {
  return existsSync(join('/usr/include', path))
    ? present(name, `/usr/include/${path}`, ['bpf'])
    : missing(name, `/usr/include/${path} is missing`, ['bpf'], apt(...packages));
}

function kernelVersion(): Check {
  const version = release();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_KERNEL;
  const enough =
    process.platform === 'linux' && (major > oldMajor || (major === oldMajor && minor >= oldMinor));
  const name = 'kernel';
  return enough
    ? present(name, `Linux ${version}`, ['bpf'])
    : missing(
        name,
        `${process.platform} ${version}`,
        ['bpf'],
        `boot Linux ${oldMajor}.${oldMinor} or newer`,
      );
}

function btf(): Check {
  const path = '/sys/kernel/btf/vmlinux';
  return existsSync(path)
    ? present('kernel BTF', path, [])
    : missing('kernel BTF', `${path} is missing`, [], 'boot a kernel with CONFIG_DEBUG_INFO_BTF=y');
}

function cgroup2(): Check {
  const mounts = readOrEmpty('/proc/self/mounts');
  const line = mounts.split('\n').find((entry) => entry.split(' ')[2] === 'cgroup2');
  return line === undefined
    ? missing('cgroup v2', 'not mounted', [], 'sudo mount -t cgroup2 none /sys/fs/cgroup')
    : present('cgroup v2', `mounted at ${line.split(' ')[1]}`, []);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n, CAP_PERFMON: 38n, CAP_BPF: 39n };

function bpfPrivileges(): Check {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(readOrEmpty('/proc/self/status'))?.[1];
  const held = hex === undefined ? 0n : BigInt(`0x${hex}`);
  const has = (bit: bigint): boolean => ((held >> bit) & 1n) === 1n;
  const name = 'BPF privileges';
  const wanted = ['CAP_BPF', 'CAP_PERFMON', 'CAP_NET_ADMIN'] as const;
  const lacking = wanted.filter(
    (cap) =>
      !has(CAPABILITIES[cap]) && !(cap !== 'CAP_NET_ADMIN' && has(CAPABILITIES.CAP_SYS_ADMIN)),
  );
  if (lacking.length === 0) return present(name, wanted.join(', '), ['bpf']);
  const fix = 'run as root, or grant CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN';
  return missing(name, `without ${lacking.join(', ')}`, ['bpf'], fix);
}
