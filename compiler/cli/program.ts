/** The command line: every command, and how a run ends. */

import { Command, CommanderError } from 'commander';
import { packageVersion } from '../package-path.js';
import { say } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';

/** A command reports its exit code here; what it throws is wrong use or a bug. */
export type Finish = (code: ExitCode) => void;

const OVERVIEW = `
Exit codes: 0 fine; 1 findings or a difference; 2 wrong use; 3 input that cannot be
read, parsed or verified, or a runtime that cannot run here; 4 artefacts are stale.

Start here:
  $ intercept init policy                     a manifest, a key pair, a policy test
  $ intercept sign policy/policy.yaml --key policy/key.json
  $ intercept compile policy/policy.yaml --keys policy/keys.json --out build/policy
  $ intercept explain https://api.openai.com/v1/models --manifest policy/policy.yaml`;

/** Each command with its module, which is loaded only where it is wanted: `keygen` needs no automata. */
const COMMANDS: Readonly<Record<string, () => Promise<(finish: Finish) => Command>>> = {
  init: async () => (await import('./commands/init.js')).initCommand,
  keygen: async () => (await import('./commands/keygen.js')).keygenCommand,
  sign: async () => (await import('./commands/sign.js')).signCommand,
  verify: async () => (await import('./commands/verify.js')).verifyCommand,
  lint: async () => (await import('./commands/lint.js')).lintCommand,
  compile: async () => (await import('./commands/compile.js')).compileCommand,
  decide: async () => (await import('./commands/decide.js')).decideCommand,
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  diff: async () => (await import('./commands/diff.js')).diffCommand,
  test: async () => (await import('./commands/test.js')).testCommand,
  fmt: async () => (await import('./commands/fmt.js')).fmtCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
};

/** The program with the command that the line begins with, or with all of them where that is none. */
async function programOf(finish: Finish, first: string | undefined): Promise<Command> {
  const program = new Command('intercept')
    .description('Compiles a signed manifest of protected hosts for Node, LD_PRELOAD and eBPF.')
    .version(packageVersion(), '-V, --version')
    .addHelpText('after', OVERVIEW);
  const known = first !== undefined && Object.hasOwn(COMMANDS, first);
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (!known || name === first) program.addCommand((await load())(finish));
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.showHelpAfterError(`(see: ${nameOf(command)} --help)`);
    command.allowExcessArguments(false);
  }
  return program;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
}

/** Commander ends help and version by throwing too; those are no wrong use. */
const HARMLESS: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.version']);

/** Runs one command line; resolves to its exit code. Never throws for bad input. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const finish = (reported: ExitCode): void => {
    code = reported;
  };
  try {
    const program = await programOf(finish, args[0]);
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    return HARMLESS.has(error.code) ? EXIT.fine : EXIT.usage;
  }
  if (error instanceof UsageError) {
    say(`error: ${error.message}`);
    if (error.hint !== undefined) say(error.hint);
    return EXIT.usage;
  }
  const message = error instanceof Error ? error.message : String(error);
  say(`internal error: ${message}`);
  say('This is a bug in intercept. Run again with BROKER_LOG_LEVEL=debug for the stack.');
  if (process.env['BROKER_LOG_LEVEL'] === 'debug' && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  return EXIT.input;
}
