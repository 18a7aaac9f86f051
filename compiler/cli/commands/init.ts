import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { type Diagnostic, diagnostic } from '../../diagnostics/index.js';
import { errorCode, writeNewFiles } from '../../output/index.js';
import { packagePath } from '../../package-path.js';
import { generateKey } from '../../verify/index.js';
import { complain, print, printable } from '../console.js';
import { EXIT, type ExitCode } from '../exit.js';
import { keyFiles } from '../key-files.js';
import { withExamples } from '../manifest.js';
import type { Finish } from '../program.js';
import { STARTER_TEST, starterManifest } from '../starter/files.js';

export function initCommand(finish: Finish): Command {
  const command = new Command('init')
    .description('Write a starter manifest, a key pair and a policy test. Overwrites nothing.')
    .argument('<folder>', 'where the files go; made if it is missing')
    .action(async (folder: string) => finish(await init(folder)));
  return withExamples(command, 'intercept init policy');
}

async function init(folder: string): Promise<ExitCode> {
  const problem = await makeFolder(folder);
  if (problem !== null) {
    complain([problem]);
    return EXIT.input;
  }
  const schema = schemaReference(folder);
  const pair = await generateKey('EdDSA');
  const files = [
    text(join(folder, 'policy.yaml'), starterManifest(new Date(), schema)),
    text(join(folder, 'policy.test.yaml'), STARTER_TEST),
    ...keyFiles(pair, join(folder, 'key.json'), join(folder, 'keys.json')),
  ];
  const exists = await writeNewFiles(files);
  if (exists !== null) {
    complain([exists]);
    return EXIT.input;
  }
  print(printableLines(nextSteps(folder)));
  return EXIT.fine;
}

function text(path: string, content: string) {
  return { path, bytes: Buffer.from(content, 'utf8'), mode: 0o644 };
}

async function makeFolder(folder: string): Promise<Diagnostic | null> {
  try {
    await mkdir(folder, { recursive: true });
    return null;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file stands there' : code;
    return diagnostic('output/write', { message: `cannot make the folder ${folder}: ${reason}` });
  }
}

/** Editors resolve the schema from the manifest's own folder. */
function schemaReference(folder: string): string {
  const path = relative(resolve(folder), packagePath('schemas', 'manifest.schema.json'));
  return encodeURI(path.replaceAll('\\', '/'));
}

function nextSteps(folder: string): readonly string[] {
  const at = (name: string): string => join(folder, name);
  return [
    `${at('policy.yaml')}       the manifest: protects api.openai.com`,
    `${at('policy.test.yaml')}  what it must decide`,
    `${at('key.json')}          private key: keep it secret, and out of version control`,
    `${at('keys.json')}         public keys that the compiler and the runtimes trust`,
    '',
    'Next:',
    `  intercept sign ${at('policy.yaml')} --key ${at('key.json')}`,
    `  intercept compile ${at('policy.yaml')} --keys ${at('keys.json')} --out ${at('build')}`,
  ];
}

function printableLines(lines: readonly string[]): string {
  return `${lines.map(printable).join('\n')}\n`;
}
