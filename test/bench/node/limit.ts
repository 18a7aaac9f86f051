/** What layout-free code can do: an open-addressed table on a parsed host with precompiled path checks, on objects. */

import type { Policy, Rule } from '../../../compiler/policy/types.js';

interface Prepared {
  readonly index: number;
  readonly https: boolean;
  readonly http: boolean;
  readonly lo: number;
  readonly hi: number;
  readonly methods: ReadonlySet<string> | null;
  readonly path: (path: string) => boolean;
}

export type Decide = (
  scheme: string,
  host: string,
  port: number,
  method: string,
  path: string,
) => number;

function prepare(rule: Rule): Prepared {
  const checks = rule.paths.map((pattern): ((path: string) => boolean) => {
    if (pattern.kind === 'all') return () => true;
    if (pattern.kind === 'exact') return (path) => path === pattern.path;
    if (pattern.kind === 'prefix') return (path) => path.startsWith(pattern.prefix);
    const regex = new RegExp(`^(?:${pattern.source})$`, 'u');
    return (path) => regex.test(path);
  });
  const { lo, hi } = rule.ports[0]!;
  const path =
    checks.length === 1 ? checks[0]! : (text: string) => checks.some((check) => check(text));
  return {
    index: rule.index,
    https: rule.https,
    http: rule.http,
    lo,
    hi,
    methods: rule.methods === null ? null : new Set(rule.methods),
    path,
  };
}

function hash(text: string, from: number): number {
  let h = 0x811c9dc5;
  for (let i = from; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** Number of the first rule that matches on the longest host match, or -1. */
export function limitHash(policy: Pick<Policy, 'rules'>): Decide {
  let size = 16;
  while (size < policy.rules.length * 2) size *= 2;
  const keys: (string | undefined)[] = new Array(size);
  const values: Prepared[][] = new Array(size);
  const insert = (key: string, rule: Prepared): void => {
    let at = hash(key, 0) & (size - 1);
    while (keys[at] !== undefined && keys[at] !== key) at = (at + 1) & (size - 1);
    keys[at] = key;
    const list = values[at];
    if (list === undefined) values[at] = [rule];
    else list.push(rule);
  };
  for (const rule of policy.rules) {
    for (const host of rule.hosts) {
      if (host.kind === 'name') insert(host.name, prepare(rule));
      else if (host.kind === 'suffix') insert(`.${host.name}`, prepare(rule));
    }
  }
  const find = (text: string, from: number): Prepared[] | undefined => {
    const key = from === 0 ? text : text.slice(from);
    let at = hash(text, from) & (size - 1);
    for (;;) {
      const found = keys[at];
      if (found === undefined) return undefined;
      if (found === key) return values[at];
      at = (at + 1) & (size - 1);
    }
  };
  return (scheme, host, port, method, path) => {
    let rules = find(host, 0);
    for (
      let dot = host.indexOf('.');
      rules === undefined && dot >= 0;
      dot = host.indexOf('.', dot + 1)
    ) {
      rules = find(host, dot);
    }
    if (rules === undefined) return -1;
    for (const rule of rules) {
      if (
        (scheme === 'https' ? rule.https : rule.http) &&
        port >= rule.lo &&
        port <= rule.hi &&
        (rule.methods === null || rule.methods.has(method)) &&
        rule.path(path)
      ) {
        return rule.index;
      }
    }
    return -1;
  };
}
