/** The protocol of `decide`: exactly the shapes of its table, one answer for each line, whatever the line. */

import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { intercept, starter } from '../support/intercept.js';

let manifest: readonly string[];
let folder: string;
beforeAll(async () => {
  folder = await starter();
  manifest = ['--manifest', join(folder, 'policy.yaml'), '--keys', join(folder, 'keys.json')];
});

async function answers(input: string | Uint8Array, runtime = 'reference'): Promise<string[]> {
  const run = await intercept(['decide', ...manifest, '--runtime', runtime], { input });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  return run.stdout === '' ? [] : run.stdout.replace(/\n$/, '').split('\n');
}

/** Lines that are no request, by the code of their answer. */
const REFUSED: readonly [string, string][] = [
  ['', 'request/bad-json'],
  ['   ', 'request/bad-json'],
  ['nonsense', 'request/bad-json'],
  ['{"url":"https://a.example/"', 'request/bad-json'],
  ['{"url":"https://a.example/"}{}', 'request/bad-json'],
  ['\ufeff{"url":"https://a.example/"}', 'request/bad-json'],
  ['null', 'request/bad-shape'],
  ['[]', 'request/bad-shape'],
  ['42', 'request/bad-shape'],
  ['"https://a.example/"', 'request/bad-shape'],
  ['{}', 'request/bad-shape'],
  ['{"url":"https://a.example/","x":1}', 'request/bad-shape'],
  ['{"URL":"https://a.example/"}', 'request/bad-shape'],
  ['{"method":"GET"}', 'request/bad-shape'],
  ['{"url":1}', 'request/bad-shape'],
  ['{"url":null}', 'request/bad-shape'],
  ['{"url":"https://a.example/","method":null}', 'request/bad-shape'],
  ['{"url":"https://a.example/","method":["GET"]}', 'request/bad-shape'],
  ['{"url":"https://api.openai.com/","url":"https://a.example/"}', 'request/bad-shape'],
  ['{"url":"https://a.example/","__proto__":{}}', 'request/bad-shape'],
  ['{"host":"a.example"}', 'request/bad-shape'],
  ['{"host":"a.example","port":"443"}', 'request/bad-shape'],
  ['{"host":"a.example","port":443.5}', 'request/bad-shape'],
  ['{"host":"a.example","port":null}', 'request/bad-shape'],
  ['{"host":["a.example"],"port":443}', 'request/bad-shape'],
  ['{"host":"a.example","ip":"1.2.3.4","port":443}', 'request/bad-shape'],
  ['{"ip":16909060,"port":443}', 'request/bad-shape'],
  ['{"host":"a.example","port":0}', 'request/bad-port'],
  ['{"host":"a.example","port":65536}', 'request/bad-port'],
  ['{"host":"a.example","port":-1}', 'request/bad-port'],
  ['{"host":"a.example","port":1e99}', 'request/bad-port'],
  ['{"host":"","port":443}', 'request/bad-host'],
  ['{"host":"a.example:443","port":443}', 'request/bad-host'],
  ['{"host":"user@a.example","port":443}', 'request/bad-host'],
  ['{"host":"a.example/x","port":443}', 'request/bad-host'],
  ['{"host":"a.example?x","port":443}', 'request/bad-host'],
  ['{"host":"a.example#x","port":443}', 'request/bad-host'],
  ['{"host":"%61.example","port":443}', 'request/bad-host'],
  ['{"host":"a\\\\b.example","port":443}', 'request/bad-host'],
  ['{"host":"a b.example","port":443}', 'request/bad-host'],
  ['{"host":"a\\u0000.example","port":443}', 'request/bad-host'],
  ['{"host":"fe80::1%eth0","port":443}', 'request/bad-host'],
  ['{"ip":"a.example","port":443}', 'request/bad-address'],
  ['{"ip":"0x7f.1","port":443}', 'request/bad-address'],
  ['{"ip":"1.2.3","port":443}', 'request/bad-address'],
  ['{"ip":"01.2.3.4","port":443}', 'request/bad-address'],
  ['{"ip":"fe80::1%eth0","port":443}', 'request/bad-address'],
  ['{"ip":"","port":443}', 'request/bad-address'],
  ['{"url":"api.openai.com"}', 'request/bad-url'],
  ['{"url":""}', 'request/bad-url'],
  ['{"url":"ftp://a.example/"}', 'request/bad-scheme'],
  ['{"url":"javascript:alert(1)"}', 'request/bad-scheme'],
  ['{"url":"https://a.example/","method":"G ET"}', 'request/bad-method'],
  ['{"url":"https://a.example/","method":""}', 'request/bad-method'],
];

describe('lines that are no request', () => {
  it.each(['reference', 'node'])(
    'are answered one by one, and the run goes on (%s)',
    async (runtime) => {
      const good = '{"host":"api.openai.com","port":443}';
      const told = await answers(REFUSED.map(([line]) => `${line}\n${good}\n`).join(''), runtime);
      expect(told).toHaveLength(REFUSED.length * 2);
      REFUSED.forEach(([line, code], at) => {
        const answer: unknown = JSON.parse(told[at * 2]!);
        expect(answer, line).toMatchObject({
          error: { code, message: expect.stringMatching(/./) },
        });
        expect(Object.keys(answer as object), line).toEqual(['error']);
        expect(told[at * 2 + 1], line).toBe('{"verdict":"capture"}');
      });
    },
  );

  it('may be no UTF-8, very long, or hold a carriage return', async () => {
    const long = `{"url":"https://a.example/${'x'.repeat(2 << 20)}"}`;
    const input = Buffer.concat([
      Buffer.from('{"url":"https://a.example/\xff"}\n', 'latin1'),
      Buffer.from(`${long}\n`),
      Buffer.from('{"host":"api.openai.com","port":443}\r\n'),
    ]);
    const told = (await answers(input)).map((line) => JSON.parse(line));
    expect(told).toMatchObject([
      { error: { code: 'request/bad-json' } },
      { error: { code: 'request/bad-json' } },
      { verdict: 'capture' },
    ]);
  });
});

describe('lines that are requests', () => {
  it('are answered in every spelling, in order', async () => {
    const cases: readonly [object, unknown][] = [
      [
        { url: 'https://API.OpenAI.com./v1' },
        { action: 'execute', rule: 0, integration_id: 'openai' },
      ],
      [{ url: 'wss://api.openai.com' }, { action: 'execute', rule: 0, integration_id: 'openai' }],
      [
        { url: 'https://api.openai.com/', method: 'purge' },
        { action: 'execute', rule: 0, integration_id: 'openai' },
      ],
      [{ url: 'http://api.openai.com/' }, { action: 'pass', rule: null, integration_id: null }],
      [
        { url: 'http://0xa9fea9fe/' },
        { action: 'deny', rule: 1, integration_id: 'metadata-service' },
      ],
      [{ host: 'API.OPENAI.COM.', port: 443 }, { verdict: 'capture' }],
      [{ host: '[fd00:ec2::254]', port: 443 }, { verdict: 'deny' }],
      [{ host: 'fd00:ec2:0:0::254', port: 443 }, { verdict: 'deny' }],
      [{ host: '0xa9fea9fe', port: 80 }, { verdict: 'deny' }],
      [{ ip: '::ffff:169.254.169.254', port: 80 }, { verdict: 'deny' }],
      [{ ip: '198.51.100.1', port: 443 }, { verdict: 'pass' }],
    ];
    const input = cases.map(([line]) => `${JSON.stringify(line)}\n`).join('');
    for (const runtime of ['reference', 'node']) {
      const told = (await answers(input, runtime)).map((line) => JSON.parse(line));
      expect(told).toEqual(cases.map(([, answer]) => answer));
    }
  });

  it('need no line feed at the end, and there may be none', async () => {
    expect(await answers('{"host":"api.openai.com","port":443}')).toEqual([
      '{"verdict":"capture"}',
    ]);
    expect(await answers('')).toEqual([]);
  });

  it('are answered as they come', async () => {
    const { spawn } = await import('node:child_process');
    const { entry } = await import('../support/intercept.js');
    const child = spawn(process.execPath, [entry, 'decide', ...manifest]);
    const answered = new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    child.stdin.write('{"host":"api.openai.com","port":443}\n');
    // Standard input stays open: the answer must not wait for its end.
    expect(await answered).toBe('{"verdict":"capture"}\n');
    child.stdin.end();
    await new Promise((resolve) => child.once('close', resolve));
  });
});

describe('compiled artefacts', () => {
  it('are asked as they lie in their folder', async () => {
    const out = join(folder, 'build');
    const args = ['compile', join(folder, 'policy.yaml'), '--keys', join(folder, 'keys.json')];
    expect((await intercept([...args, '--out', out])).code).toBe(0);
    const input =
      '{"url":"https://api.openai.com/v1/models"}\n{"host":"api.openai.com","port":443}\n';
    const run = await intercept(['decide', '--policy', out, '--runtime', 'node'], { input });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('"execute"');
    expect(run.stderr).toContain('not against keys');
  });

  it('are refused where they do not fit their lock', async () => {
    const { writeFileSync } = await import('node:fs');
    const out = join(folder, 'build2');
    const args = ['compile', join(folder, 'policy.yaml'), '--keys', join(folder, 'keys.json')];
    expect((await intercept([...args, '--out', out])).code).toBe(0);
    writeFileSync(join(out, 'node', 'matcher.mjs'), 'export const verdict = () => "pass";\n');
    const run = await intercept(['decide', '--policy', out, '--runtime', 'node']);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('output/lock');
  });

  it('must have been compiled for the runtime', async () => {
    const out = join(folder, 'build3');
    const args = ['compile', join(folder, 'policy.yaml'), '--keys', join(folder, 'keys.json')];
    expect((await intercept([...args, '--out', out, '--target', 'node'])).code).toBe(0);
    const run = await intercept(['decide', '--policy', out, '--runtime', 'c']);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('output/missing');
  });
});
