import { Command } from 'commander';
import { verifyManifest } from '../../pipeline.js';
import { conclude, type Format, printable } from '../console.js';
import { EXIT, type ExitCode } from '../exit.js';
import { parseDuration, parseSerial } from '../input.js';
import { atOption, formatOption, keysOption, loadInputs, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly keys: string;
  readonly at?: Date;
  readonly minSerial?: number;
  readonly validFor?: number;
  readonly format: Format;
}

export function verifyCommand(finish: Finish): Command {
  const command = new Command('verify')
    .description('Verify the signature and the validity of a manifest.')
    .argument('<manifest>', 'manifest, YAML or JSON')
    .addOption(keysOption().makeOptionMandatory())
    .addOption(atOption())
    .option('--min-serial <n>', 'refuse a lower serial, and none', parseSerial)
    .option('--valid-for <duration>', 'refuse what expires sooner (14d, 12h)', parseDuration)
    .addOption(formatOption())
    .action(async (manifest: string, flags: Flags) => finish(await verify(manifest, flags)));
  return withExamples(
    command,
    'intercept verify policy.yaml --keys keys.json',
    'intercept verify policy.yaml --keys keys.json --min-serial 42 --valid-for 14d',
  );
}

async function verify(manifest: string, flags: Flags): Promise<ExitCode> {
  const loaded = await loadInputs(manifest, flags.keys);
  if (!loaded.ok || loaded.value.keys === undefined) {
    conclude(flags.format, { diagnostics: loaded.diagnostics });
    return EXIT.input;
  }
  const { keys, sources } = loaded.value;
  const { at, minSerial, validFor } = flags;
  const verified = await verifyManifest(loaded.value.manifest.bytes, {
    file: manifest,
    keys: keys.bytes,
    keysFile: keys.name,
    ...(at === undefined ? {} : { at }),
    ...(minSerial === undefined ? {} : { minSerial }),
    ...(validFor === undefined ? {} : { validForMs: validFor }),
  });
  if (!verified.ok) {
    conclude(flags.format, { diagnostics: verified.diagnostics, sources });
    return EXIT.input;
  }
  const { policyId, kid, manifest: head } = verified.value;
  const serial = head.serial ?? null;
  const until = head.expires_at;
  conclude(flags.format, {
    diagnostics: verified.diagnostics,
    sources,
    value: { policy_id: policyId, kid, serial, issued_at: head.issued_at, expires_at: until },
    text: `${printable(`verified ${manifest}: signed by ${kid}, serial ${serial ?? 'none'}, valid until ${until}`)}\npolicy   ${policyId}\n`,
  });
  return EXIT.fine;
}
