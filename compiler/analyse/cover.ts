/** Is all of some traffic taken by earlier rules? Exact: ports by intervals, methods by sets, paths by their languages. */

import { remainderOf } from '../paths/index.js';
import type { PathPattern, Rule } from '../policy/types.js';
import type { Scheme } from '../request/types.js';
import { AUTOMATON_COST, type Budget } from './budget.js';
import { areApart, holds, weightOf } from './literals.js';
import {
  admits,
  SCHEMES,
  sampleMethods,
  samplePorts,
  sharesConnection,
  type Traffic,
} from './traffic.js';

/** A request without its host. */
export interface Spot {
  readonly scheme: Scheme;
  readonly port: number;
  readonly method: string;
  readonly path: string;
}

export type Cover =
  | { readonly kind: 'free'; readonly spot: Spot }
  /** Indices of the rules that take the traffic, ascending. */
  | { readonly kind: 'covered'; readonly by: readonly number[] }
  | { readonly kind: 'undecided' };

/** Finds a request of `traffic` that none of `earlier` matches. */
export function freeSpot(traffic: Traffic, earlier: readonly Rule[], budget: Budget): Cover {
  if (!budget.spend(visitsOf(traffic, earlier))) return { kind: 'undecided' };
  const near = earlier.filter((rule) => sharesConnection(traffic, rule));
  const by = new Set<number>();
  let undecided = false;
  for (const path of traffic.paths) {
    const found = freeUnder(traffic, path, near, budget);
    if (found.kind === 'free') return found;
    if (found.kind === 'undecided') undecided = true;
    else for (const index of found.by) by.add(index);
  }
  if (undecided) return { kind: 'undecided' };
  return { kind: 'covered', by: [...by].sort((a, b) => a - b) };
}

function visitsOf(traffic: Traffic, earlier: readonly Rule[]): number {
  return traffic.paths.length * earlier.reduce((sum, rule) => sum + rule.paths.length, 1);
}

function freeUnder(
  traffic: Traffic,
  path: PathPattern,
  near: readonly Rule[],
  budget: Budget,
): Cover {
  const rules = near.filter((rule) => rule.paths.some((other) => !areApart(path, other)));
  const by = new Set<number>();
  const asked = new Set<string>();
  let undecided = false;
  const methods = sampleMethods(traffic.methods, rules);
  for (const scheme of SCHEMES) {
    if (!traffic[scheme]) continue;
    for (const port of samplePorts(traffic.ports, rules, scheme)) {
      for (const method of methods) {
        if (!budget.spend(rules.length + 1)) return { kind: 'undecided' };
        const here = rules.filter((rule) => admits(rule, scheme, port, method));
        const key = here.map((rule) => rule.index).join();
        if (asked.has(key)) continue;
        asked.add(key);
        const left = remainder(path, here, budget);
        if (left.kind === 'nonempty') {
          return { kind: 'free', spot: { scheme, port, method, path: left.path } };
        }
        if (left.kind === 'undecided') undecided = true;
        else for (const index of left.by) by.add(index);
      }
    }
  }
  return undecided ? { kind: 'undecided' } : { kind: 'covered', by: [...by] };
}

type Left =
  | { readonly kind: 'nonempty'; readonly path: string }
  | { readonly kind: 'covered'; readonly by: readonly number[] }
  | { readonly kind: 'undecided' };

/** What is left of `path` behind rules that all admit the same scheme, port and method. */
function remainder(path: PathPattern, rules: readonly Rule[], budget: Budget): Left {
  const whole = rules.find((rule) => rule.paths.some((other) => holds(other, path) === true));
  if (whole !== undefined) return { kind: 'covered', by: [whole.index] };
  const others = rules.flatMap((rule) => rule.paths.filter((other) => !areApart(path, other)));
  if (!budget.spend(costOf(path, others))) return { kind: 'undecided' };
  const left = remainderOf([path], others);
  if (left.kind === 'empty') return { kind: 'covered', by: rules.map((rule) => rule.index) };
  return left;
}

/** Literals among themselves are looked up; a regex asks for automata. */
export function costOf(path: PathPattern, others: readonly PathPattern[]): number {
  const all = [path, ...others];
  if (all.every((one) => one.kind !== 'regex')) return all.length;
  return all.reduce((sum, one) => sum + weightOf(one), AUTOMATON_COST);
}
