import { Command, Option } from 'commander';
import type { Diagnostic } from '../../diagnostics/index.js';
import type { ReportedFile } from '../../report/index.js';
import { complain, print, say } from '../console.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import { type Input, readStdin } from '../input.js';
import { type Linted, lintOne } from '../lint/examine.js';
import { expandFiles } from '../lint/glob.js';
import {
  checkOutputs,
  LINT_FORMATS,
  type LintFormat,
  type Output,
  parseOutput,
  writeOutput,
} from '../lint/outputs.js';
import {
  diagnosticsOf,
  type Outcome,
  renderReport,
  sourcesOf,
  summaryText,
} from '../lint/render.js';
import { tallyLine, tallyOf } from '../lint/summary.js';
import { atOption, keysOption, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly keys?: string;
  readonly at?: Date;
  readonly failOn: 'error' | 'warning' | 'never';
  readonly format: LintFormat;
  readonly output?: readonly Output[];
  readonly stdinFilename?: string;
}

export function lintCommand(finish: Finish): Command {
  const command = new Command('lint')
    .description(
      'Report everything that there is to say about manifests. Unsigned ones are accepted.',
    )
    .argument('<manifest...>', 'manifests, YAML or JSON; patterns with *, ? and **; - for stdin')
    .addOption(keysOption())
    .addOption(atOption())
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 at findings of this severity or above')
        .choices(['error', 'warning', 'never'])
        .default('error'),
    )
    .addOption(
      new Option('--format <format>', 'how results are printed')
        .choices(LINT_FORMATS)
        .default('text'),
    )
    .option(
      '--output <format=file>',
      'write results to a file as well, in any format; may be repeated',
      parseOutput,
    )
    .option('--stdin-filename <name>', 'what the manifest from stdin is called')
    .action(async (manifests: string[], flags: Flags) => finish(await lint(manifests, flags)));
  return withExamples(
    command,
    'intercept lint policy.yaml',
    'intercept lint policy.yaml --keys keys.json --fail-on warning --format json',
    "intercept lint 'policies/**/*.yaml' --format github --output sarif=lint.sarif",
    'git show HEAD:policy.yaml | intercept lint - --stdin-filename policy.yaml',
  );
}

const STDIN = '-';

async function lint(named: readonly string[], flags: Flags): Promise<ExitCode> {
  const manifests = await expandFiles(named);
  const { keys, output: outputs = [] } = flags;
  checkOutputs(outputs, [...manifests, ...(keys === undefined ? [] : [keys])]);
  const stdin = await stdinOf(manifests, flags);
  const linted: Linted[] = [];
  for (const manifest of manifests) {
    const input = manifest === STDIN ? stdin : undefined;
    linted.push(await lintOne(input?.name ?? manifest, flags, input));
  }
  return conclude(linted, flags, outputs);
}

async function stdinOf(
  manifests: readonly string[],
  { stdinFilename }: Flags,
): Promise<Input | undefined> {
  if (manifests.includes(STDIN)) return readStdin(stdinFilename ?? '<stdin>');
  if (stdinFilename === undefined) return undefined;
  throw new UsageError('--stdin-filename without a manifest from stdin', 'Name it as `-`.');
}

async function conclude(
  linted: readonly Linted[],
  flags: Flags,
  outputs: readonly Output[],
): Promise<ExitCode> {
  const outcome = { linted, reported: linted.map((one) => reportedOf(one, flags)) };
  show(outcome, flags.format);
  const problems: Diagnostic[] = [];
  for (const { format, file } of outputs) {
    const problem = await writeOutput(file, renderReport(outcome, format));
    if (problem !== null) problems.push(problem);
  }
  complain(problems);
  if (problems.length > 0 || linted.some(({ examined }) => !examined)) return EXIT.input;
  say(tallyLine(tallyOf(linted)));
  return outcome.reported.some(({ findings }) => findings.some(({ failing }) => failing))
    ? EXIT.findings
    : EXIT.fine;
}

/** As text, findings go to stderr and what came of the run to stdout; every other format is the result. */
function show(outcome: Outcome, format: LintFormat): void {
  if (format !== 'text') {
    print(renderReport(outcome, format));
    return;
  }
  complain(diagnosticsOf(outcome.linted), sourcesOf(outcome.linted));
  print(summaryText(outcome.linted));
}

function reportedOf(
  { name, examined, diagnostics, integrations }: Linted,
  flags: Flags,
): ReportedFile {
  const findings = diagnostics.map((diagnostic) => ({
    diagnostic,
    integrationId: diagnostic.rule === undefined ? null : (integrations[diagnostic.rule] ?? null),
    failing: fails(diagnostic, flags.failOn),
  }));
  return { name, examined, findings };
}

function fails({ code, severity }: Diagnostic, failOn: Flags['failOn']): boolean {
  if (failOn === 'never') return false;
  // A question left open is no clean bill of health, whatever severity counts.
  if (code === 'path/undecided' || severity === 'error') return true;
  return failOn === 'warning' && severity === 'warning';
}
