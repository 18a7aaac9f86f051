/** Finds, reads and applies `.intercept.yaml`. */

import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import {
  applySettings,
  readSettings,
  type Settings,
  type UsedWaivers,
  waiverFindings,
} from '../../settings/index.js';
import { sourcesOf } from '../console.js';
import { readInput } from '../input.js';
import { type Linted, placed } from './examine.js';
import { gitRoot } from './root.js';

const FILE = '.intercept.yaml';

/**
 * The settings file of a manifest: beside it, or in the nearest folder above it up to the root of its repository;
 * undefined where there is none. Outside of a repository, beside it only.
 */
export function settingsFileOf(manifest: string): string | undefined {
  let folder = dirname(resolve(manifest));
  const top = gitRoot(folder) ?? folder;
  while (!existsSync(join(folder, FILE))) {
    if (folder === top) return undefined;
    folder = dirname(folder);
  }
  return relative('.', join(folder, FILE));
}

/** A manifest with the settings file that weighs its findings. */
export interface Governed {
  readonly linted: Linted;
  readonly settingsFile: string | undefined;
}

/** The manifests with weighed findings, and each settings file with what there is to say of it. */
export async function underSettings(
  governed: readonly Governed[],
  now: Date,
): Promise<readonly Linted[]> {
  const names = governed.flatMap(({ settingsFile }) => settingsFile ?? []);
  const weighed = new Map<Linted, Linted>();
  const ofSettings: Linted[] = [];
  for (const file of new Set(names)) {
    const under = governed.filter(({ settingsFile }) => settingsFile === file);
    const manifests = under.map(({ linted }) => linted);
    ofSettings.push(await applyFile(file, manifests, now, weighed));
  }
  return [...governed.map(({ linted }) => weighed.get(linted) ?? linted), ...ofSettings];
}

/** Weighs the findings of manifests by one file; what cannot be read weighs and waives nothing. */
async function applyFile(
  file: string,
  manifests: readonly Linted[],
  now: Date,
  weighed: Map<Linted, Linted>,
): Promise<Linted> {
  const input = await readInput(file);
  const base = { kind: 'settings', name: file, integrations: [] } as const;
  if (!input.ok) {
    const diagnostics = placed(file, input.diagnostics);
    return { ...base, examined: false, diagnostics, sources: new Map() };
  }
  const sources = sourcesOf(input.value);
  const settings = readSettings(input.value.bytes, file);
  const diagnostics = placed(file, settings.diagnostics);
  if (!settings.ok) return { ...base, examined: false, diagnostics, sources };
  const used: UsedWaivers = new Set();
  for (const one of manifests) weighed.set(one, weigh(one, settings.value, now, used));
  // Of a manifest that was refused not everything is known, so nothing is known to be unused.
  const complete = manifests.every(({ examined }) => examined);
  const ofWaivers = waiverFindings(settings.value, now, complete ? used : 'unknown');
  return {
    ...base,
    examined: true,
    diagnostics: [...diagnostics, ...placed(file, ofWaivers)],
    sources,
  };
}

function weigh(one: Linted, settings: Settings, now: Date, used: UsedWaivers): Linted {
  const findings = one.diagnostics.map((diagnostic) => ({
    diagnostic,
    integrationId:
      diagnostic.rule === undefined ? null : (one.integrations[diagnostic.rule] ?? null),
  }));
  return { ...one, diagnostics: applySettings(findings, settings, now, used) };
}
