/** Whether an answer is what a case expects: what the file says first, then what the reference says. */

import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type Case,
  differencesOf,
  readPolicyTest,
} from '../../compiler/policy-test/index.js';

function caseOf(entry: string, list = 'requests'): Case {
  const read = readPolicyTest(`manifest: p.yaml\n${list}:\n  - ${entry}\n`, 'p.test.yaml');
  if (!read.ok) throw new Error(read.diagnostics.map(({ message }) => message).join('; '));
  return read.value.cases[0]!;
}

const executed: Answer = {
  decision: { action: 'execute', rule: 2, integrationId: 'a' },
  verdict: 'capture',
};
const passed: Answer = {
  decision: { action: 'pass', rule: null, integrationId: null },
  verdict: 'pass',
};
const ambiguous: Answer = {
  decision: { action: 'deny', rule: null, integrationId: null, reason: 'ambiguous_path' },
  verdict: 'capture',
};

/** What differs, as `what: expected/got (by)`, for an answer that the reference shares. */
function differences(entry: string, answer: Answer): readonly string[] {
  const found = differencesOf(
    caseOf(`{url: "https://a.example/", ${entry}}`),
    'reference',
    answer,
    answer,
  );
  return found.map(({ what, expected, got, by }) => `${what}: ${expected}/${got} (${by})`);
}

describe('a request', () => {
  it.each<[string, Answer]>([
    ['action: execute', executed],
    ['action: execute, rule: a', executed],
    ['action: execute, rule: 2, integration_id: a, reason: null, verdict: capture', executed],
    ['action: pass, rule: null, integration_id: null', passed],
    ['action: deny, reason: ambiguous_path, rule: null', ambiguous],
  ])('is as expected: %s', (entry, answer) => {
    expect(differences(entry, answer)).toEqual([]);
  });

  it.each<[string, Answer, readonly string[]]>([
    ['action: deny', executed, ['action: deny/execute (test)']],
    ['action: execute, rule: b', executed, ['rule: b/a (test)']],
    ['action: execute, rule: 0', executed, ['rule: 0/2 (test)']],
    ['action: execute, rule: null', executed, ['rule: null/2 (test)']],
    ['action: pass, rule: a', passed, ['rule: a/null (test)']],
    ['action: execute, integration_id: null', executed, ['integration_id: null/a (test)']],
    ['action: deny, reason: null', ambiguous, ['reason: null/ambiguous_path (test)']],
    ['action: execute, reason: ambiguous_path', executed, ['reason: ambiguous_path/null (test)']],
    ['action: execute, verdict: pass', executed, ['verdict: pass/capture (test)']],
    [
      'action: execute, verdict: {reference: deny, c: pass}',
      executed,
      ['verdict: deny/capture (test)'],
    ],
  ])('is not: %s', (entry, answer, expected) => {
    expect(differences(entry, answer)).toEqual(expected);
  });

  it('must be decided in all parts as the reference decides it, where the test says nothing', () => {
    const one = caseOf('{url: "https://a.example/", action: execute}');
    const other: Answer = {
      ...executed,
      decision: { ...executed.decision!, rule: 1, integrationId: 'b' },
    };
    expect(differencesOf(one, 'node', other, executed)).toEqual([
      { what: 'rule', expected: 2, got: 1, by: 'reference' },
      { what: 'integration_id', expected: 'a', got: 'b', by: 'reference' },
    ]);
  });

  it('must get the verdict of the reference from runtimes that see connections only', () => {
    const one = caseOf('{url: "https://a.example/", action: execute}');
    expect(differencesOf(one, 'c', { decision: null, verdict: 'pass' }, executed)).toEqual([
      { what: 'verdict', expected: 'capture', got: 'pass', by: 'reference' },
    ]);
  });
});

describe('a connection', () => {
  it('is judged by the runtimes that the case names, and by the reference elsewhere', () => {
    const one = caseOf('{host: a.example, port: 1, verdict: {c: deny}}', 'verdicts');
    const reference: Answer = { decision: null, verdict: 'pass' };
    expect(differencesOf(one, 'c', { decision: null, verdict: 'deny' }, reference)).toEqual([]);
    expect(differencesOf(one, 'c', reference, reference)).toMatchObject([{ by: 'test' }]);
    expect(differencesOf(one, 'bpf', reference, reference)).toEqual([]);
    expect(differencesOf(one, 'bpf', { decision: null, verdict: 'deny' }, reference)).toMatchObject(
      [{ by: 'reference' }],
    );
  });
});
