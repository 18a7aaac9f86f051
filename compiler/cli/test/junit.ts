/** A run of policy tests as JUnit XML: one suite for each test file, one test case for each case and runtime. */

import { percentOf } from '../../policy-test/index.js';
import { printable } from '../console.js';
import { differenceText } from './differences.js';
import type { CaseResult, Check, ManifestResult } from './run.js';
import { belowThreshold, type Outcome, percentText } from './summary.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Of an attribute or a text. Characters that XML 1.0 has no place for are made visible first. */
function xml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly line: number | null;
  readonly body: 'passed' | { readonly skipped: string } | { readonly failed: string };
}

export function junitOf(outcome: Outcome): string {
  const suites = new Map<string, Entry[]>();
  for (const manifest of outcome.manifests) {
    for (const result of manifest.results) {
      const { file } = result.test;
      suites.set(file, [...(suites.get(file) ?? []), ...entriesOf(manifest, result)]);
    }
  }
  if (outcome.threshold !== undefined)
    suites.set('coverage', coverageEntries(outcome, outcome.threshold));
  const all = [...suites.values()].flat();
  const body = [...suites].map(([name, entries]) => suite(name, entries)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="intercept test"${counts(all)}>\n${body}</testsuites>\n`;
}

function entriesOf(manifest: ManifestResult, result: CaseResult): readonly Entry[] {
  const { name, at } = result.case;
  return result.checks.map((check) => ({
    name: `${name} [${check.runtime}]`,
    file: at.file,
    line: at.line,
    body: bodyOf(manifest, check),
  }));
}

function bodyOf({ runtimes }: ManifestResult, check: Check): Entry['body'] {
  if (check.status === 'passed') return 'passed';
  if (check.status === 'failed')
    return { failed: check.differences.map(differenceText).join('; ') };
  const presence = runtimes.find(({ runtime }) => runtime === check.runtime);
  return { skipped: presence?.available === false ? presence.reason : 'not run' };
}

function coverageEntries(outcome: Outcome, threshold: number): Entry[] {
  const low = new Set(belowThreshold(outcome));
  return outcome.manifests.map((manifest) => {
    const { rules, patterns } = manifest.coverage;
    const numbers = `rules ${percentText(percentOf(rules))}, patterns ${percentText(percentOf(patterns))}`;
    return {
      name: `${manifest.name} reaches ${threshold}%`,
      file: manifest.name,
      line: null,
      body: low.has(manifest) ? { failed: `${numbers}: below ${threshold}%` } : 'passed',
    };
  });
}

function counts(entries: readonly Entry[]): string {
  const bodies = entries.map(({ body }) => body);
  const failed = bodies.filter((body) => body !== 'passed' && 'failed' in body).length;
  const skipped = bodies.filter((body) => body !== 'passed' && 'skipped' in body).length;
  return ` tests="${entries.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
}

function suite(name: string, entries: readonly Entry[]): string {
  const cases = entries.map((entry) => testCase(name, entry)).join('');
  return `  <testsuite name="${xml(name)}"${counts(entries)}>\n${cases}  </testsuite>\n`;
}

function testCase(suiteName: string, { name, file, line, body }: Entry): string {
  const place = ` file="${xml(file)}"${line === null ? '' : ` line="${line}"`}`;
  const head = `    <testcase classname="${xml(suiteName)}" name="${xml(name)}"${place}`;
  if (body === 'passed') return `${head}/>\n`;
  const inner =
    'failed' in body
      ? `<failure message="${xml(body.failed)}"/>`
      : `<skipped message="${xml(body.skipped)}"/>`;
  return `${head}>${inner}</testcase>\n`;
}
