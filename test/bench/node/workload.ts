/** Policies and requests of a given size, the same on every machine. */

import { compilePathRegex } from '../../../compiler/paths/index.js';
import type { PathPattern, Policy, Rule } from '../../../compiler/policy/types.js';
import { exact, name, policyOf, prefix, rule, suffix } from '../../support/policies.js';

export interface Request {
  readonly url: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
}

/** A small generator of numbers below `bound` (xorshift32), so that runs repeat. */
export function generator(seed: number): (bound: number) => number {
  let state = seed | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const WORDS = ['api', 'auth', 'data', 'files', 'mail', 'pay', 'queue', 'search', 'store', 'vault'];
const regex = compilePathRegex('^/v[0-9]+/files/[a-z0-9-]+(/content)?$');
if (!regex.ok) throw new Error('the bench regex was refused');
const REGEX: PathPattern = { kind: 'regex', source: regex.body, program: regex.program };

/** Rule i protects its own host; every tenth host is a wildcard. */
export function hostOf(i: number): string {
  return `${WORDS[i % 10]}${i}.svc${i % 97}.example${i % 7}.com`;
}

function pathsOf(i: number): readonly PathPattern[] {
  if (i % 3 === 0) return [prefix('/v1/')];
  if (i % 3 === 1) return [prefix('/v1/chat/'), exact('/v1/models')];
  return [REGEX];
}

export function policyOfSize(rules: number): Policy {
  const list: Rule[] = [];
  for (let i = 0; i < rules; i++) {
    const host = i % 10 === 9 ? suffix(hostOf(i)) : name(hostOf(i));
    list.push(
      rule(i, [host], { paths: pathsOf(i), methods: i % 2 === 0 ? null : ['GET', 'POST'] }),
    );
  }
  return policyOf(list);
}

const HIT_PATHS = ['/v1/items/12345', '/v1/chat/completions', '/v1/files/abc-123/content'];

/** Half hits, a quarter misses on a known host, a quarter unknown hosts. */
export function requestsOf(rules: number, count: number): Request[] {
  const next = generator(20261122);
  return Array.from({ length: count }, (_, n) => {
    const i = next(rules);
    const known = (i % 10 === 9 ? 'eu-1.' : '') + hostOf(i);
    const host = n % 4 === 3 ? `unknown${i}.site${i % 89}.example.net` : known;
    const path = n % 2 === 0 ? HIT_PATHS[i % 3]! : '/v2/other/resource/123';
    // Flat strings, as a parser makes them.
    const flat = (text: string): string => Buffer.from(text).toString('latin1');
    return {
      url: flat(`https://${host}${path}`),
      scheme: 'https',
      host: flat(host),
      port: 443,
      method: 'GET',
      path: flat(path),
    };
  });
}
