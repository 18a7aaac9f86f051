import { Command, Option } from 'commander';
import { comparePolicies, type Difference } from '../../compare/index.js';
import type { Diagnostic, Result } from '../../diagnostics/index.js';
import { complain, conclude, print, printJson } from '../console.js';
import { differenceValue } from '../diff/json.js';
import { differenceMarkdown } from '../diff/markdown.js';
import { examineBoth, readRevision } from '../diff/sources.js';
import { differenceText } from '../diff/text.js';
import { essential } from '../essential.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import { type Input, readInput } from '../input.js';
import { atOption, keysOption, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly git?: string;
  readonly keys?: string;
  readonly at?: Date;
  readonly failOn: 'weaken' | 'any' | 'never';
  readonly format: 'text' | 'json' | 'markdown';
}

export function diffCommand(finish: Finish): Command {
  const command = new Command('diff')
    .description(
      'Say exactly which requests two manifests decide differently, each time with a request that shows it.',
    )
    .argument('<manifest...>', 'OLD and NEW, YAML or JSON; with --git, NEW alone')
    .option('--git <rev>', 'compare with what NEW was in this git revision')
    .addOption(keysOption())
    .addOption(atOption())
    .addOption(
      new Option('--fail-on <what>', 'exit 1 at these differences; undecided ones always count')
        .choices(['weaken', 'any', 'never'])
        .default('any'),
    )
    .addOption(
      new Option('--format <format>', 'how results are printed')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .action(async (manifests: string[], flags: Flags) => finish(await diff(manifests, flags)));
  return withExamples(
    command,
    'intercept diff old.yaml new.yaml',
    'intercept diff --git main policy.yaml --fail-on weaken --format markdown',
    'intercept diff old.yaml new.yaml --keys keys.json --format json',
  );
}

async function diff(manifests: readonly string[], flags: Flags): Promise<ExitCode> {
  const inputs = await inputsOf(manifests, flags.git);
  const both = await examineBoth(inputs, flags);
  const { sources } = both;
  if (!both.ok) {
    conclude(flags.format === 'json' ? 'json' : 'text', { ...both, sources });
    return EXIT.input;
  }
  const { before, after } = both.value;
  const difference = comparePolicies(before.policy, after.policy);
  const notes = distinct(essential(both.diagnostics));
  if (flags.format === 'json') printJson(differenceValue(difference, notes));
  else {
    complain(notes, sources);
    const write = flags.format === 'markdown' ? differenceMarkdown : differenceText;
    print(write(difference, before.document.file, after.document.file));
  }
  return exitOf(difference, flags.failOn);
}

async function inputsOf(
  manifests: readonly string[],
  revision: string | undefined,
): Promise<readonly [Result<Input>, Result<Input>]> {
  const [first, second, ...more] = manifests;
  if (
    first === undefined ||
    more.length > 0 ||
    (revision === undefined) !== (second !== undefined)
  ) {
    const wanted = revision === undefined ? 'OLD and NEW' : 'NEW alone, as OLD is in git';
    throw new UsageError(`diff takes ${wanted}`, 'See: intercept diff --help');
  }
  if (revision !== undefined) return [await readRevision(revision, first), await readInput(first)];
  return [await readInput(first), await readInput(second!)];
}

/** What is said of both manifests in the same words is said once. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify(one), one])).values()];
}

function exitOf(difference: Difference, failOn: Flags['failOn']): ExitCode {
  // What could not be compared is no clean bill of health, whatever differences count.
  if (difference.unfinished || difference.undecided.length > 0) return EXIT.findings;
  const counts = { any: !difference.equal, weaken: difference.weaker, never: false };
  return counts[failOn] ? EXIT.findings : EXIT.fine;
}
