/** Size and work: large policies in seconds, entangled ones with a clear word; and how ranges are put together. */

import { describe, expect, it } from 'vitest';
import { codeSpan, differenceMarkdown } from '../../compiler/cli/diff/markdown.js';
import { differenceText } from '../../compiler/cli/diff/text.js';
import { comparePolicies } from '../../compiler/compare/index.js';
import type { Policy, Rule } from '../../compiler/policy/index.js';
import { policyOf as lowered, ruleOf } from '../policy/manifests.js';
import { any, exact, name, policyOf, prefix, rule } from '../support/policies.js';

const COUNT = 10_000;
const many = (one: (index: number) => Rule): Policy =>
  policyOf(Array.from({ length: COUNT }, (_, index) => one(index)));
const changed = (policy: Policy, index: number): Policy => ({
  ...policy,
  rules: policy.rules.map((one) => (one.index === index ? { ...one, integrationId: 'x' } : one)),
});

describe('ten thousand rules', () => {
  it.each<[string, Policy]>([
    ['of a host each', many((i) => rule(i, [name(`h${i}.example.com`)]))],
    ['of one host', many((i) => rule(i, [name('h.example.com')], { paths: [exact(`/${i}`)] }))],
    ['of every host', many((i) => rule(i, [any], { ports: [{ lo: i + 1, hi: i + 1 }] }))],
  ])('%s: the changed one is found, and nothing is left open', (_, policy) => {
    const started = performance.now();
    expect(comparePolicies(policy, policy)).toMatchObject({ equal: true });
    const found = comparePolicies(policy, changed(policy, 7000));
    expect(found).toMatchObject({ unfinished: false, undecided: [] });
    expect(found.changes).toMatchObject([
      { kind: 'other_integration', before: { rule: 7000 }, after: { rule: 7000 } },
    ]);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('all changed, none overlapping: each is found', () => {
    const policy = many((i) => rule(i, [name('h.example.com')], { paths: [prefix(`/${i}/`)] }));
    const after = {
      ...policy,
      rules: policy.rules.map((one) => ({ ...one, integrationId: `x${one.index}` })),
    };
    const found = comparePolicies(policy, after);
    expect(found.unfinished).toBe(false);
    expect(found.changes).toHaveLength(COUNT);
  });
});

describe('a bound that is reached', () => {
  it('of the whole comparison: never equal, and what was found holds', () => {
    const policy = many((i) => rule(i, [name(`h${i}.example.com`)]));
    const cut = comparePolicies(policy, changed(policy, 3), 20_000);
    expect(cut).toMatchObject({ equal: false, unfinished: true });
    expect(comparePolicies(policy, policy, 100)).toMatchObject({ equal: false, unfinished: true });
    expect(differenceText(cut, 'a', 'b')).toContain('too entangled to compare in full');
    expect(differenceMarkdown(cut, 'a', 'b')).toContain('too entangled to compare in full');
  });

  it('of one question: those requests are listed as undecided', () => {
    const hard = ['a', 'b', 'c', 'd'].map((c) => `^(?:.*${c}.{9})$`);
    const rules = [ruleOf({ path_groups: [...hard, '^.{0,40}$'] }, 'pass')];
    const before = lowered({ match_rules: rules });
    const after = lowered({ match_rules: [...rules, ruleOf({}, 'deny')] });
    const found = comparePolicies(before, after);
    expect(found).toMatchObject({ equal: false, changes: [], unfinished: false });
    expect(found.undecided).toMatchObject([
      { before: { action: 'pass' }, after: { action: 'deny' }, requests: { hosts: ['h.example'] } },
    ]);
    expect(differenceText(found, 'a', 'b')).toMatch(/1 undecided[\s\S]*too complex to compare/);
  });
});

describe('ranges', () => {
  const every = { schemes: ['http', 'https'] as ('http' | 'https')[], ports: ['1-65535'] };

  it('of another default: one change, as "*" goes past loopback and the broker', () => {
    const { changes } = comparePolicies(lowered({}), lowered({ default_action: 'deny' }));
    expect(changes.map(({ requests }) => requests)).toEqual([
      {
        hosts: ['*'],
        ports: ['1-65535'],
        schemes: ['https', 'http'],
        methods: ['*'],
        paths: ['*'],
      },
    ]);
  });

  it('of a new rule: what an earlier one decides is taken away', () => {
    const first = ruleOf({ ...every, hosts: ['a.test'], path_groups: ['/b/*', '/c'] }, 'deny', 'a');
    const last = ruleOf({ ...every, hosts: ['*.test'], methods: ['GET', 'PUT'] }, 'deny', 'b');
    const { changes } = comparePolicies(
      lowered({ match_rules: [first] }),
      lowered({ match_rules: [first, last] }),
    );
    expect(changes.map(({ requests: { hosts, paths } }) => ({ hosts, paths }))).toEqual([
      { hosts: ['*.test', '!a.test'], paths: ['*'] },
      { hosts: ['a.test'], paths: ['*', '!/b/*', '!/c'] },
    ]);
  });

  it('of two patterns that only overlap: both are named', () => {
    const of = (path: string, id: string) => ruleOf({ path_groups: [path] }, 'execute', id);
    const { changes } = comparePolicies(
      lowered({ match_rules: [of('^/[a-z]+/x$', 'a')] }),
      lowered({ match_rules: [of('/v/*', 'b')] }),
    );
    const both = changes.find(({ kind }) => kind === 'other_integration');
    expect(both?.requests.paths).toEqual(['^/[a-z]+/x$ & /v/*']);
    expect(both?.witness.url).toBe('https://h.example/v/x');
  });
});

describe('a code span', () => {
  it.each([
    ['a', '`a`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['a\nb', '`a<U+000A>b`'],
  ])('of %j is %s', (text, span) => {
    expect(codeSpan(text)).toBe(span);
  });
});
