/** The rules of one host entry, found by path: a question about a path visits the rules that could matter, not all. */

import type { PathPattern, Rule } from '../policy/types.js';

/** With fewer patterns the rules are walked as they are. */
const INDEXED_FROM = 24;

export class Shelf {
  readonly #rules: readonly Rule[];
  readonly #indexed: boolean;
  readonly #exact = new Map<string, Rule[]>();
  readonly #prefix = new Map<string, Rule[]>();
  /** Rules with `*` or a regex, reduced to these. */
  readonly #broad: Rule[] = [];
  readonly #hasRegex: boolean;

  /** `rules` ascending. */
  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#hasRegex = rules.some((rule) => rule.paths.some((path) => path.kind === 'regex'));
    this.#indexed = rules.reduce((sum, rule) => sum + rule.paths.length, 0) >= INDEXED_FROM;
    if (this.#indexed) for (const rule of rules) this.#index(rule);
  }

  /**
   * Rules before `limit` that could help to cover `path`, reduced to the patterns that could. Literals below a prefix never
   * cover it unless a regex fills the gaps, and two literals never cover what neither of them holds.
   */
  covering(path: PathPattern, limit: number): Rule[] {
    const literal = path.kind === 'exact' || (path.kind !== 'regex' && !this.#hasRegex);
    if (!this.#indexed || !literal) return before(this.#rules, limit);
    const lists = [before(this.#broad, limit)];
    const text = path.kind === 'exact' ? path.path : path.kind === 'prefix' ? path.prefix : '';
    if (path.kind === 'exact') lists.push(before(this.#exact.get(text) ?? [], limit));
    for (let slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
      lists.push(before(this.#prefix.get(text.slice(0, slash + 1)) ?? [], limit));
    }
    return lists.flat().sort((a, b) => a.index - b.index);
  }

  #index(rule: Rule): void {
    const broad: PathPattern[] = [];
    for (const path of rule.paths) {
      if (path.kind === 'exact') append(this.#exact, path.path, { ...rule, paths: [path] });
      else if (path.kind === 'prefix')
        append(this.#prefix, path.prefix, { ...rule, paths: [path] });
      else broad.push(path);
    }
    if (broad.length > 0) this.#broad.push({ ...rule, paths: broad });
  }
}

/** The rules with an index below `limit`; `rules` are ascending. */
function before(rules: readonly Rule[], limit: number): Rule[] {
  let low = 0;
  let high = rules.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rules[middle]!.index < limit) low = middle + 1;
    else high = middle;
  }
  return rules.slice(0, low);
}

function append(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}
