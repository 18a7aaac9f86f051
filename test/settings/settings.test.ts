/** `.intercept.yaml`: what it may hold, and what it does to findings. */

import { describe, expect, it } from 'vitest';
import { diagnostic } from '../../compiler/diagnostics/index.js';
import {
  applySettings,
  readSettings,
  type Settings,
  type UsedWaivers,
  type Weighed,
  waiverFindings,
} from '../../compiler/settings/index.js';

function settingsOf(text: string): Settings {
  const read = readSettings(text, '.intercept.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}

const waiver = (code: string, rule: string | null, expires = '2026-12-31'): string =>
  `waivers:\n  - {code: ${code}, ${rule === null ? '' : `rule: ${rule}, `}reason: r, expires: ${expires}}\n`;

const now = new Date('2026-11-22T12:00:00Z');

function found(code: string, rule?: number, integrationId: string | null = null) {
  return { diagnostic: diagnostic(code, { message: 'm', rule }), integrationId };
}

/** What remains of findings, and what is said of the waivers. */
function outcome(
  text: string,
  findings: readonly Weighed<ReturnType<typeof diagnostic>>[],
  at = now,
) {
  const settings = settingsOf(text);
  const used: UsedWaivers = new Set();
  const left = applySettings(findings, settings, at, used);
  return {
    left: left.map(({ code, severity }) => `${severity} ${code}`),
    said: waiverFindings(settings, at, used).map(({ code, line }) => `${code} ${line}`),
  };
}

describe('a waiver', () => {
  const one = found('host/public-suffix', 4, 'openai');
  it('hides the findings of its code and rule, wherever the rule stands', () => {
    const text = waiver('host/public-suffix', 'openai');
    const moved = found('host/public-suffix', 0, 'openai');
    expect(outcome(text, [one, moved])).toEqual({ left: [], said: [] });
  });

  it('of another rule or code, or of no rule, hides nothing and is told to be unused', () => {
    for (const text of [
      waiver('host/public-suffix', 'other'),
      waiver('host/private-space', 'openai'),
      waiver('host/public-suffix', null),
    ]) {
      expect(outcome(text, [one])).toEqual({
        left: ['warning host/public-suffix'],
        said: ['waiver/unused 2'],
      });
    }
  });

  it('without a rule is for findings of no rule', () => {
    const text = waiver('policy/long-lived', null);
    expect(outcome(text, [found('policy/long-lived')])).toEqual({ left: [], said: [] });
  });

  it('holds to the end of its last day (UTC), and is a finding from then on', () => {
    const text = waiver('host/public-suffix', 'openai', '2026-11-22');
    const last = new Date('2026-11-22T23:59:59.999Z');
    expect(outcome(text, [one], last)).toEqual({ left: [], said: [] });
    expect(outcome(text, [one], new Date('2026-11-23T00:00:00Z'))).toEqual({
      left: ['warning host/public-suffix'],
      said: ['waiver/expired 2'],
    });
  });

  it('never hides what stops compile, nor a question left open', () => {
    for (const code of ['host/scheme', 'path/undecided']) {
      const { left, said } = outcome(waiver(code, 'openai'), [found(code, 0, 'openai')]);
      expect(left).toHaveLength(1);
      expect(said).toEqual(['waiver/unused 2']);
    }
  });

  it('is not called unused where not every manifest could be examined', () => {
    const settings = settingsOf(waiver('host/public-suffix', 'openai'));
    expect(waiverFindings(settings, now, 'unknown')).toEqual([]);
  });
});

describe('a severity', () => {
  it('takes the place of the usual one', () => {
    const text = 'severities: {host/public-suffix: error, rule/order-dependent: off}\n';
    const findings = [found('host/public-suffix'), found('rule/order-dependent')];
    expect(outcome(text, findings).left).toEqual(['error host/public-suffix']);
  });

  it('never weakens what stops compile', () => {
    const text = 'severities: {host/scheme: off, path/undecided: info}\n';
    const findings = [found('host/scheme'), found('path/undecided')];
    expect(outcome(text, findings).left).toEqual(['error host/scheme', 'warning path/undecided']);
  });

  it('weighs findings about waivers too', () => {
    const text = `severities: {waiver/unused: off}\n${waiver('host/public-suffix', 'x')}`;
    expect(outcome(text, []).said).toEqual([]);
  });
});

describe('a file that is wrong', () => {
  it.each([
    ['waiver: []\n', 'schema/unknown-key', 1, 1],
    ['severities: {host/scheme: fatal}\n', 'schema/enum', 1, 27],
    ['severities: {host/sheme: info}\n', 'settings/unknown-code', 1, 14],
    ['waivers: {}\n', 'schema/type', 1, 10],
    ['waivers:\n  - {code: host/scheme, expires: 2026-12-31}\n', 'schema/missing-key', 2, 5],
    ['waivers:\n  - {code: x, reason: r, expires: 2026-12-31}\n', 'settings/unknown-code', 2, 12],
    [waiver('host/scheme', 'a', '2026-02-30'), 'settings/bad-day', 2, 54],
    [waiver('host/scheme', 'a', '31.12.2026'), 'settings/bad-day', 2, 54],
    [
      'waivers:\n  - {code: host/scheme, reason: "", expires: 2026-12-31}\n',
      'schema/length',
      2,
      33,
    ],
    ['severities: {host/scheme: info, host/scheme: off}\n', 'source/duplicate-key', 1, 33],
  ])('%j', (text, code, line, column) => {
    const read = readSettings(text, '.intercept.yaml');
    expect(read.ok).toBe(false);
    expect(read.diagnostics[0]).toMatchObject({ code, line, column, file: '.intercept.yaml' });
  });
});
