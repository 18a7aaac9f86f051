/** Decisions in Node, side by side in one run: `npm run bench:node [-- SIZES]`. */

import { createMatcher } from '../../../compiler/emit/node/engine/index.mjs';
import { imageOf } from '../../support/policies.js';
import { limitHash } from './limit.js';
import { policyOfSize, requestsOf } from './workload.js';

const sizes = process.argv.slice(2).map(Number);
const REQUESTS = 8192;
const ROUNDS = 21;

type Run = () => number;

/** Median nanoseconds a decision, each implementation in turn, round by round. */
function measure(runs: Readonly<Record<string, Run>>): Record<string, number> {
  const times: Record<string, number[]> = {};
  for (let round = -3; round < ROUNDS; round++) {
    for (const [label, run] of Object.entries(runs)) {
      const start = process.hrtime.bigint();
      run();
      const spent = Number(process.hrtime.bigint() - start) / REQUESTS;
      times[label] ??= [];
      if (round >= 0) times[label]!.push(spent);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([label, list]) => [
      label,
      list.sort((a, b) => a - b)[list.length >> 1]!,
    ]),
  );
}

console.log(
  '| rules | implementation | ns/decision | of limit:hash parsed | of itself at the first size |',
);
console.log('|---|---|---|---|---|');
const first: Record<string, number> = {};
for (const size of sizes.length > 0 ? sizes : [10, 1000, 10_000, 100_000]) {
  const policy = policyOfSize(size);
  const matcher = createMatcher(imageOf(policy).bytes);
  const limit = limitHash(policy);
  const requests = requestsOf(size, REQUESTS);
  for (const r of requests) {
    const ours = matcher.decide(r.scheme, r.host, r.port, r.method, r.path).rule ?? -1;
    const theirs = limit(r.scheme, r.host, r.port, r.method, r.path);
    if (ours !== theirs || matcher.decideUrl(r.url, r.method).rule !== (ours < 0 ? null : ours)) {
      throw new Error(`disagreement on ${r.url}: ${ours} and ${theirs}`);
    }
  }
  let sink = 0;
  const medians = measure({
    'limit:hash parsed': () => {
      for (const r of requests) sink += limit(r.scheme, r.host, r.port, r.method, r.path);
      return sink;
    },
    'decide on parts': () => {
      for (const r of requests)
        sink += matcher.decide(r.scheme, r.host, r.port, r.method, r.path).rule ?? -1;
      return sink;
    },
    verdict: () => {
      for (const r of requests) sink += matcher.verdict(r.host, r.port).length;
      return sink;
    },
    'new URL alone': () => {
      for (const r of requests) sink += new URL(r.url).pathname.length;
      return sink;
    },
    decideUrl: () => {
      for (const r of requests) sink += matcher.decideUrl(r.url, r.method).rule ?? -1;
      return sink;
    },
  });
  for (const [label, median] of Object.entries(medians)) {
    first[label] ??= median;
    const ratio = (median / medians['limit:hash parsed']!).toFixed(2);
    console.log(
      `| ${size} | ${label} | ${median.toFixed(1)} | ${ratio} | ${(median / first[label]!).toFixed(2)} |`,
    );
  }
}
