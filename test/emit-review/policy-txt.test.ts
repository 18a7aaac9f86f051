/** `policy.txt`: what a reviewer reads, and that no text of a manifest can add to it. */

import { describe, expect, it } from 'vitest';
import { enforceability } from '../../compiler/analyse/index.js';
import { emitReview, LISTED_ENTRIES, LISTED_RULES } from '../../compiler/emit/review/index.js';
import { lowerManifest } from '../../compiler/lower/index.js';
import { sightOf, verdictOf } from '../../compiler/policy/index.js';
import type { Policy } from '../../compiler/policy/types.js';
import { canonicalHost } from '../../compiler/request/index.js';
import { HEAD, locatePath, policyOf as lowered, POLICY_ID } from '../policy/manifests.js';
import { exact, imageOf, name, policyOf, rule } from '../support/policies.js';

function review(policy: Policy, more: { signed?: boolean; file?: string } = {}): string {
  const origins = {
    file: more.file ?? 'policy.yaml',
    compilerVersion: '0.1.0',
    ruleLines: policy.rules.map(({ index }) => 10 + index * 5),
    kid: more.signed === false ? null : 'policy-2026',
  };
  const artifact = emitReview(
    imageOf(policy, more.signed ?? true),
    origins,
    enforceability(policy),
  );
  expect(artifact.path).toBe('policy.txt');
  return new TextDecoder('utf-8', { fatal: true }).decode(artifact.bytes);
}

const POLICY = lowered({
  serial: 42,
  default_action: 'deny',
  match_rules: [
    {
      integration_id: 'openai',
      provider: 'openai',
      match: {
        hosts: ['api.openai.com', '*.openai.azure.com'],
        methods: ['get', 'POST'],
        path_groups: ['/v1/models', '/v1/chat/*', '^/v1/files/[a-z0-9-]+\\.json$'],
      },
    },
    {
      integration_id: 'metadata',
      provider: 'cloud',
      match: {
        hosts: ['169.254.169.254', 'fd00:ec2::254', '10.0.0.0/8'],
        schemes: ['http', 'https'],
        ports: ['1-65535'],
      },
      action: 'deny',
    },
    {
      integration_id: 'db',
      provider: 'local',
      match: { hosts: ['localhost'], schemes: ['http'], ports: [5984, '6000-6010'] },
      action: 'deny',
    },
    {
      integration_id: 'lan',
      provider: 'lan',
      match: { hosts: ['192.168.0.0/16'], path_groups: ['/x'] },
      action: 'deny',
    },
    {
      integration_id: 'registry',
      provider: 'r',
      match: { hosts: ['*'], ports: [8443] },
      action: 'pass',
    },
  ],
});

describe('policy.txt', () => {
  it('shows head, rules, enforcement and verdicts', async () => {
    const text = review(POLICY).replace(imageOf(POLICY).digest, '<digest of the image>');
    expect(text).toContain('<digest of the image>');
    await expect(text).toMatchFileSnapshot('golden/policy.txt');
  });

  it('is printable ASCII', () => {
    expect(review(POLICY)).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('says unsigned', () => {
    expect(review(POLICY, { signed: false })).toContain('signed      NO: compiled unsigned');
  });

  it('shows an empty policy', () => {
    const text = review(policyOf([]));
    expect(text).toContain('\nnone\n');
    expect(text).toContain('*                                     1-65535 pass');
  });

  it('names every rule with its line', () => {
    const text = review(POLICY);
    for (const { index, action, integrationId } of POLICY.rules) {
      expect(text).toContain(
        `\nrule ${index}  policy.yaml:${10 + index * 5}  ${action}  ${integrationId}\n`,
      );
    }
  });
});

describe('the table of hosts', () => {
  const rows = review(POLICY)
    .split('\nHOSTS ')[1]!
    .split('\n')
    .flatMap((line) => /^(\S+?)(, dialled for a name)? {2,}(\d.*)$/.exec(line) ?? []);

  it.each([1, 80, 443, 5984, 6005, 8443, 65535])('agrees with the reference at port %i', (port) => {
    let asked = 0;
    for (let i = 0; i < rows.length; i += 4) {
      const [, host, dialled, verdicts] = rows.slice(i, i + 4);
      if (host === '*') continue;
      const known = canonicalHost(host!.replace(/^\*/, 'x').replace(/\/\d+$/, ''));
      if (!known.ok) throw new Error(host);
      const sight =
        dialled !== undefined && known.value.kind === 'address'
          ? ({ kind: 'dialled', address: known.value.address, port } as const)
          : sightOf(known.value, port);
      expect(verdictIn(verdicts!, port), `${host} ${dialled ?? ''}`).toBe(verdictOf(POLICY, sight));
      asked++;
    }
    expect(asked).toBe(13);
  });
});

/** The verdict of a port in a row such as `1-442 pass, 443 capture`. */
function verdictIn(row: string, port: number): string | undefined {
  for (const item of row.split(', ')) {
    const [, lo, hi, verdict] = /^(\d+)(?:-(\d+))? (\w+)$/.exec(item)!;
    if (Number(lo) <= port && port <= Number(hi ?? lo)) return verdict;
  }
  return undefined;
}

describe('hostile texts', () => {
  const TEXTS = [
    'policy.yaml\nrule 9  policy.yaml:1  pass  fake',
    'a\r\nb',
    'a\u2028b',
    'a\u202eb',
    'a\u0000b',
    '{{this}}',
    '{{#each rules}}',
    '\u001b[31m',
    '</script>',
    '*/',
  ];

  it.each(TEXTS)('file name %j makes no line of its own', (file) => {
    const plain = review(POLICY).split('\n');
    const text = review(POLICY, { file });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(text.split('\n')).toHaveLength(plain.length);
  });

  it('paths and regexes make none either', () => {
    const match = {
      hosts: ['h.example'],
      path_groups: ['/{{x}}', '^/[\\n\u2028\u00e9]x$', '/\u202e'],
    };
    const made = lowerManifest(
      { ...HEAD, match_rules: [{ integration_id: 'a', provider: 'p', match }] },
      locatePath,
      POLICY_ID,
    );
    if (!made.ok) throw new Error(made.diagnostics[0]!.message);
    const text = review(made.value);
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(text).toContain('^/[\\n\\u{2028}\\u{e9}]x$');
  });
});

describe('large policies', () => {
  it('are one line a rule, without the table of hosts', () => {
    const count = Math.max(LISTED_ENTRIES, LISTED_RULES) + 1;
    const rules = Array.from({ length: count }, (_, i) =>
      rule(i, [name(`h${i}.example`)], { paths: [1, 2, 3, 4, 5].map((n) => exact(`/${n}`)) }),
    );
    const text = review(policyOf(rules));
    expect(text).toContain(
      `\nrule 7  policy.yaml:45  execute  i7 | h7.example | https 443 | all methods | /1, /2, /3 and 2 more | node exact, c by the gateway, bpf opaque\n`,
    );
    expect(text).toContain('too many to list');
    expect(text.split('\n').length).toBeLessThan(count + 40);
  });
});
