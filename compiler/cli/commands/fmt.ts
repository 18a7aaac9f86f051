import { Command } from 'commander';
import { type Diagnostic, diagnostic, failure, type Result } from '../../diagnostics/index.js';
import { formatDocument, isSigned } from '../../format/index.js';
import { replaceFile } from '../../output/index.js';
import { type ParsedManifest, parseManifest, verifyManifest } from '../../pipeline.js';
import { complain, conclude, type Format, print, printable } from '../console.js';
import { essential } from '../essential.js';
import { EXIT, type ExitCode } from '../exit.js';
import { unifiedDiff } from '../fmt/unified.js';
import { formatOption, keysOption, type Loaded, loadInputs, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly keys?: string;
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly dropSignature?: boolean;
  readonly format: Format;
}

const LAYOUT = `
Two columns a level, lists indented under their key, [...] and {...} on one line up to 120
columns, at most one blank line. Comments, values, quotes and the order of keys stay; JSON
stays JSON. The policy id and every decision stay the same.`;

export function fmtCommand(finish: Finish): Command {
  const command = new Command('fmt')
    .description('Bring manifests into the canonical layout. Comments stay.')
    .argument('<manifest...>', 'manifests, YAML or JSON')
    .option('--check', 'write nothing; exit 1 where a manifest is in another layout')
    .option('--diff', 'write nothing; print what would change, and exit 1 where that is anything')
    .option('--drop-signature', 'format signed manifests too, without their signature: sign again')
    .addOption(keysOption())
    .addOption(formatOption())
    .addHelpText('after', LAYOUT)
    .action(async (manifests: string[], flags: Flags) => finish(await fmt(manifests, flags)));
  return withExamples(
    command,
    'intercept fmt policy.yaml',
    'intercept fmt policy.yaml --check --diff',
    'intercept fmt policy.yaml --drop-signature && intercept sign policy.yaml --key key.json',
  );
}

type Status = 'unchanged' | 'formatted' | 'differs' | 'refused';

interface Formatted {
  readonly file: string;
  readonly status: Status;
  /** Unified; empty where nothing changes. */
  readonly diff: string;
  readonly diagnostics: readonly Diagnostic[];
}

async function fmt(manifests: readonly string[], flags: Flags): Promise<ExitCode> {
  const done: Formatted[] = [];
  for (const manifest of new Set(manifests)) done.push(await formatOne(manifest, flags));
  const refused = done.some(({ status }) => status === 'refused');
  const differs = done.some(({ status }) => status === 'differs');
  if (flags.format === 'json') {
    const files = done.map(({ file, status, diff }) =>
      flags.diff === true ? { file, status, diff } : { file, status },
    );
    const diagnostics = done.flatMap((one) => one.diagnostics);
    conclude('json', { ok: !refused && !differs, diagnostics, value: { files } });
  }
  if (refused) return EXIT.input;
  return differs ? EXIT.findings : EXIT.fine;
}

async function formatOne(manifest: string, flags: Flags): Promise<Formatted> {
  const loaded = await loadInputs(manifest, flags.keys);
  const result = loaded.ok ? await formatLoaded(loaded.value, flags) : loaded;
  const done: Formatted = result.ok
    ? { ...result.value, diagnostics: essential(result.diagnostics) }
    : { file: manifest, status: 'refused', diff: '', diagnostics: essential(result.diagnostics) };
  if (flags.format === 'text') {
    complain(done.diagnostics, loaded.ok ? loaded.value.sources : undefined);
    print(textOf(done, flags));
  }
  return done;
}

const SAYINGS: Readonly<Record<Status, string>> = {
  unchanged: 'is in the canonical layout',
  formatted: 'formatted',
  differs: 'is not in the canonical layout',
  refused: '',
};

function textOf({ file, status, diff }: Formatted, flags: Flags): string {
  if (status === 'refused') return '';
  // The diff alone: an unchanged file adds nothing to it.
  if (flags.diff === true) return printableLines(diff);
  return `${printable(file)} ${SAYINGS[status]}\n`;
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

async function formatLoaded(
  loaded: Loaded,
  flags: Flags,
): Promise<Result<Omit<Formatted, 'diagnostics'>>> {
  const { name: file, bytes } = loaded.manifest;
  const parsed = await parse(loaded);
  if (!parsed.ok) return parsed;
  const { document } = parsed.value;
  const formatted = formatDocument(document, { dropSignature: flags.dropSignature === true });
  if (!formatted.ok) return failure(...parsed.diagnostics, ...formatted.diagnostics);
  const diff = unifiedDiff(file, document.text, formatted.value);
  const outcome = (status: Status): Result<Omit<Formatted, 'diagnostics'>> => ({
    ok: true,
    value: { file, status, diff },
    diagnostics: parsed.diagnostics,
  });
  const after = Buffer.from(formatted.value, 'utf8');
  if (after.equals(bytes)) return outcome('unchanged');
  if (flags.check === true || flags.diff === true) return outcome('differs');
  if (isSigned(document) && flags.dropSignature !== true) {
    return failure(...parsed.diagnostics, signed(parsed.value));
  }
  const problem = await replaceFile(file, after);
  return problem === null ? outcome('formatted') : failure(...parsed.diagnostics, problem);
}

/** With keys, verified first; without, it is said that nothing was. */
async function parse({ manifest, keys }: Loaded): Promise<Result<ParsedManifest>> {
  const { name: file, bytes } = manifest;
  if (keys !== undefined) {
    return verifyManifest(bytes, { file, keys: keys.bytes, keysFile: keys.name });
  }
  const parsed = parseManifest(bytes, { file });
  if (!parsed.ok) return parsed;
  const message = 'the signature was not checked, since no trusted keys were given';
  const unchecked = diagnostic('sign/unsigned-allowed', { message });
  return { ...parsed, diagnostics: [...parsed.diagnostics, unchecked] };
}

function signed({ document }: ParsedManifest): Diagnostic {
  return diagnostic('fmt/signed', {
    message: `${document.file} is signed, and is not in the canonical layout`,
    at: document.locate(['signature'], 'key'),
    hint: 'Format it with --drop-signature, then sign it again; --diff shows what would change.',
  });
}
