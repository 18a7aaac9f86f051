/** One rule of a manifest in canonical form. */

import { diagnostic } from '../diagnostics/diagnostic.js';
import type { Diagnostic, Locate } from '../diagnostics/types.js';
import { hostMatches } from '../policy/index.js';
import type { Broker, HostPattern, PathPattern, PortInterval, Rule } from '../policy/types.js';
import { canonicalMethod, defaultPort } from '../request/index.js';
import { hostKey, lowerHost } from './host.js';
import type { ManifestRule } from './manifest.js';
import { lowered, type Part, problem, quoted } from './part.js';
import { lowerPath, pathKey } from './path.js';
import { lowerPort, mergePorts } from './port.js';

type List = 'hosts' | 'ports' | 'methods' | 'path_groups';

/** An item in canonical form, and its place in the author's list. */
interface Item<T> {
  readonly value: T;
  readonly place: number;
}

function lowerMethod(text: string): Part<string> {
  const method = canonicalMethod(text);
  if (method.ok) return lowered(method.value);
  return problem(
    'method/syntax',
    `method ${quoted(text)} holds other than letters, digits, "-" and "_"`,
  );
}

/** The first of each group of items with one key. */
function unique<T>(items: readonly Item<T>[], keyOf: (value: T) => string): Item<T>[] {
  const first = new Map<string, Item<T>>();
  for (const item of items) {
    const key = keyOf(item.value);
    if (!first.has(key)) first.set(key, item);
  }
  return [...first.values()];
}

class RuleLowering {
  readonly problems: Diagnostic[] = [];
  readonly #rule: ManifestRule;
  readonly #index: number;
  readonly #locate: Locate;

  constructor(rule: ManifestRule, index: number, locate: Locate) {
    this.#rule = rule;
    this.#index = index;
    this.#locate = locate;
  }

  #report(
    list: List,
    place: number,
    found: { code: string; message: string; hint?: string },
  ): void {
    const at = this.#locate(['match_rules', this.#index, 'match', list, place]);
    const { code, message, hint } = found;
    this.problems.push(diagnostic(code, { message, hint, at, rule: this.#index }));
  }

  #items<A, T>(list: List, texts: readonly A[], lower: (text: A) => Part<T>): Item<T>[] {
    const items: Item<T>[] = [];
    texts.forEach((text, place) => {
      const part = lower(text);
      if (part.ok) items.push({ value: part.value, place });
      else this.#report(list, place, part.problem);
    });
    return items;
  }

  hosts(): Item<HostPattern>[] {
    return unique(this.#items('hosts', this.#rule.match.hosts, lowerHost), hostKey);
  }

  ports(schemes: readonly ('http' | 'https')[]): PortInterval[] {
    const { ports } = this.#rule.match;
    const items =
      ports === undefined
        ? schemes.map((scheme) => ({ lo: defaultPort(scheme), hi: defaultPort(scheme) }))
        : this.#items('ports', ports, lowerPort).map((item) => item.value);
    return mergePorts(items);
  }

  methods(): string[] | null {
    const { methods } = this.#rule.match;
    if (methods === undefined) return null;
    const items = this.#items('methods', methods, lowerMethod);
    return [...new Set(items.map((item) => item.value))].sort();
  }

  paths(): PathPattern[] {
    const texts = this.#rule.match.path_groups ?? ['*'];
    return unique(this.#items('path_groups', texts, lowerPath), pathKey).map((item) => item.value);
  }

  /** Requests to the broker must reach it, or no `execute` could ever be carried out. */
  refuseBroker(
    hosts: readonly Item<HostPattern>[],
    ports: readonly PortInterval[],
    broker: Broker,
  ): void {
    if (!ports.some(({ lo, hi }) => lo <= broker.port && broker.port <= hi)) return;
    for (const { value, place } of hosts) {
      if (value.kind === 'any' || !hostMatches(value, broker.host)) continue;
      this.#report('hosts', place, {
        code: 'host/covers-broker',
        message: `host ${quoted(this.#rule.match.hosts[place]!)} covers the broker, ${quoted(broker.url)}, at its port ${broker.port}`,
        hint: 'Name hosts or ports that leave the broker out; "*" never reaches it.',
      });
    }
  }
}

/** A rule, and every reason to refuse it; the rule counts only where there is none. */
export function lowerRule(
  input: ManifestRule,
  index: number,
  broker: Broker | null,
  locate: Locate,
): { readonly rule: Rule; readonly problems: readonly Diagnostic[] } {
  const lowering = new RuleLowering(input, index, locate);
  const schemes = input.match.schemes ?? ['https'];
  const action = input.action ?? 'execute';
  const hosts = lowering.hosts();
  const ports = lowering.ports(schemes);
  if (action !== 'pass' && broker !== null) lowering.refuseBroker(hosts, ports, broker);
  const rule: Rule = {
    index,
    integrationId: input.integration_id,
    provider: input.provider,
    action,
    hosts: hosts.map((item) => item.value),
    http: schemes.includes('http'),
    https: schemes.includes('https'),
    ports,
    methods: lowering.methods(),
    paths: lowering.paths(),
  };
  return { rule, problems: lowering.problems };
}
