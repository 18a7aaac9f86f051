/**
 * Run by plain Node: `timing.js FOLDER [PEERS]`. FOLDER holds a generated module, `policy.json` and `requests.json`; PEERS is
 * a folder with routers installed. Prints nanoseconds a decision, round by round, each implementation in turn.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Matcher } from '../../../compiler/emit/node/engine/index.mjs';
import type { Policy } from '../../../compiler/policy/types.js';
import { limitHash } from './limit.js';
import { loadPeers } from './peers.js';
import type { Request } from './workload.js';

const WARM = 5;
const ROUNDS = 31;

export interface Timing {
  readonly label: string;
  /** Nanoseconds a decision. */
  readonly rounds: readonly number[];
  /** Requests that it decides as the generated module does. */
  readonly agree: number;
  readonly setupMs: number;
}

interface Contender {
  readonly label: string;
  readonly run: () => number;
  readonly agree: number;
  readonly setupMs: number;
}

const [folder, peersFolder] = process.argv.slice(2) as [string, string | undefined];
const readJson = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const policy = readJson('policy.json') as Pick<Policy, 'rules'>;
// One-byte strings of their own, as a parser makes them.
const flat = (text: string): string => Buffer.from(text).toString('latin1');
const requests = (readJson('requests.json') as Request[]).map((r) => ({
  ...r,
  url: flat(r.url),
  host: flat(r.host),
  path: flat(r.path),
}));
const ours: Matcher = await import(pathToFileURL(join(folder, 'node', 'matcher.mjs')).href);
const limit = limitHash(policy);

const decided = requests.map(
  (r) => ours.decide(r.scheme, r.host, r.port, r.method, r.path).rule ?? -1,
);
requests.forEach((r, i) => {
  const byUrl = ours.decideUrl(r.url, r.method).rule ?? -1;
  const byLimit = limit(r.scheme, r.host, r.port, r.method, r.path);
  if (byUrl !== decided[i] || byLimit !== decided[i])
    throw new Error(`disagreement on ${r.url}: ${decided[i]}, ${byUrl}, ${byLimit}`);
});

let sink = 0;
const contender = (label: string, run: () => number): Contender => ({
  label,
  run,
  agree: requests.length,
  setupMs: 0,
});
const contenders: Contender[] = [
  contender('limit:hash parsed', () => {
    for (const r of requests) sink += limit(r.scheme, r.host, r.port, r.method, r.path);
    return sink;
  }),
  contender('decide on parts', () => {
    for (const r of requests)
      sink += ours.decide(r.scheme, r.host, r.port, r.method, r.path).rule ?? -1;
    return sink;
  }),
  contender('verdict', () => {
    for (const r of requests) sink += ours.verdict(r.host, r.port).length;
    return sink;
  }),
  contender('new URL alone', () => {
    for (const r of requests) sink += new URL(r.url).pathname.length;
    return sink;
  }),
  contender('decideUrl', () => {
    for (const r of requests) sink += ours.decideUrl(r.url, r.method).rule ?? -1;
    return sink;
  }),
];

for (const peer of peersFolder === undefined ? [] : await loadPeers(peersFolder, policy.rules)) {
  const { find, encode, label, setupMs } = peer;
  const paths = requests.map((r) => flat(encode(r.host, r.path)));
  const agree = requests.filter((r, i) => find(r.method, paths[i]!) === decided[i]).length;
  const fromParts = (): number => {
    for (const r of requests) sink += find(r.method, encode(r.host, r.path));
    return sink;
  };
  const encoded = (): number => {
    for (let i = 0; i < requests.length; i++) sink += find(requests[i]!.method, paths[i]!);
    return sink;
  };
  contenders.push({ label, run: fromParts, agree, setupMs });
  contenders.push({ label: `${label}, encoded before`, run: encoded, agree, setupMs });
}

const times = contenders.map((): number[] => []);
for (let round = -WARM; round < ROUNDS; round++) {
  contenders.forEach(({ run }, index) => {
    const start = process.hrtime.bigint();
    run();
    const spent = Number(process.hrtime.bigint() - start) / requests.length;
    if (round >= 0) times[index]!.push(spent);
  });
}
const result: Timing[] = contenders.map(({ label, agree, setupMs }, index) => ({
  label,
  rounds: times[index]!,
  agree,
  setupMs,
}));
console.log(JSON.stringify(result));
