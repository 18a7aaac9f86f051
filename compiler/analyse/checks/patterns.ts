/** Patterns that match nothing, and patterns that add nothing to the others of their rule. */

import type { Diagnostic } from '../../diagnostics/types.js';
import { compilePathRegex, remainderOf, runProgram } from '../../paths/index.js';
import type { PathPattern, PathProgram, Rule } from '../../policy/types.js';
import { costOf } from '../cover.js';
import { itemAt } from '../items.js';
import { pathText } from '../literals.js';
import { atRule, nameOf, type Run } from '../run.js';

/** What follows `*.` leaves room for a label and a dot. */
const LONGEST_SUFFIX = 251;

export function* emptyPatterns(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    const empty = rule.paths.flatMap((path, index) => (isEmpty(run, path) ? [index] : []));
    for (const index of empty) {
      yield atRule(run, rule, 'pattern/empty', {
        message: `no path can match ${JSON.stringify(pathText(rule.paths[index]!))}`,
        hint: hintFor(rule.paths[index]!),
        at: pathItem(run, rule, index),
      });
    }
    yield* emptyHosts(run, rule);
  }
}

/** Literals are canonical, so each of them matches something. */
function isEmpty(run: Run, path: PathPattern): boolean {
  if (path.kind !== 'regex') return false;
  let empty = emptiness.get(path.program);
  if (empty === undefined && run.budget.spend(costOf(path, []))) {
    empty = remainderOf([path], []).kind === 'empty';
    emptiness.set(path.program, empty);
  }
  return empty === true;
}

/** Rules often share a pattern, and two checks ask. */
const emptiness = new WeakMap<PathProgram, boolean>();

function* emptyHosts(run: Run, rule: Rule): Generator<Diagnostic> {
  for (const [index, host] of rule.hosts.entries()) {
    if (host.kind !== 'suffix' || host.name.length <= LONGEST_SUFFIX) continue;
    const text = `*.${host.name}`;
    yield atRule(run, rule, 'pattern/empty', {
      message: `no host name can match ${JSON.stringify(text)}: it would be longer than 253 bytes`,
      at: itemAt(run, rule.index, 'hosts', { index, count: rule.hosts.length, text }),
    });
  }
}

function hintFor(path: PathPattern): string {
  const source = pathText(path);
  const upper = source.replace(/%[0-9a-f]{2}/gi, (text) => text.toUpperCase());
  const compiled = upper === source ? null : compilePathRegex(upper);
  if (compiled?.ok && remainderOf([regexOf(compiled)], []).kind === 'nonempty') {
    return `Canonical paths have upper-case escapes: write ${JSON.stringify(upper)}.`;
  }
  return 'Canonical paths begin with "/", are ASCII, hold no "?", "#" or dot segments, and escape only what must be escaped, in upper case.';
}

function regexOf({
  body,
  program,
}: Extract<ReturnType<typeof compilePathRegex>, { ok: true }>): PathPattern {
  return { kind: 'regex', source: body, program };
}

export function* redundantPaths(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (rule.paths.length < 2) continue;
    const kept = new KeptPaths(rule.paths);
    for (let index = rule.paths.length - 1; index >= 0; index--) {
      const path = rule.paths[index]!;
      if (isEmpty(run, path) || !kept.coversWithout(index, run)) continue;
      kept.drop(index);
      yield atRule(run, rule, 'pattern/redundant', {
        message: `${JSON.stringify(pathText(path))} adds nothing: other paths of ${nameOf(rule)} match all that it matches`,
        hint: 'Remove it.',
        at: pathItem(run, rule, index),
      });
    }
  }
}

function pathItem(run: Run, rule: Rule, index: number) {
  const text = pathText(rule.paths[index]!);
  return itemAt(run, rule.index, 'path_groups', { index, count: rule.paths.length, text });
}

/** The patterns of a rule that have not been found redundant. Literals look each other up; only regexes ask for automata. */
class KeptPaths {
  readonly #paths: readonly PathPattern[];
  readonly #kept: Set<number>;
  readonly #prefixes = new Map<string, number>();
  readonly #broad: number[] = [];

  constructor(paths: readonly PathPattern[]) {
    this.#paths = paths;
    this.#kept = new Set(paths.keys());
    for (const [index, path] of paths.entries()) {
      if (path.kind === 'prefix') this.#prefixes.set(path.prefix, index);
      else if (path.kind !== 'exact') this.#broad.push(index);
    }
  }

  drop(index: number): void {
    this.#kept.delete(index);
  }

  /** Do the kept patterns but `index` match all that it matches? */
  coversWithout(index: number, run: Run): boolean {
    const path = this.#paths[index]!;
    const broad = this.#broad.filter((other) => other !== index && this.#kept.has(other));
    if (broad.some((other) => this.#paths[other]!.kind === 'all')) return true;
    if (path.kind === 'exact')
      return this.#aboveCovers(path.path, index) || this.#matches(broad, path.path);
    if (path.kind === 'prefix' && this.#aboveCovers(path.prefix, index)) return true;
    if (path.kind !== 'regex' && broad.length === 0) return false;
    const others = [...this.#kept]
      .filter((other) => other !== index)
      .map((other) => this.#paths[other]!);
    return run.budget.spend(costOf(path, others)) && remainderOf([path], others).kind === 'empty';
  }

  #aboveCovers(text: string, index: number): boolean {
    for (let slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
      const found = this.#prefixes.get(text.slice(0, slash + 1));
      if (found !== undefined && found !== index && this.#kept.has(found)) return true;
    }
    return false;
  }

  #matches(broad: readonly number[], text: string): boolean {
    return broad.some((index) => {
      const path = this.#paths[index]!;
      return path.kind === 'regex' && runProgram(path.program, text);
    });
  }
}
