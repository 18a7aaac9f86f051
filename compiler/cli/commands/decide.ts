import { Command, Option } from 'commander';
import { diagnostic, failure, type Result } from '../../diagnostics/index.js';
import type { Target } from '../../emit/index.js';
import { readArtifacts } from '../../output/index.js';
import { type CompileOptions, compileManifest, examineManifest } from '../../pipeline.js';
import { complain, say } from '../console.js';
import { answerLines } from '../decide/answer.js';
import { batchesOfLines } from '../decide/lines.js';
import { essential } from '../essential.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import { keysOption, loadInputs, optionsFor, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';
import { openRuntime } from '../runtimes/open.js';
import { type PolicySource, RUNTIMES, type Runtime, type RuntimeName } from '../runtimes/types.js';

interface Flags {
  readonly manifest?: string;
  readonly policy?: string;
  readonly keys?: string;
  readonly runtime: RuntimeName;
}

const LINES = `
Input, one JSON object a line, exactly these keys:
  {"url": "https://…", "method": "GET"}   reference, node; method is optional
  {"host": "api.openai.com", "port": 443} all runtimes
  {"ip": "203.0.113.7", "port": 443}      all runtimes
Output, one line for each: {"action", "rule", "integration_id", "reason"?},
{"verdict"}, or {"error": {"code", "message"}}; a bad line never ends the run.`;

export function decideCommand(finish: Finish): Command {
  const command = new Command('decide')
    .description('Answer requests and connections from stdin, one JSON object a line.')
    .option('--manifest <file>', 'manifest to compile and ask')
    .option('--policy <folder>', 'compiled artefacts to ask (not with --runtime reference)')
    .addOption(keysOption())
    .addOption(
      new Option('--runtime <runtime>', 'whose answer').choices(RUNTIMES).default('reference'),
    )
    .addHelpText('after', LINES)
    .action(async (flags: Flags) => finish(await decide(flags)));
  return withExamples(
    command,
    'echo \'{"url":"https://api.openai.com/v1/models"}\' | intercept decide --manifest policy.yaml --keys keys.json',
    'echo \'{"host":"api.openai.com","port":443}\' | intercept decide --policy build/policy --runtime c',
  );
}

async function decide(flags: Flags): Promise<ExitCode> {
  const source = await sourceOf(flags);
  complain(source.diagnostics);
  if (!source.ok) return EXIT.input;
  const opened = await openRuntime(flags.runtime, source.value);
  complain(opened.diagnostics);
  if (!opened.ok) return EXIT.input;
  const runtime = opened.value;
  try {
    return await answerStream(runtime);
  } finally {
    await runtime.close();
  }
}

async function answerStream(runtime: Runtime): Promise<ExitCode> {
  for await (const lines of batchesOfLines(process.stdin)) {
    let text: string;
    try {
      const answers = await answerLines(runtime, lines);
      text = answers.map((answer) => `${JSON.stringify(answer)}\n`).join('');
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      complain([diagnostic('runtime/failed', { message: `${runtime.name}: ${message}` })]);
      return EXIT.input;
    }
    if (!process.stdout.write(text)) await drained();
  }
  return EXIT.fine;
}

function drained(): Promise<void> {
  return new Promise((go) => process.stdout.once('drain', () => go()));
}

async function sourceOf(flags: Flags): Promise<Result<PolicySource>> {
  if ((flags.manifest === undefined) === (flags.policy === undefined)) {
    throw new UsageError('decide needs either --manifest FILE or --policy FOLDER');
  }
  if (flags.manifest !== undefined) return compiledSource(flags.manifest, flags);
  if (flags.runtime === 'reference') {
    throw new UsageError('the reference interpreter reads manifests', 'Give --manifest FILE.');
  }
  if (flags.keys !== undefined) {
    throw new UsageError('--keys verifies manifests; artefacts are checked against their lock');
  }
  return storedSource(flags.policy!, flags.runtime);
}

async function compiledSource(manifest: string, flags: Flags): Promise<Result<PolicySource>> {
  const loaded = await loadInputs(manifest, flags.keys);
  if (!loaded.ok) return loaded;
  const { bytes } = loaded.value.manifest;
  const options = optionsFor(loaded.value);
  const source: Result<PolicySource> =
    flags.runtime === 'reference'
      ? await referenceSource(bytes, options)
      : await compileManifest(bytes, { ...options, targets: [flags.runtime] });
  // Shown here, where the manifest's text is at hand for the code frames.
  complain(essential(source.diagnostics), loaded.value.sources);
  return { ...source, diagnostics: [] };
}

async function referenceSource(
  bytes: Uint8Array,
  options: CompileOptions,
): Promise<Result<PolicySource>> {
  const examined = await examineManifest(bytes, options);
  if (!examined.ok) return examined;
  const { policy } = examined.value;
  return { ok: true, value: { policy, artifacts: [] }, diagnostics: examined.diagnostics };
}

async function storedSource(folder: string, runtime: Target): Promise<Result<PolicySource>> {
  const artifacts = await readArtifacts(folder);
  if (!artifacts.ok) return artifacts;
  if (!artifacts.value.some(({ path }) => path.startsWith(`${runtime}/`))) {
    const message = `${folder} holds no artefact for ${runtime}`;
    return failure(diagnostic('output/missing', { message, hint: 'Compile with that --target.' }));
  }
  say(`note: ${folder} was checked against its own lock, not against keys`);
  return { ok: true, value: { policy: null, artifacts: artifacts.value }, diagnostics: [] };
}
