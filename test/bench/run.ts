/**
 * All benches: `npm run bench [-- --full]`. Prints every table; ends with 1 where a bound of issue 2 is missed, naming the
 * bench. `--full` goes to 100,000 rules everywhere, which takes many minutes and gigabytes.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const full = process.argv.includes('--full');
const large = full ? ['100000'] : [];

const BENCHES: readonly (readonly [string, ...string[]])[] = [
  ['node/decide.ts', '--peers', '10', '1000', '10000', '100000'],
  ['node/load.ts', `--pairs=${full ? 100 : 30}`, '1000', '100000'],
  ['compile.ts', '1000', '10000', ...large],
  ['c/c-lookup.ts', '10', '1000', '10000', ...large],
];

const missed: string[] = [];
for (const [file, ...args] of BENCHES) {
  console.log(`\n## ${file} ${args.join(' ')}\n`);
  const program = fileURLToPath(new URL(file, import.meta.url));
  const run = spawnSync(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: 'inherit',
  });
  if (run.status !== 0) missed.push(file);
}
console.log(
  missed.length === 0
    ? '\nEvery bound holds.'
    : `\nA bound is missed, or the bench failed: ${missed.join(', ')}. On a busy machine, measure again.`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
