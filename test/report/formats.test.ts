/** Machine formats of findings: their required structure, escapes, limits and fingerprints. */

import { describe, expect, it } from 'vitest';
import { diagnostic } from '../../compiler/diagnostics/index.js';
import { githubOf, junitOf, type Reported, sarifOf } from '../../compiler/report/index.js';

interface Parts {
  readonly code?: string;
  readonly message?: string;
  readonly line?: number;
  readonly file?: string;
  readonly integrationId?: string | null;
  readonly failing?: boolean;
}

function finding(parts: Parts = {}): Reported {
  const { code = 'host/public-suffix', message = 'm', line = 3, file = 'p.yaml' } = parts;
  const at = { file, line, column: 5, endLine: line + 1, endColumn: 2 };
  return {
    diagnostic: { ...diagnostic(code, { message, at, hint: 'h' }), file },
    integrationId: parts.integrationId === undefined ? 'openai' : parts.integrationId,
    failing: parts.failing ?? false,
  };
}

const files = (...findings: readonly Reported[]) => [{ name: 'p.yaml', examined: true, findings }];
const inRoot = (file: string): string => file;
const github = (...findings: readonly Reported[]): string => githubOf(files(...findings), inRoot);

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
      readonly region: Readonly<Record<string, number>>;
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly results: readonly SarifResult[];
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications?: readonly object[];
  }[];
}

function sarif(
  findings: readonly Reported[],
  pathFromRoot = (file: string): string | null => file,
) {
  const log = sarifOf(files(...findings), { pathFromRoot, version: '1.2.3' });
  const { runs } = JSON.parse(JSON.stringify(log)) as { runs: readonly [SarifRun] };
  expect(runs).toHaveLength(1);
  return runs[0];
}

const printsOf = (findings: readonly Reported[]): readonly string[] =>
  sarif(findings).results.map((one) => one.partialFingerprints['primaryLocationLineHash'] ?? '');

describe('sarif', () => {
  it('places each result and names its rule', () => {
    const run = sarif([finding(), finding({ code: 'host/scheme' })]);
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual([
      'host/public-suffix',
      'host/scheme',
    ]);
    const [first, second] = run.results;
    // Errors first: GitHub drops from the end.
    expect(first).toMatchObject({ ruleId: 'host/scheme', ruleIndex: 1, level: 'error' });
    expect(second).toMatchObject({ ruleId: 'host/public-suffix', ruleIndex: 0, level: 'warning' });
    expect(second?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'p.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 5, endLine: 4, endColumn: 2 },
    });
    expect(second?.message.text).toBe('m\nHint: h');
  });

  it('fingerprints stay when lines and words move, and tell findings apart', () => {
    const before = printsOf([finding(), finding({ integrationId: 'other' })]);
    const after = printsOf([
      finding({ line: 90, message: 'rule 7' }),
      finding({ line: 95, integrationId: 'other' }),
    ]);
    expect(after).toEqual(before);
    const all = printsOf([
      finding(),
      finding(),
      finding({ integrationId: 'other' }),
      finding({ integrationId: null }),
      finding({ file: 'q.yaml' }),
      finding({ code: 'host/private-space' }),
    ]);
    expect(new Set(all).size).toBe(6);
  });

  it('escapes paths as URIs, and gives what is outside of the repository as a file URI', () => {
    const uri = (file: string, path: string | null) =>
      sarif([finding({ file })], () => path).results[0]?.locations[0]?.physicalLocation
        .artifactLocation;
    expect(uri('x', 'a b/c#d:e%.yaml')?.uri).toBe('a%20b/c%23d%3Ae%25.yaml');
    const outside = uri('/tmp/x y.yaml', null);
    expect(outside).toEqual({ uri: 'file:///tmp/x%20y.yaml' });
  });

  it('keeps the 5000 results that GitHub keeps, errors before the rest, and says so', () => {
    const many = Array.from({ length: 5001 }, (_, line) => finding({ line: line + 1 }));
    const run = sarif([...many, finding({ code: 'host/scheme' })]);
    expect(run.results).toHaveLength(5000);
    expect(run.results[0]?.ruleId).toBe('host/scheme');
    expect(JSON.stringify(run.invocations[0]?.toolExecutionNotifications)).toContain('2 findings');
  });

  it('makes no link and no hidden text of a manifest', () => {
    const [one] = sarif([finding({ message: '[click](https://evil.example) \u202e' })]).results;
    expect(one?.message.text).toBe('\\[click\\](https://evil.example) <U+202E>\nHint: h');
    const [pattern] = sarif([finding({ message: '^/[^/]+$' })]).results;
    expect(pattern?.message.text).toContain('^/[^/]+$');
  });

  it('does not call a run successful that could not read a file', () => {
    const unread = [{ name: 'p.yaml', examined: false, findings: [] }];
    const log = sarifOf(unread, { pathFromRoot: inRoot, version: '1.2.3' });
    expect(JSON.stringify(log)).toContain('"executionSuccessful":false');
    expect(sarif([]).invocations[0]?.executionSuccessful).toBe(true);
  });
});

describe('github', () => {
  it('annotates where a finding begins', () => {
    expect(github(finding())).toBe(
      '::warning file=p.yaml,line=3,col=5,title=host/public-suffix::m%0AHint: h\n',
    );
  });

  it('escapes message and properties, each by its own rules', () => {
    const line = github(finding({ file: 'a,b:c%\n.yaml', message: '100%, a:b ::error::x' }));
    expect(line).toContain('file=a%2Cb%3Ac%25%0A.yaml,line');
    expect(line).toContain('::100%25, a:b ::error::x%0AHint');
    expect(line.trimEnd()).not.toContain('\n');
  });

  it('puts errors first, and makes a notice of a note', () => {
    const text = github(
      finding({ code: 'rule/order-dependent' }),
      finding(),
      finding({ code: 'host/scheme' }),
    );
    expect(text.match(/^::\w+/gm)).toEqual(['::error', '::warning', '::notice']);
  });

  it('names a file outside of the workspace in the message', () => {
    expect(githubOf(files(finding({ file: '/x/p.yaml' })), () => null)).toBe(
      '::warning title=host/public-suffix::/x/p.yaml: m%0AHint: h\n',
    );
  });
});

describe('junit', () => {
  it('fails for what the run fails for, and escapes', () => {
    const text = junitOf(files(finding({ failing: true, message: '<a> & "b" \u0007' }), finding()));
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites /);
    expect(text).toContain('tests="3" failures="1" errors="0"');
    expect(text).toContain('message="&lt;a&gt; &amp; &quot;b&quot; &lt;U+0007&gt;"');
    expect(text.match(/<failure /g)).toHaveLength(1);
    expect(text.match(/<system-out>/g)).toHaveLength(1);
  });

  it('has an error for a manifest that cannot be examined', () => {
    const text = junitOf([{ name: 'p.yaml', examined: false, findings: [] }]);
    expect(text).toContain('tests="1" failures="0" errors="1"');
    expect(text).toContain('<error ');
  });
});
