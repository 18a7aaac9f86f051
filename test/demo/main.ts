/**
 * `npm run demo`: the example manifest from keys to verdicts. Makes keys, signs, lints, compiles, builds the C and BPF
 * parts, asks all four runtimes the same, and fails where two of them disagree. Uses no network.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime } from '../../compiler/cli/runtimes/open.js';
import { RUNTIMES, type Runtime, type RuntimeName } from '../../compiler/cli/runtimes/types.js';
import { type Diagnostic, renderText } from '../../compiler/diagnostics/index.js';
import { type Compiled, compileManifest } from '../../compiler/index.js';
import { writeArtifacts } from '../../compiler/output/index.js';
import { packagePath } from '../../compiler/package-path.js';
import type { Decision } from '../../compiler/policy/index.js';
import { canonicalUrl } from '../../compiler/request/index.js';
import { generateKey, signManifest } from '../../compiler/verify/index.js';
import { GROUPS } from './requests.js';

const DAY_MS = 86_400_000;
const say = (text = ''): void => console.log(text);
const step = (name: string, text: string): void => say(`${name.padEnd(9)} ${text}`);

class DemoFailed extends Error {}

function valueOrFail<T>(
  result: { ok: true; value: T } | { ok: false; diagnostics: readonly Diagnostic[] },
): T {
  if (result.ok) return result.value;
  throw new DemoFailed(renderText(result.diagnostics));
}

/** The example, valid from now on: its own dates would make the demo end one day. */
function exampleText(): string {
  const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  const now = Date.now();
  return readFileSync(packagePath('schemas', 'examples', 'providers.yaml'), 'utf8')
    .replace(/^issued_at: .*$/m, `issued_at: ${time(now)}`)
    .replace(/^expires_at: .*$/m, `expires_at: ${time(now + 90 * DAY_MS)}`);
}

async function compiledExample(folder: string): Promise<Compiled> {
  const pair = await generateKey('EdDSA', 'demo-key');
  const keys = JSON.stringify({ keys: [pair.publicJwk] });
  step('keygen', `an Ed25519 key pair, id ${pair.publicJwk.kid}`);
  const signed = valueOrFail(
    await signManifest(
      exampleText(),
      'providers.yaml',
      JSON.stringify(pair.privateJwk),
      'key.json',
    ),
  );
  step('sign', 'schemas/examples/providers.yaml, dated from today');
  const compiled = await compileManifest(signed.text, { file: 'providers.yaml', keys });
  const value = valueOrFail(compiled);
  step('verify', `signature holds; policy ${value.policyId}`);
  step('lint', lintSummary(compiled.diagnostics));
  const { written } = valueOrFail(await writeArtifacts(folder, value.artifacts));
  step('compile', `${value.policy.rules.length} rules into ${written.length} files`);
  return value;
}

function lintSummary(diagnostics: readonly Diagnostic[]): string {
  const counts = new Map<string, number>();
  for (const { code } of diagnostics) counts.set(code, (counts.get(code) ?? 0) + 1);
  const found = [...counts].map(([code, count]) => `${count} ${code}`).join(', ');
  return found === '' ? 'nothing found' : `no errors; ${found}`;
}

async function openAll(compiled: Compiled): Promise<ReadonlyMap<RuntimeName, Runtime>> {
  const open = new Map<RuntimeName, Runtime>();
  for (const name of RUNTIMES) {
    const opened = await openRuntime(name, compiled);
    if (opened.ok) open.set(name, opened.value);
    else if (process.env['CI'] === 'true') throw new DemoFailed(renderText(opened.diagnostics));
    else step(name, `SKIPPED: ${opened.diagnostics.map(({ message }) => message).join('; ')}`);
  }
  step('runtimes', `${[...open.keys()].join(', ')}`);
  return open;
}

interface Row {
  readonly cells: readonly string[];
  readonly agree: boolean;
}

async function ask(
  runtimes: ReadonlyMap<RuntimeName, Runtime>,
  method: string,
  url: string,
): Promise<Row> {
  const request = canonicalUrl(url, method);
  if (!request.ok) throw new DemoFailed(`${url}: ${request.error.message}`);
  const sight = { ...request.value.host, port: request.value.port };
  const decisions: Decision[] = [];
  const verdicts = new Map<RuntimeName, string>();
  for (const [name, runtime] of runtimes) {
    const [verdict] = await runtime.verdicts([sight]);
    verdicts.set(name, verdict ?? 'none');
    const answer = runtime.decide?.(url, method);
    if (answer === undefined) continue;
    if ('error' in answer) throw new DemoFailed(`${name}: ${answer.error.message}`);
    decisions.push(answer.decision);
  }
  const [decision] = decisions;
  if (decision === undefined) throw new DemoFailed('the reference interpreter did not answer');
  const agree =
    new Set(verdicts.values()).size === 1 &&
    new Set(decisions.map((one) => JSON.stringify([one.action, one.rule, one.reason]))).size === 1;
  const cells = [`${method} ${url}`, decision.action, ruleText(decision)];
  return { cells: [...cells, ...RUNTIMES.map((name) => verdicts.get(name) ?? '-')], agree };
}

function ruleText({ rule, integrationId, reason }: Decision): string {
  if (reason !== undefined) return 'ambiguous path';
  return rule === null ? 'default' : `${rule} ${integrationId}`;
}

const HEADINGS = ['request', 'decision', 'rule', ...RUNTIMES];

async function printTable(runtimes: ReadonlyMap<RuntimeName, Runtime>): Promise<readonly Row[]> {
  const groups: { title: string; rows: Row[] }[] = [];
  for (const { title, requests } of GROUPS) {
    const rows: Row[] = [];
    for (const [method, url] of requests) rows.push(await ask(runtimes, method, url));
    groups.push({ title, rows });
  }
  const all = groups.flatMap(({ rows }) => rows);
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...all.map(({ cells }) => cells[at]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  const left = widths.slice(0, 3).reduce((sum, width) => sum + width + 2, 0);
  say(`${' '.repeat(left)}verdict on host and port, as each runtime gives it`);
  say(line(HEADINGS));
  say(line(widths.map((width) => '-'.repeat(width))));
  for (const { title, rows } of groups) {
    say(`\n${title}`);
    for (const { cells, agree } of rows) say(`${line(cells)}${agree ? '' : '   <-- DISAGREE'}`);
  }
  return all;
}

const LEGEND = `
decision   what happens to the request: execute = the broker sends it with the credential; deny; pass = untouched
verdict    what a runtime does at connect, where it sees host and port alone: capture = redirect to the gateway, which
           sees the whole request and carries out the decision; deny = refuse; pass = leave alone. No runtime ever
           passes a connection on which a request would be executed or denied.`;

const NEXT = `
Where to look next
  npx intercept init /tmp/p             your own starter: a manifest, keys, a policy test
  schemas/examples/providers.yaml       the manifest above, with comments
  README.md                             a tour in five minutes, the language, the limits
  npx intercept doctor                  what this machine can run, and how to get the rest`;

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'intercept-demo-'));
  let runtimes: ReadonlyMap<RuntimeName, Runtime> = new Map();
  try {
    const compiled = await compiledExample(folder);
    runtimes = await openAll(compiled);
    say();
    const rows = await printTable(runtimes);
    say(LEGEND);
    const wrong = rows.filter(({ agree }) => !agree).length;
    say(`\n${rows.length} requests, ${runtimes.size} runtimes, ${wrong} disagreements`);
    say(NEXT);
    return wrong === 0 ? 0 : 1;
  } finally {
    for (const runtime of runtimes.values()) await runtime.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof DemoFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
