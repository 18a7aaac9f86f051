import { Command, Option } from 'commander';
import { failure, type Result } from '../../diagnostics/index.js';
import { replaceFile, writeNewFiles } from '../../output/index.js';
import { appendKey, generateKey, type KeyPair, type SignatureAlg } from '../../verify/index.js';
import { complain, print, printable } from '../console.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import { readInput } from '../input.js';
import { keyFiles } from '../key-files.js';
import { withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly alg: SignatureAlg;
  readonly kid?: string;
  readonly out: string;
  readonly keys?: string;
  readonly append?: string;
}

export function keygenCommand(finish: Finish): Command {
  const command = new Command('keygen')
    .description('Make a key pair: a private key to sign with, a public key set to trust.')
    .addOption(
      new Option('--alg <alg>', 'signature algorithm').choices(['EdDSA', 'ES256']).default('EdDSA'),
    )
    .option('--kid <id>', 'key id; default: the thumbprint of the key (RFC 7638)')
    .option('--out <file>', 'private key, readable by you alone', 'key.json')
    .option('--keys <file>', 'new public key set (default: keys.json)')
    .option('--append <file>', 'add the public key to this key set instead: for rotation')
    .action(async (flags: Flags) => finish(await keygen(flags)));
  return withExamples(
    command,
    'intercept keygen --kid policy-2026',
    'intercept keygen --kid policy-2027 --out next.json --append keys.json',
  );
}

async function keygen(flags: Flags): Promise<ExitCode> {
  if (flags.keys !== undefined && flags.append !== undefined) {
    throw new UsageError('--keys and --append contradict each other', 'Give one of them.');
  }
  const pair = await newPair(flags);
  const done =
    flags.append === undefined
      ? await writePair(pair, flags.out, flags.keys ?? 'keys.json')
      : await appendTo(flags.append, pair, flags.out);
  if (!done) return EXIT.input;
  const kid = pair.publicJwk.kid;
  print(
    printable(`private key ${kid} in ${flags.out}: keep it secret, and out of version control`),
  );
  print(`\n${printable(`public key in ${flags.append ?? flags.keys ?? 'keys.json'}`)}\n`);
  return EXIT.fine;
}

async function newPair({ alg, kid }: Flags): Promise<KeyPair> {
  try {
    return await generateKey(alg, kid);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--kid: ${error.message}`);
    throw error;
  }
}

async function writePair(pair: KeyPair, privateFile: string, publicFile: string): Promise<boolean> {
  const problem = await writeNewFiles(keyFiles(pair, privateFile, publicFile));
  if (problem !== null) complain([problem]);
  return problem === null;
}

async function appendTo(keys: string, pair: KeyPair, privateFile: string): Promise<boolean> {
  const longer = await longerSet(keys, pair);
  if (!longer.ok) return false;
  // The private key first: a public key in the set whose private half is lost would be of no use.
  const [privateKey] = keyFiles(pair, privateFile, keys);
  const problem = (await writeNewFiles([privateKey])) ?? (await replaceFile(keys, longer.value));
  if (problem !== null) complain([problem]);
  return problem === null;
}

async function longerSet(keys: string, pair: KeyPair): Promise<Result<Uint8Array>> {
  const input = await readInput(keys);
  if (!input.ok) {
    complain(input.diagnostics);
    return failure(...input.diagnostics);
  }
  const longer = appendKey(input.value.bytes, keys, pair.publicJwk);
  complain(longer.diagnostics);
  return longer;
}
