/**
 * Routers as peers. They know paths alone, so a host becomes the front of one: labels from the last to the first, then `_`,
 * then the request's path. They match a wildcard of one label only, and know neither scheme nor port.
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { PathPattern, Rule } from '../../../compiler/policy/types.js';

export interface Peer {
  readonly label: string;
  readonly setupMs: number;
  readonly encode: (host: string, path: string) => string;
  /** Number of the rule, or -1. */
  readonly find: (method: string, encoded: string) => number;
}

/** The versions that perf.md's baselines have. */
export const PEER_PACKAGES = ['find-my-way@9.10.1', 'hono@4.13.19'];
const METHODS = ['GET', 'POST'];

const encode = (host: string, path: string): string =>
  `/${host.split('.').reverse().join('/')}/_${path}`;

interface Handler {
  (): void;
  rule: number;
}

interface FindMyWay {
  on(method: readonly string[], path: string, handler: Handler): void;
  find(method: string, path: string): { readonly handler: Handler } | null;
}

interface TrieRouter {
  add(method: string, path: string, handler: number): void;
  match(method: string, path: string): readonly [readonly (readonly [number, unknown])[]];
}

/** Reads packages that were installed into `folder`. */
export async function loadPeers(folder: string, rules: readonly Rule[]): Promise<readonly Peer[]> {
  const require = createRequire(join(folder, 'package.json'));
  const create = require('find-my-way') as (options: object) => FindMyWay;
  const { TrieRouter } = require('hono/router/trie-router') as { TrieRouter: new () => TrieRouter };
  return [findMyWay(create({ caseSensitive: true }), rules), hono(new TrieRouter(), rules)];
}

function findMyWay(router: FindMyWay, rules: readonly Rule[]): Peer {
  const start = performance.now();
  for (const { index, path, methods } of routesOf(rules, (name, regex) => `:${name}(^${regex}$)`)) {
    const handler: Handler = Object.assign(() => {}, { rule: index });
    router.on(methods ?? METHODS, path, handler);
  }
  const find = (method: string, path: string): number =>
    router.find(method, path)?.handler.rule ?? -1;
  return { label: 'find-my-way', setupMs: performance.now() - start, encode, find };
}

function hono(router: TrieRouter, rules: readonly Rule[]): Peer {
  const start = performance.now();
  for (const { index, path, methods } of routesOf(rules, (name, regex) => `:${name}{${regex}}`)) {
    for (const method of methods ?? ['ALL']) router.add(method, path, index);
  }
  const find = (method: string, path: string): number =>
    router.match(method, path)[0][0]?.[0] ?? -1;
  return { label: 'hono TrieRouter', setupMs: performance.now() - start, encode, find };
}

interface Route {
  readonly index: number;
  readonly path: string;
  readonly methods: readonly string[] | null;
}

function* routesOf(
  rules: readonly Rule[],
  parameter: (name: string, regex: string) => string,
): Iterable<Route> {
  for (const { index, hosts, paths, methods } of rules) {
    for (const host of hosts) {
      if (host.kind !== 'name' && host.kind !== 'suffix') continue;
      const name = host.kind === 'suffix' ? `:sub.${host.name}` : host.name;
      for (const pattern of paths) {
        for (const path of pathsOf(pattern, parameter))
          yield { index, path: encode(name, path), methods };
      }
    }
  }
}

/** The one regular expression of the workload is two routes. */
function pathsOf(
  pattern: PathPattern,
  parameter: (name: string, regex: string) => string,
): readonly string[] {
  if (pattern.kind === 'all') return ['/*'];
  if (pattern.kind === 'exact') return [pattern.path];
  if (pattern.kind === 'prefix') return [`${pattern.prefix}*`];
  const file = `/${parameter('v', 'v[0-9]+')}/files/${parameter('id', '[a-z0-9-]+')}`;
  return [file, `${file}/content`];
}
