/** Findings as JUnit XML: a suite for each manifest, a test case for each finding, and one for the manifest as such. */

import { visible } from '../diagnostics/index.js';
import { wordsOf } from './text.js';
import type { Reported, ReportedFile } from './types.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Of an attribute. Characters that XML 1.0 has no place for are made visible first. */
function attribute(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** Of an element's text, which may have several lines. */
function content(text: string): string {
  return text.split('\n').map(attribute).join('\n');
}

/** What the run fails for is a failure; every other finding is a passed case that says its words. */
export function junitOf(files: readonly ReportedFile[]): string {
  const body = files.map(suite).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="intercept lint"${counts(files)}>\n${body}</testsuites>\n`;
}

function counts(files: readonly ReportedFile[]): string {
  const findings = files.flatMap((file) => file.findings);
  const failures = findings.filter(({ failing }) => failing).length;
  const errors = files.filter(({ examined }) => !examined).length;
  return ` tests="${findings.length + files.length}" failures="${failures}" errors="${errors}" skipped="0"`;
}

function suite(file: ReportedFile): string {
  const name = attribute(file.name);
  const own = `    <testcase classname="${name}" name="can be examined" file="${name}"`;
  const examined = file.examined
    ? `${own}/>\n`
    : `${own}><error message="it cannot be read, parsed or verified"/></testcase>\n`;
  const cases = file.findings.map((one) => testCase(name, one)).join('');
  return `  <testsuite name="${name}"${counts([file])}>\n${examined}${cases}  </testsuite>\n`;
}

function testCase(suiteName: string, { diagnostic, failing }: Reported): string {
  const { code, severity, message, file, line, column } = diagnostic;
  const at = line === undefined ? '' : ` ${line}:${column ?? 1}`;
  const place = ` file="${attribute(file)}"${line === undefined ? '' : ` line="${line}"`}`;
  const head = `    <testcase classname="${suiteName}" name="${attribute(code)}${at}"${place}>`;
  const words = content(wordsOf(diagnostic));
  const inner = failing
    ? `<failure type="${severity}" message="${attribute(message)}">${words}</failure>`
    : `<system-out>${words}</system-out>`;
  return `${head}${inner}</testcase>\n`;
}
