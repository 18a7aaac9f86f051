/** Execute and pass rules some of whose matches have readings that are decided differently, and are therefore denied. */

import type { Diagnostic } from '../../diagnostics/types.js';
import { compilePathRegex, isCanonicalPath, pathMatches } from '../../paths/index.js';
import type { PathPattern, PathProgram, Rule } from '../../policy/types.js';
import { isPossiblyAmbiguous, readings } from '../../request/index.js';
import type { CanonicalRequest } from '../../request/types.js';
import { itemAt } from '../items.js';
import { pathText } from '../literals.js';
import { decided } from '../reach.js';
import { atRule, decisionOf, nameOf, type Run, witnessOf } from '../run.js';

/** Texts that make a path ambiguous where a pattern lets them in; dot segments are left out, since denying them is meant. */
const TOKENS = ['a%2Fa', 'a%5Ca', 'a;a', 'a//a', '%2F', ';a'];
/** Patterns of one rule, and states of one automaton, that are looked at. */
const PATTERNS = 64;
const STATES = 256;
const WORK_PER_PROBE = 10;

export function* ambiguousMatches(run: Run): Generator<Diagnostic> {
  for (const rule of run.policy.rules) {
    if (rule.action === 'deny') continue;
    for (const [index, path] of rule.paths.slice(0, PATTERNS).entries()) {
      const request = ambiguousMatch(run, rule, path);
      if (request !== null) yield finding(run, rule, index, request);
    }
    if (run.budget.exceeded) return;
  }
}

function finding(run: Run, rule: Rule, index: number, request: CanonicalRequest): Diagnostic {
  const path = rule.paths[index]!;
  const text = pathText(path);
  const other = readings(request.path).find((reading) => !matchedBy(rule, reading));
  const read = other === undefined ? 'in several ways' : `as ${JSON.stringify(other)}`;
  return atRule(run, rule, 'rule/ambiguous', {
    message: `${JSON.stringify(text)} of ${nameOf(rule)} matches ${JSON.stringify(request.path)}, which a server may read ${read}: it is denied as ambiguous`,
    hint: coveringHint(rule, path, request.path),
    witness: witnessOf(request),
    at: itemAt(run, rule.index, 'path_groups', { index, count: rule.paths.length, text }),
  });
}

function matchedBy(rule: Pick<Rule, 'paths'>, path: string): boolean {
  return rule.paths.some((pattern) => pathMatches(pattern, path));
}

/** A request that the rule would decide but for its path being ambiguous. */
function ambiguousMatch(run: Run, rule: Rule, path: PathPattern): CanonicalRequest | null {
  for (const candidate of candidatesOf(path)) {
    if (!run.budget.spend(WORK_PER_PROBE)) return null;
    const found = decided(run.ground, rule, run.budget, {
      paths: [{ kind: 'exact', path: candidate }],
    });
    if (found.kind === 'reached' && decisionOf(run, found.request).reason !== undefined)
      return found.request;
  }
  return null;
}

function* candidatesOf(path: PathPattern): Generator<string> {
  if (path.kind === 'exact' && isPossiblyAmbiguous(path.path)) yield path.path;
  if (path.kind === 'prefix' && isPossiblyAmbiguous(path.prefix)) yield `${path.prefix}a`;
  if (path.kind === 'regex') yield* throughProgram(path.program);
}

/** For each token, and each state that it can be read in, a match that holds it there. */
function* throughProgram(program: PathProgram): Generator<string> {
  const heads = walk(program);
  for (const token of TOKENS) {
    for (const [state, head] of heads) {
      const behind = step(program, state, token);
      const tail = behind === 0 ? null : tailFrom(program, behind);
      const path = `${head}${token}${tail}`;
      if (tail !== null && isCanonicalPath(path)) yield path;
    }
  }
}

/** Readable bytes first, so that witnesses read well. */
const BYTES = [
  ..."abcdefghijklmnopqrstuvwxyz0123456789/-_ABCDEFGHIJKLMNOPQRSTUVWXYZ.~%!$&'()*+,:=@",
];

/** A shortest text to each state, states in order of that text's length. */
function walk(program: PathProgram, start = 1): Map<number, string> {
  const texts = new Map([[start, '']]);
  for (const [state, text] of texts) {
    if (texts.size > STATES) break;
    for (const byte of BYTES) {
      const next = step(program, state, byte);
      if (next !== 0 && !texts.has(next)) texts.set(next, text + byte);
    }
  }
  return texts;
}

function tailFrom(program: PathProgram, start: number): string | null {
  for (const [state, text] of walk(program, start)) if (program.accept[state] === 1) return text;
  return null;
}

function step(program: PathProgram, state: number, text: string): number {
  let at = state;
  for (let i = 0; i < text.length; i++) {
    at = program.transitions[at * program.classCount + program.classOf[text.charCodeAt(i)]!]!;
  }
  return at;
}

/** Wider forms of what keeps a regex within one segment. */
const WIDER: readonly (readonly [string, string])[] = [
  ['[^/]+', '.+'],
  ['[^/]*', '.*'],
];

/** The pattern that would cover the other readings, where one is found and checked. */
function coveringHint(rule: Rule, path: PathPattern, match: string): string {
  if (path.kind !== 'regex')
    return 'Paths with "%2F", "%5C", "//" or ";" in the pattern itself are always in doubt: write the path that the server sees.';
  for (const pattern of widened(path.source)) {
    const covered = readings(match).every((reading) =>
      matchedBy({ paths: [...rule.paths, pattern] }, reading),
    );
    if (covered)
      return `Add ${JSON.stringify(pathText(pattern))} to cover the other readings too, if all of them may be decided alike.`;
  }
  return 'Keep "%2F", "%5C", ";" and "//" out of the pattern (such as [A-Za-z0-9._~-]+), or add patterns for the other readings.';
}

function widened(source: string): PathPattern[] {
  const all = WIDER.reduce((text, [narrow, wide]) => text.replaceAll(narrow, wide), source);
  const compiled = all === source ? null : compilePathRegex(`^${all}$`);
  if (compiled === null || !compiled.ok) return [];
  return [{ kind: 'regex', source: compiled.body, program: compiled.program }];
}
