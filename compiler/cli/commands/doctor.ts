import { Command } from 'commander';
import { colorsOf, type Format, print, printable, printJson } from '../console.js';
import { allChecks, type Check } from '../doctor/checks.js';
import { EXIT, type ExitCode } from '../exit.js';
import { formatOption, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly format: Format;
}

const RUNTIMES = ['node', 'c', 'bpf'] as const;

export function doctorCommand(finish: Finish): Command {
  const command = new Command('doctor')
    .description('Say which runtimes this machine can run, what is missing, and how to get it.')
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExit code 0 where every runtime can run here, 1 where something is missing.',
    )
    .action((flags: Flags) => finish(doctor(flags)));
  return withExamples(command, 'intercept doctor', 'intercept doctor --format json');
}

function doctor(flags: Flags): ExitCode {
  const checks = allChecks();
  const runtimes = RUNTIMES.map((runtime) => ({
    runtime,
    missing: checks
      .filter(({ ok, needed }) => !ok && needed.includes(runtime))
      .map(({ name }) => name),
  }));
  const ok = runtimes.every(({ missing }) => missing.length === 0);
  if (flags.format === 'json') {
    printJson({
      ok,
      runtimes: runtimes.map(({ runtime, missing }) => ({
        runtime,
        available: missing.length === 0,
        missing,
      })),
      checks,
    });
  } else {
    print(report(checks, runtimes));
  }
  return ok ? EXIT.fine : EXIT.findings;
}

function report(
  checks: readonly Check[],
  runtimes: readonly { runtime: string; missing: readonly string[] }[],
): string {
  const colors = colorsOf(process.stdout);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, ok, found, fix }) => [
    `${ok ? colors.green('ok     ') : colors.yellow('missing')}  ${name.padEnd(width)}  ${printable(found)}`,
    ...(fix === undefined ? [] : [`         ${' '.repeat(width)}  get it: ${fix}`]),
  ]);
  const verdicts = runtimes.map(({ runtime, missing }) =>
    missing.length === 0
      ? `${runtime.padEnd(5)} can be asked here`
      : `${runtime.padEnd(5)} cannot: ${missing.join(', ')}`,
  );
  return `${[...lines, '', ...verdicts].join('\n')}\n`;
}
