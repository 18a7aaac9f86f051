/** No text of a manifest breaks out of a literal, a comment or a template of generated code. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { bpfBackend } from '../../compiler/emit/bpf/index.js';
import { cBackend } from '../../compiler/emit/c/index.js';
import type { Matcher } from '../../compiler/emit/node/engine/index.mjs';
import { nodeBackend } from '../../compiler/emit/node/index.js';
import { compileManifest } from '../../compiler/index.js';
import { openBpfRunner } from '../../runtime-bpf/runner.js';
import { openCRunner } from '../../runtime-c/runner.js';
import { exact, imageOf, name, policyOf, rule } from '../support/policies.js';

const HOSTILE = [
  '"; process.exit(9); //',
  "'; process.exit(9); //",
  `\`\${process.exit(9)}\``,
  '\\',
  '\\"',
  "\\'",
  '*/ int main(void) { return 9; } /*',
  '*\\\n/',
  '// line\n#error out',
  '/* open',
  '??/',
  '??/\n#error trigraph',
  '%:include "x"',
  '</script><script>',
  '<!--',
  '{{engine}}',
  '{{#each rules}}',
  '{{{digest}}}',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'line\nfeed',
  'carriage\rreturn',
  'nul\0byte',
  'u\u2028s\u2029p',
  '\u202eoverride\u202c',
  '\u2066isolate\u2069',
  '\ufeffbom',
  '\ud83d\ude00',
  '\x1b[31mred',
  '$(touch /tmp/x)',
  '%n%s%d',
  '\\u0027',
  '\\x27',
  '\\\n',
];

const folder = mkdtempSync(join(tmpdir(), 'intercept-injection-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const require = createRequire(import.meta.url);

/** A canonical path that can be read in one way only. */
function pathOf(text: string): string {
  return `/${Buffer.from(text).toString('hex')}`;
}

const policies = HOSTILE.map((text) =>
  policyOf(
    [
      rule(0, [name('a.example')], {
        integrationId: text,
        provider: text,
        paths: [exact(pathOf(text))],
      }),
      rule(1, [name("q'!$&().example")], { integrationId: `x${text}`, action: 'deny', http: true }),
    ],
    {
      broker: {
        url: `https://broker.example/${encodeURIComponent(text)}`,
        host: { kind: 'name', name: 'broker.example' },
        port: 443,
      },
    },
  ),
);
const images = policies.map((policy) => imageOf(policy));

function originsOf(text: string) {
  return { file: text, compilerVersion: text, ruleLines: [1, 2], kid: text };
}

describe('Node', () => {
  test.each(HOSTILE.map((text, index) => [JSON.stringify(text), text, index] as const))(
    '%s',
    async (_shown, text, index) => {
      const artifacts = nodeBackend.emit(images[index]!, originsOf(text));
      for (const { path, bytes } of artifacts)
        writeFileSync(join(folder, `${index}-${path.replace('/', '-')}`), bytes);
      const esm: Matcher = await import(
        pathToFileURL(join(folder, `${index}-node-matcher.mjs`)).href
      );
      const cjs: Matcher = require(join(folder, `${index}-node-matcher.cjs`));
      for (const matcher of [esm, cjs]) {
        const path = pathOf(text);
        expect(matcher.decide('https', 'a.example', 443, 'GET', path)).toEqual({
          action: 'execute',
          rule: 0,
          integration_id: text,
        });
        expect(matcher.decide('https', 'a.example', 443, 'GET', '/other').action).toBe('pass');
        expect(matcher.decide('http', "q'!$&().example", 443, 'GET', '/').integration_id).toBe(
          `x${text}`,
        );
      }
      for (const { bytes } of artifacts)
        expect(
          Buffer.from(bytes).every((byte) => byte === 0x0a || (byte >= 0x20 && byte < 0x7f)),
        ).toBe(true);
    },
  );
});

const QUERIES = [
  { kind: 'name', host: 'a.example', port: 443 },
  { kind: 'name', host: "q'!$&().example", port: 443 },
  { kind: 'name', host: 'other.example', port: 443 },
] as const;

for (const [label, backend, open] of [
  ['C', cBackend, openCRunner],
  ['BPF', bpfBackend, openBpfRunner],
] as const) {
  test(`${label}: everything compiles and decides`, { timeout: 300_000 }, async (context) => {
    const headers = images.map((image, index) =>
      Buffer.from(backend.emit(image, originsOf(HOSTILE[index]!))[0]!.bytes).toString('utf8'),
    );
    const runner = await open(headers);
    if (!runner.ok) {
      if (process.env['CI'] === 'true')
        throw new Error(runner.diagnostics.map(({ message }) => message).join());
      return context.skip(runner.diagnostics.map(({ message }) => message).join());
    }
    for (const index of HOSTILE.keys()) {
      expect(await runner.value.verdicts(QUERIES, index)).toEqual(['capture', 'deny', 'pass']);
    }
    await runner.value.close();
  });
}

/** Every place of a manifest that takes text. */
const PLACES: readonly ((manifest: Manifest, text: string) => void)[] = [
  (m, text) => {
    m['description'] = text;
  },
  (m, text) => {
    m.match_rules[0]!['description'] = text;
  },
  (m, text) => {
    m.match_rules[0]!['integration_id'] = text;
  },
  (m, text) => {
    m.match_rules[0]!['provider'] = text;
  },
  (m, text) => {
    m.match_rules[0]!.match['hosts'] = [text];
  },
  (m, text) => {
    m.match_rules[0]!.match['methods'] = [text];
  },
  (m, text) => {
    m.match_rules[0]!.match['path_groups'] = [`/${text}`];
  },
  (m, text) => {
    m.match_rules[0]!.match['path_groups'] = [`^/${text}$`];
  },
  (m, text) => {
    m['broker_execute_url'] = `https://broker.example/${text}`;
  },
];

interface Manifest extends Record<string, unknown> {
  match_rules: (Record<string, unknown> & { match: Record<string, unknown> })[];
}

test('a whole manifest is refused with a diagnostic, or compiles to modules that load', {
  timeout: 300_000,
}, async () => {
  let accepted = 0;
  let refused = 0;
  for (const [at, place] of PLACES.entries()) {
    for (const [index, text] of HOSTILE.entries()) {
      const manifest: Manifest = {
        manifest_version: 1,
        issued_at: '2026-11-22T00:00:00Z',
        expires_at: '2026-12-22T00:00:00Z',
        broker_execute_url: 'https://broker.example/v1/execute',
        match_rules: [
          {
            integration_id: 'a',
            provider: 'p',
            match: { hosts: ['a.example'] },
            rewrite: { mode: 'execute', send_intended_url: true },
          },
        ],
      };
      place(manifest, text);
      const compiled = await compileManifest(JSON.stringify(manifest), {
        allowUnsigned: true,
        file: 'policy.json',
      });
      if (!compiled.ok) {
        refused++;
        expect(compiled.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
        continue;
      }
      accepted++;
      const file = join(folder, `m-${at}-${index}.cjs`);
      writeFileSync(
        file,
        compiled.value.artifacts.find(({ path }) => path === 'node/matcher.cjs')!.bytes,
      );
      const matcher: Matcher = require(file);
      expect(matcher.policy.policyId).toBe(compiled.value.policyId);
      expect(matcher.decide('https', 'unrelated.example', 443, 'GET', '/').action).toBe('pass');
    }
  }
  expect(refused).toBeGreaterThan(50);
  expect(accepted).toBeGreaterThan(50);
});
