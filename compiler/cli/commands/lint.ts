import { Command, Option } from 'commander';
import { type Diagnostic, hasErrors, type Severity } from '../../diagnostics/index.js';
import { examineManifest } from '../../pipeline.js';
import { complain, conclude, type Format, print, printable } from '../console.js';
import { EXIT, type ExitCode } from '../exit.js';
import {
  atOption,
  formatOption,
  keysOption,
  loadInputs,
  optionsFor,
  withExamples,
} from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly keys?: string;
  readonly at?: Date;
  readonly failOn: 'error' | 'warning' | 'never';
  readonly format: Format;
}

export function lintCommand(finish: Finish): Command {
  const command = new Command('lint')
    .description(
      'Report everything that there is to say about manifests. Unsigned ones are accepted.',
    )
    .argument('<manifest...>', 'manifests, YAML or JSON')
    .addOption(keysOption())
    .addOption(atOption())
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 at findings of this severity or above')
        .choices(['error', 'warning', 'never'])
        .default('error'),
    )
    .addOption(formatOption())
    .action(async (manifests: string[], flags: Flags) => finish(await lint(manifests, flags)));
  return withExamples(
    command,
    'intercept lint policy.yaml',
    'intercept lint policy.yaml --keys keys.json --fail-on warning --format json',
  );
}

interface Linted {
  readonly diagnostics: readonly Diagnostic[];
  /** False where the manifest could not be read, parsed or verified. */
  readonly examined: boolean;
}

async function lint(manifests: readonly string[], flags: Flags): Promise<ExitCode> {
  const all: Linted[] = [];
  for (const manifest of manifests) all.push(await lintOne(manifest, flags));
  const diagnostics = all.flatMap((one) => one.diagnostics);
  if (flags.format === 'json') conclude('json', { diagnostics });
  else print(`${printable(summary(manifests, diagnostics))}\n`);
  if (all.some(({ examined }) => !examined)) return EXIT.input;
  return fails(diagnostics, flags.failOn) ? EXIT.findings : EXIT.fine;
}

async function lintOne(manifest: string, flags: Flags): Promise<Linted> {
  const loaded = await loadInputs(manifest, flags.keys);
  const say = (diagnostics: readonly Diagnostic[]): void => {
    if (flags.format === 'text')
      complain(diagnostics, loaded.ok ? loaded.value.sources : undefined);
  };
  if (!loaded.ok) {
    say(loaded.diagnostics);
    return { diagnostics: loaded.diagnostics, examined: false };
  }
  const examined = await examineManifest(
    loaded.value.manifest.bytes,
    optionsFor(loaded.value, flags),
  );
  say(examined.diagnostics);
  return { diagnostics: examined.diagnostics, examined: examined.ok };
}

function fails(diagnostics: readonly Diagnostic[], failOn: Flags['failOn']): boolean {
  if (failOn === 'never') return false;
  // A question left open is no clean bill of health, whatever severity counts.
  if (diagnostics.some(({ code }) => code === 'path/undecided')) return true;
  if (hasErrors(diagnostics)) return true;
  return failOn === 'warning' && diagnostics.some(({ severity }) => severity === 'warning');
}

function summary(manifests: readonly string[], diagnostics: readonly Diagnostic[]): string {
  const count = (wanted: Severity): number =>
    diagnostics.filter(({ severity }) => severity === wanted).length;
  const plural = (number: number, word: string): string =>
    `${number} ${word}${number === 1 ? '' : 's'}`;
  const found = [plural(count('error'), 'error'), plural(count('warning'), 'warning')].join(', ');
  return `${manifests.length === 1 ? manifests[0] : `${manifests.length} manifests`}: ${found}, ${plural(count('info'), 'note')}`;
}
