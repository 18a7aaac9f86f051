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
import { type Governed, settingsFileOf, underSettings } from '../lint/settings.js';
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
  readonly config?: string;
}

const SETTINGS = `
.intercept.yaml, beside a manifest or above it in its repository:
  severities: {rule/order-dependent: warning, enforce/opaque: "off"}
  waivers:
    - {code: rule/ambiguous, rule: github, reason: "owner and name hold no slash", expires: 2027-01-31}
A finding that stops compile can be neither weakened nor waived.`;

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
    .option(
      '--config <file>',
      'severities and waivers, instead of the .intercept.yaml beside a manifest or above it',
    )
    .addHelpText('after', SETTINGS)
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

async function lint(args: readonly string[], flags: Flags): Promise<ExitCode> {
  const manifests = await expandFiles(args);
  const { keys, output: outputs = [] } = flags;
  const stdinName = flags.stdinFilename ?? '<stdin>';
  const named = manifests.map((manifest) => (manifest === STDIN ? stdinName : manifest));
  const configs = named.map((name) => flags.config ?? settingsFileOf(name));
  checkOutputs(
    outputs,
    [...named, keys, ...new Set(configs)].filter((file) => file !== undefined),
  );
  const stdin = await stdinOf(manifests, flags, stdinName);
  const governed: Governed[] = [];
  for (const [at, manifest] of manifests.entries()) {
    const input = manifest === STDIN ? stdin : undefined;
    const linted = await lintOne(input?.name ?? manifest, flags, input);
    governed.push({ linted, settingsFile: configs[at] });
  }
  const linted = await underSettings(governed, flags.at ?? new Date());
  return conclude(linted, flags, outputs);
}

async function stdinOf(
  manifests: readonly string[],
  { stdinFilename }: Flags,
  name: string,
): Promise<Input | undefined> {
  if (manifests.includes(STDIN)) return readStdin(name);
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
