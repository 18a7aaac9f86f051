import { Command } from 'commander';
import { type Diagnostic, hasErrors } from '../../diagnostics/index.js';
import { replaceFile, writeNewFiles } from '../../output/index.js';
import { signManifest } from '../../verify/index.js';
import { complain, print, printable, sourcesOf } from '../console.js';
import { EXIT, type ExitCode } from '../exit.js';
import { readInput } from '../input.js';
import { withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly key: string;
  readonly out?: string;
}

export function signCommand(finish: Finish): Command {
  const command = new Command('sign')
    .description(
      'Sign a manifest in place. Only the signature block changes; every other byte stays.',
    )
    .argument('<manifest>', 'manifest, YAML or JSON')
    .requiredOption('--key <file>', 'private key (JSON Web Key)')
    .option('--out <file>', 'write the signed manifest to a new file instead; - is stdout')
    .action(async (manifest: string, flags: Flags) => finish(await sign(manifest, flags)));
  return withExamples(
    command,
    'intercept sign policy.yaml --key key.json',
    'intercept sign policy.yaml --key key.json --out - > signed.yaml',
  );
}

async function sign(manifest: string, flags: Flags): Promise<ExitCode> {
  const inputs = [await readInput(manifest), await readInput(flags.key)];
  complain(inputs.flatMap(({ diagnostics }) => diagnostics));
  const [text, key] = inputs.flatMap((input) => (input.ok ? [input.value] : []));
  if (text === undefined || key === undefined) return EXIT.input;
  const signed = await signManifest(text.bytes, text.name, key.bytes, key.name);
  // No frame is ever cut from the key file: it would print the private key.
  complain(signed.diagnostics, sourcesOf(text));
  if (!signed.ok) return EXIT.input;
  const bytes = Buffer.from(signed.value.text, 'utf8');
  const problem = await put(manifest, flags.out, bytes);
  if (problem !== null) complain([problem]);
  if (problem !== null && hasErrors([problem])) return EXIT.input;
  if (flags.out !== '-') {
    print(
      `${printable(`signed ${flags.out ?? manifest} with ${signed.value.kid} (${signed.value.alg})`)}\n`,
    );
  }
  return EXIT.fine;
}

async function put(
  manifest: string,
  out: string | undefined,
  bytes: Uint8Array,
): Promise<Diagnostic | null> {
  if (out === undefined) return replaceFile(manifest, bytes);
  if (out !== '-') return writeNewFiles([{ path: out, bytes, mode: 0o644 }]);
  process.stdout.write(bytes);
  return null;
}
