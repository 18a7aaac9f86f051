/** The C tables and the kernel give the verdicts that the tables say. */

import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Result } from '../../compiler/diagnostics/types.js';
import { emitBpfHeader } from '../../compiler/emit/bpf/index.js';
import { emitCHeader } from '../../compiler/emit/c/index.js';
import { openBpfRunner } from '../../runtime-bpf/runner.js';
import { openCRunner, type VerdictQuery, type VerdictRunner } from '../../runtime-c/runner.js';
import { randomQueries, randomTables } from './random-tables.js';
import { expectedVerdict, imageOf, ORIGINS, type Tables } from './tables.js';
import { available } from './tools.js';

const RUNTIMES = [
  {
    name: 'C',
    open: (all: readonly Tables[]) =>
      openCRunner(all.map((tables) => emitCHeader(imageOf(tables), ORIGINS))),
  },
  {
    name: 'BPF',
    open: (all: readonly Tables[]) =>
      openBpfRunner(all.map((tables) => emitBpfHeader(imageOf(tables), ORIGINS))),
  },
] satisfies { name: string; open: (all: readonly Tables[]) => Promise<Result<VerdictRunner>> }[];

const POLICIES = 24;
const SEED = 20261122;

const TABLES: Tables = {
  root: [[0, 'pass']],
  hosts: [
    {
      host: 'api.openai.com',
      ports: [
        [0, 'inherit'],
        [443, 'capture'],
        [444, 'inherit'],
      ],
    },
    {
      host: '*.openai.com',
      ports: [
        [0, 'deny'],
        [80, 'inherit'],
      ],
    },
    { host: '10.0.0.0/8', ports: [[0, 'deny']], dialled: [[0, 'deny']] },
    {
      host: '10.1.0.0/16',
      ports: [
        [0, 'inherit'],
        [443, 'capture'],
        [444, 'inherit'],
      ],
    },
    { host: 'fd00::/8', ports: [[0, 'deny']] },
  ],
};

describe.each(RUNTIMES)('$name', ({ open }) => {
  test('verdicts of a small policy', async (context) => {
    const runner = available(context, await open([TABLES]));
    onTestFinished(() => runner.close());
    const cases: [VerdictQuery, string][] = [
      [{ kind: 'name', host: 'api.openai.com', port: 443 }, 'capture'],
      [{ kind: 'name', host: 'api.openai.com', port: 79 }, 'deny'],
      [{ kind: 'name', host: 'api.openai.com', port: 80 }, 'pass'],
      [{ kind: 'name', host: 'openai.com', port: 1 }, 'pass'],
      [{ kind: 'name', host: 'xopenai.com', port: 1 }, 'pass'],
      [{ kind: 'name', host: 'x.y.openai.com', port: 1 }, 'deny'],
      [{ kind: 'name', host: '10.2.3.4', port: 443 }, 'deny'],
      [{ kind: 'address', ip: '10.1.3.4', port: 443 }, 'capture'],
      [{ kind: 'address', ip: '10.1.3.4', port: 444 }, 'deny'],
      [{ kind: 'dialled', ip: '10.1.3.4', port: 443 }, 'deny'],
      [{ kind: 'dialled', ip: 'fd00::1', port: 443 }, 'pass'],
      [{ kind: 'address', ip: 'fd00::1', port: 443 }, 'deny'],
      [{ kind: 'dialled', ip: '8.8.8.8', port: 443 }, 'pass'],
    ];
    const got = await runner.verdicts(cases.map(([query]) => query));
    expect(cases.map(([query], i) => [query, got[i]])).toEqual(cases);
  });

  test('what has no verdict is an error, and the next question is answered', async (context) => {
    const runner = available(context, await open([{ root: [[0, 'deny']], hosts: [] }]));
    onTestFinished(() => runner.close());
    const bad: VerdictQuery[] = [
      { kind: 'name', host: 'API.openai.com', port: 443 },
      { kind: 'name', host: 'a..b', port: 443 },
      { kind: 'name', host: '', port: 443 },
      { kind: 'name', host: 'a\nb', port: 443 },
      { kind: 'name', host: 'bücher.example', port: 443 },
      { kind: 'name', host: 'a.example', port: 0 },
      { kind: 'address', ip: 'fe80::1%eth0', port: 443 },
      { kind: 'address', ip: 'a.example', port: 443 },
    ];
    for (const query of bad) {
      await expect(runner.verdicts([query]), JSON.stringify(query)).rejects.toThrow();
    }
    expect(await runner.verdicts([{ kind: 'name', host: 'a.example', port: 443 }])).toEqual([
      'deny',
    ]);
  });

  test('random policies, as plain search decides them', { timeout: 300_000 }, async (context) => {
    const all = fc.sample(randomTables, { numRuns: POLICIES, seed: SEED });
    const runner = available(context, await open(all));
    onTestFinished(() => runner.close());
    let compared = 0;
    for (const [number, tables] of all.entries()) {
      const queries = fc.sample(randomQueries(tables), { numRuns: 20, seed: SEED + number }).flat();
      const got = await runner.verdicts(queries, number);
      queries.forEach((query, i) => {
        const wanted = expectedVerdict(tables, query);
        expect(got[i], `${JSON.stringify(query)} in ${JSON.stringify(tables)}`).toBe(wanted);
      });
      compared += queries.length;
    }
    expect(compared).toBeGreaterThan(5000);
  });
});
