/** Deny rules by path or method that a slightly different request slips past. */

import type { Diagnostic } from '../../diagnostics/types.js';
import { commonRemainder } from '../../paths/index.js';
import type { PathPattern, Rule } from '../../policy/types.js';
import type { CanonicalRequest } from '../../request/types.js';
import { costOf } from '../cover.js';
import { pathText } from '../literals.js';
import { decided } from '../reach.js';
import {
  atRule,
  deciderText,
  decisionOf,
  nameOf,
  outcomeText,
  type Run,
  urlOf,
  witnessOf,
} from '../run.js';
import { admits, unmentioned } from '../traffic.js';
import { caseVariants, slashVariants } from '../variants.js';

/** Patterns of one rule that are looked at. */
const PATTERNS = 256;

/** What one state of a variant costs. */
const VARIANT_COST = 16;

function sizeOf(path: PathPattern): number {
  if (path.kind === 'regex') return path.program.stateCount;
  return path.kind === 'all' ? 1 : pathText(path).length;
}

interface Slip {
  readonly by: string;
  readonly denied: CanonicalRequest;
  readonly passed: CanonicalRequest;
}

export function* evadableDenials(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (rule.action !== 'deny') continue;
    const slip = slipOf(run, rule);
    if (slip !== null) yield finding(run, rule, slip);
    if (run.budget.exceeded) return;
  }
}

function slipOf(run: Run, rule: Rule): Slip | null {
  for (const path of rule.paths.slice(0, PATTERNS)) {
    if (path.kind === 'all') continue;
    const found = decided(run.ground, rule, run.budget, { paths: [path] });
    if (found.kind !== 'reached') continue;
    const slip =
      slipByPath(run, rule, found.request, 'letter case', path, caseVariants) ??
      slipByPath(run, rule, found.request, 'a slash at the end', path, slashVariants);
    if (slip !== null) return slip;
  }
  return rule.methods === null ? null : slipByMethod(run, rule);
}

function finding(run: Run, rule: Rule, { by, denied, passed }: Slip): Diagnostic {
  const decision = decisionOf(run, passed);
  const outcome = `${outcomeText(decision)} ${deciderText(decision)}`;
  const byMethod = by === 'another method';
  return atRule(run, rule, 'rule/evadable', {
    message: `${nameOf(rule)} denies ${denied.method} ${urlOf(denied)}, but ${by} leads past it: ${passed.method} ${urlOf(passed)} is decided ${outcome}`,
    hint: byMethod
      ? 'Deny every method there, or allow the wanted ones and deny the rest, if the server may take another method for the same.'
      : 'Servers may take both for the same path. Allow the wanted paths and deny the rest, or cover the other spellings too.',
    witness: witnessOf(passed),
  });
}

/** A path close to one that the rule denies, at the same host, scheme, port and method, and not denied itself. */
function slipByPath(
  run: Run,
  rule: Rule,
  sample: CanonicalRequest,
  by: string,
  path: PathPattern,
  variantsOf: (pattern: PathPattern) => PathPattern | null,
): Slip | null {
  const plain = readable(run, rule, sample, by);
  if (plain !== null) return plain;
  if (!run.budget.spend(VARIANT_COST * sizeOf(path))) return null;
  const variants = variantsOf(path);
  if (variants === null) return null;
  const taken: PathPattern[] = [];
  for (const other of [...rulesLike(run, sample), null]) {
    const paths = other?.paths ?? [{ kind: 'all' } as const];
    if (other?.action !== 'deny' && run.budget.spend(costOf(variants, [...paths, ...taken]))) {
      const found = commonRemainder([[variants], paths], taken);
      const slip =
        found.kind === 'nonempty' ? confirm(run, rule, sample, found.path, variantsOf) : null;
      if (slip !== null) return { by, ...slip };
    }
    taken.push(...paths);
  }
  return null;
}

/** The spelling that a reader would try first, where it does. */
function readable(run: Run, rule: Rule, sample: CanonicalRequest, by: string): Slip | null {
  const path =
    by === 'letter case' ? sample.path.toUpperCase() : sample.path.replace(/(.)\/$/, '$1');
  const passed = { ...sample, path };
  const slips = path !== sample.path && decisionOf(run, passed).action !== 'deny';
  return slips && decisionOf(run, sample).rule === rule.index
    ? { by, denied: sample, passed }
    : null;
}

/** Rules that admit the request but for its path, in order. */
function rulesLike(run: Run, { host, scheme, port, method }: CanonicalRequest): Rule[] {
  return run.ground.rulesAt(host, port).filter((rule) => admits(rule, scheme, port, method));
}

/** The oracle's word: `path` is not denied, and the rule denies a path that it could be taken for. */
function confirm(
  run: Run,
  rule: Rule,
  sample: CanonicalRequest,
  path: string,
  variantsOf: (pattern: PathPattern) => PathPattern | null,
): Omit<Slip, 'by'> | null {
  const passed = { ...sample, path };
  if (decisionOf(run, passed).action === 'deny') return null;
  const back = variantsOf({ kind: 'exact', path });
  if (back === null) return null;
  const earlier = rulesLike(run, sample).filter((other) => other.index < rule.index);
  const found = commonRemainder(
    [[back], rule.paths],
    earlier.flatMap((other) => other.paths),
  );
  if (found.kind !== 'nonempty') return null;
  const denied = { ...sample, path: found.path };
  return decisionOf(run, denied).rule === rule.index ? { denied, passed } : null;
}

function slipByMethod(run: Run, rule: Rule): Slip | null {
  const found = decided(run.ground, rule, run.budget);
  if (found.kind !== 'reached') return null;
  const denied = found.request;
  const mentioned = new Set(
    run.ground.rulesAt(denied.host, denied.port).flatMap((other) => other.methods ?? []),
  );
  for (const method of [...mentioned, unmentioned(mentioned)]) {
    if (rule.methods!.includes(method)) continue;
    const passed = { ...denied, method };
    if (decisionOf(run, passed).action !== 'deny' && decisionOf(run, denied).rule === rule.index) {
      return { by: 'another method', denied, passed };
    }
  }
  return null;
}
