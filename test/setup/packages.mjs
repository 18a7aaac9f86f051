/**
 * Every Debian package that this project uses, what for, and whether only the benchmarks want it.
 * `doctor` and the README name the same ones; a test compares them.
 */
export const debianPackages = [
  { name: 'gcc', why: 'builds the C host table' },
  { name: 'libc6-dev', why: 'C library headers' },
  { name: 'make', why: 'builds runtime-c and runtime-bpf' },
  { name: 'clang', why: 'compiles BPF programs; second C compiler in the tests' },
  { name: 'libbpf-dev', why: 'loads BPF programs' },
  { name: 'libelf-dev', why: 'needed by libbpf' },
  { name: 'zlib1g-dev', why: 'needed by libbpf' },
  { name: 'linux-libc-dev', why: 'kernel headers' },
  { name: 'binutils', why: 'readelf: the tables must need no relocation' },
  { name: 'gperf', why: 'a peer in the C benchmark', bench: true },
  { name: 'uthash-dev', why: 'a peer in the C benchmark', bench: true },
];
