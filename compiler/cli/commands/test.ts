import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, failure, hasErrors, type Result } from '../../diagnostics/index.js';
import { compileManifest } from '../../pipeline.js';
import {
  type PolicyTest,
  readPolicyTest,
  TESTED_RUNTIMES,
  type TestedRuntime,
} from '../../policy-test/index.js';
import { complain, conclude, print, type Sources, say, sourcesOf } from '../console.js';
import { essential } from '../essential.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import { readInput } from '../input.js';
import { keysOption, loadInputs, optionsFor, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';
import { discoverTests, TEST_SUFFIX } from '../test/discover.js';
import { jsonValue } from '../test/json.js';
import { junitOf } from '../test/junit.js';
import { type ManifestResult, runTests } from '../test/run.js';
import { isFine } from '../test/summary.js';
import { textOf } from '../test/text.js';
import { watchRuns } from '../test/watch.js';

interface Flags {
  readonly keys?: string;
  readonly runtime?: readonly TestedRuntime[];
  readonly threshold?: number;
  readonly watch?: boolean;
  readonly format: 'text' | 'json' | 'junit';
}

const LANGUAGE = `
A test file names its manifest and says what must be decided:
  manifest: policy.yaml
  requests:
    - {method: POST, url: "https://api.openai.com/v1/chat/completions", action: execute, rule: openai}
  verdicts:
    - {host: api.openai.com, port: 443, verdict: capture}`;

export function testCommand(finish: Finish): Command {
  const command = new Command('test')
    .description('Run policy tests in every runtime that is here, and say what they cover.')
    .argument('[file...]', 'test files; without any, every *.test.yaml below this folder')
    .addOption(keysOption())
    .addOption(
      new Option('--runtime <runtime...>', 'only these, and each of them must be here').choices(
        TESTED_RUNTIMES,
      ),
    )
    .option(
      '--threshold <percent>',
      'fail where fewer of the rules, or of their patterns, are covered',
      parseThreshold,
    )
    .addOption(
      new Option('--format <format>', 'how results are printed')
        .choices(['text', 'json', 'junit'])
        .default('text'),
    )
    .addHelpText('after', LANGUAGE)
    .option('--watch', 'run again whenever a test, its manifest or the keys change')
    .action(async (files: string[], flags: Flags) => {
      if (flags.watch === true) await watch(files, flags);
      else finish(await test(files, flags, new Set()));
    });
  return withExamples(
    command,
    'intercept test',
    'intercept test policy.test.yaml --threshold 100',
    'intercept test --runtime reference --watch',
    'intercept test policy.test.yaml --keys keys.json --format junit > junit.xml',
  );
}

function parseThreshold(text: string): number {
  const percent = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || percent > 100) {
    throw new InvalidArgumentError('Give a number of percent from 0 to 100.');
  }
  return percent;
}

async function watch(named: readonly string[], flags: Flags): Promise<void> {
  if (flags.format !== 'text') {
    throw new UsageError(`--watch and --format ${flags.format} contradict each other`);
  }
  await watchRuns(async () => {
    const seen = new Set<string>();
    await test(named, flags, seen);
    say(`watching ${[...seen].join(', ')}; Ctrl-C ends`);
    const files = [...seen];
    return {
      files,
      folders: named.length > 0 ? [] : ['.', ...files.map(dirname)],
      suffix: TEST_SUFFIX,
    };
  });
}

/** `seen` takes up every file that the run looks for. */
async function test(named: readonly string[], flags: Flags, seen: Set<string>): Promise<ExitCode> {
  const files = named.length > 0 ? [...new Set(named)] : await discoverTests('.');
  if (files.length === 0) {
    throw new UsageError(
      'no test file was given, and there is no *.test.yaml below this folder',
      'Write one (see `intercept test --help`), or make a starter with `intercept init DIR`.',
    );
  }
  for (const file of [...files, ...(flags.keys === undefined ? [] : [flags.keys])]) seen.add(file);
  const tests = await readTests(files);
  if (!tests.ok) return refuse(tests, tests.sources, flags);
  const notes: Diagnostic[] = [...tests.diagnostics];
  const manifests: ManifestResult[] = [];
  const groups = byManifest(tests.value);
  for (const { manifest } of groups) seen.add(manifest);
  for (const group of groups) {
    const ran = await runGroup(group, flags);
    if (!ran.ok) return refuse(ran, ran.sources, flags);
    notes.push(...ran.diagnostics);
    manifests.push(ran.value);
  }
  const outcome = { manifests, threshold: flags.threshold };
  const ok = isFine(outcome);
  if (flags.format === 'json')
    conclude('json', { ok, diagnostics: notes, value: jsonValue(outcome) });
  else {
    complain(notes, tests.sources);
    print(flags.format === 'junit' ? junitOf(outcome) : textOf(outcome));
  }
  return ok ? EXIT.fine : EXIT.findings;
}

type Sourced<T> = Result<T> & { readonly sources: Sources };

/** What cannot be read is no failed test: nothing was run. */
function refuse({ diagnostics }: Result<unknown>, sources: Sources, { format }: Flags): ExitCode {
  conclude(format === 'json' ? 'json' : 'text', { ok: false, diagnostics, sources });
  return EXIT.input;
}

async function readTests(files: readonly string[]): Promise<Sourced<readonly PolicyTest[]>> {
  const sources = new Map<string, NonNullable<ReturnType<Sources['get']>>>();
  const diagnostics: Diagnostic[] = [];
  const tests: PolicyTest[] = [];
  for (const file of files) {
    const input = await readInput(file);
    const read = input.ok ? readPolicyTest(input.value.bytes, file) : input;
    if (input.ok) for (const [name, source] of sourcesOf(input.value)) sources.set(name, source);
    diagnostics.push(...read.diagnostics);
    if (read.ok) tests.push(read.value);
  }
  if (hasErrors(diagnostics)) return { ...failure(...diagnostics), sources };
  return { ok: true, value: tests, diagnostics, sources };
}

interface Group {
  /** As the first test file leads to it. */
  readonly manifest: string;
  readonly tests: readonly PolicyTest[];
}

/** Tests of one manifest run together, so that they cover it together. */
function byManifest(tests: readonly PolicyTest[]): readonly Group[] {
  const groups = new Map<string, { manifest: string; tests: PolicyTest[] }>();
  for (const one of tests) {
    const manifest = isAbsolute(one.manifest)
      ? one.manifest
      : join(dirname(one.file), one.manifest);
    const key = resolve(manifest);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { manifest, tests: [one] });
    else known.tests.push(one);
  }
  return [...groups.values()];
}

async function runGroup(
  { manifest, tests }: Group,
  flags: Flags,
): Promise<Sourced<ManifestResult>> {
  const loaded = await loadInputs(manifest, flags.keys);
  if (!loaded.ok) return { ...loaded, sources: new Map() };
  const { sources } = loaded.value;
  const compiled = await compileManifest(loaded.value.manifest.bytes, optionsFor(loaded.value));
  if (!compiled.ok) return { ...compiled, sources };
  const ran = await runTests(manifest, compiled.value, tests, flags.runtime);
  if (!ran.ok) return { ...ran, sources };
  const diagnostics = [...essential(compiled.diagnostics), ...ran.diagnostics];
  return { ...ran, diagnostics, sources };
}
