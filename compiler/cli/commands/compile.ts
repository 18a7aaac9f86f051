import { Command, Option } from 'commander';
import type { Diagnostic } from '../../diagnostics/index.js';
import { TARGETS, type Target } from '../../emit/index.js';
import { checkArtifacts, writeArtifacts } from '../../output/index.js';
import { type Compiled, compileManifest } from '../../pipeline.js';
import { conclude, type Format, printable, say } from '../console.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import {
  atOption,
  formatOption,
  keysOption,
  type Loaded,
  loadInputs,
  optionsFor,
  withExamples,
} from '../manifest.js';
import type { Finish } from '../program.js';
import { watchFiles } from '../watch.js';

interface Flags {
  readonly keys?: string;
  readonly out: string;
  readonly target: readonly Target[];
  readonly check?: boolean;
  readonly watch?: boolean;
  readonly allowUnsigned?: boolean;
  readonly at?: Date;
  readonly format: Format;
}

export function compileCommand(finish: Finish): Command {
  const command = new Command('compile')
    .description('Compile a signed manifest into the artefacts that the runtimes enforce.')
    .argument('<manifest>', 'manifest, YAML or JSON')
    .addOption(keysOption())
    .requiredOption('--out <folder>', 'where the artefacts go; all of them are written or none')
    .addOption(
      new Option('--target <target...>', 'which runtimes to compile for')
        .choices(TARGETS)
        .default(TARGETS, 'all'),
    )
    .option('--check', 'write nothing; exit 4 where the folder is not up to date')
    .option('--watch', 'compile again whenever the manifest or the keys change')
    .option(
      '--allow-unsigned',
      'for development: no signature is checked, artefacts are stamped unsigned',
    )
    .addOption(atOption())
    .addOption(formatOption())
    .action(async (manifest: string, flags: Flags) => {
      checkFlags(flags);
      finish(await (flags.watch === true ? watch : compileOnce)(manifest, flags));
    });
  return withExamples(
    command,
    'intercept compile policy.yaml --keys keys.json --out build/policy',
    'intercept compile policy.yaml --keys keys.json --out build/policy --check',
    'intercept compile policy.yaml --allow-unsigned --out build/dev --target node --watch',
  );
}

function checkFlags(flags: Flags): void {
  if (flags.keys === undefined && flags.allowUnsigned !== true) {
    throw new UsageError(
      'compile needs --keys FILE, the public keys that you trust',
      'For development, --allow-unsigned compiles without them; runtimes refuse such artefacts by default.',
    );
  }
  if (flags.keys !== undefined && flags.allowUnsigned === true) {
    throw new UsageError('--keys and --allow-unsigned contradict each other', 'Give one of them.');
  }
  if (flags.check === true && flags.watch === true) {
    throw new UsageError('--check and --watch contradict each other', 'Give one of them.');
  }
}

async function watch(manifest: string, flags: Flags): Promise<ExitCode> {
  const files = [manifest, ...(flags.keys === undefined ? [] : [flags.keys])];
  // What is not there cannot be watched; a mistyped name is said at once.
  const there = await loadInputs(manifest, flags.keys);
  if (!there.ok) {
    conclude(flags.format, there);
    return EXIT.input;
  }
  await watchFiles(files, async () => {
    const code = await compileOnce(manifest, flags);
    if (code !== EXIT.fine) say('the artefacts that were there stay as they are');
    say(`watching ${files.join(', ')}; Ctrl-C ends`);
  });
  return EXIT.fine;
}

async function compileOnce(manifest: string, flags: Flags): Promise<ExitCode> {
  const loaded = await loadInputs(manifest, flags.keys);
  if (!loaded.ok) {
    conclude(flags.format, loaded);
    return EXIT.input;
  }
  const options = { ...optionsFor(loaded.value, flags), targets: flags.target };
  const compiled = await compileManifest(loaded.value.manifest.bytes, options);
  if (!compiled.ok) {
    conclude(flags.format, { ...compiled, sources: loaded.value.sources });
    return EXIT.input;
  }
  const { value, diagnostics } = compiled;
  return flags.check === true
    ? check(value, diagnostics, loaded.value, flags)
    : write(value, diagnostics, loaded.value, flags);
}

function summaryOf(
  compiled: Compiled,
  paths: readonly string[],
): Readonly<Record<string, unknown>> {
  const { policyId, digest, signed, kid } = compiled;
  return { policy_id: policyId, image_digest: digest, signed, kid, artifacts: paths };
}

async function check(
  compiled: Compiled,
  findings: readonly Diagnostic[],
  loaded: Loaded,
  flags: Flags,
): Promise<ExitCode> {
  const { artifacts } = compiled;
  const stale = await checkArtifacts(flags.out, artifacts);
  const fine = stale.length === 0;
  const paths = artifacts.map(({ path }) => path);
  conclude(flags.format, {
    ok: fine,
    diagnostics: [...findings, ...stale],
    sources: loaded.sources,
    value: summaryOf(compiled, paths),
    ...(fine ? { text: `${artifacts.length} files in ${flags.out} are up to date\n` } : {}),
  });
  return fine ? EXIT.fine : EXIT.stale;
}

async function write(
  compiled: Compiled,
  findings: readonly Diagnostic[],
  loaded: Loaded,
  flags: Flags,
): Promise<ExitCode> {
  const outcome = await writeArtifacts(flags.out, compiled.artifacts);
  const diagnostics = [...findings, ...outcome.diagnostics];
  if (!outcome.ok) {
    conclude(flags.format, { diagnostics, sources: loaded.sources });
    return EXIT.input;
  }
  const { written, removed } = outcome.value;
  const { policy, policyId, digest, kid } = compiled;
  const lines = [
    `compiled ${policy.rules.length} rules into ${written.length} files in ${flags.out}`,
    ...removed.map((path) => `removed  ${path}, left behind by an older compile`),
    `policy   ${policyId}`,
    `image    ${digest}`,
    kid === null
      ? 'UNSIGNED; runtimes refuse it unless BROKER_ALLOW_UNSIGNED=1'
      : `signed   by ${kid}`,
  ];
  conclude(flags.format, {
    diagnostics,
    sources: loaded.sources,
    value: { ...summaryOf(compiled, written), removed },
    text: `${lines.map((line) => printable(line)).join('\n')}\n`,
  });
  return EXIT.fine;
}
