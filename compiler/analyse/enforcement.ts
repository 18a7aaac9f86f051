/** How far each runtime can carry out each rule (design section 5, "Enforceability"). */

import type { Action, Policy, Rule, Verdict } from '../policy/types.js';
import { inBlock, isLoopback } from '../request/index.js';
import type { Address, Host, Scheme } from '../request/types.js';
import { Budget } from './budget.js';
import { freeSpot } from './cover.js';
import type { Entry } from './hosts.js';
import { Ground } from './reach.js';
import { Shelf } from './shelf.js';
import { hasPort, SCHEMES, type Traffic } from './traffic.js';

/** From the strongest to the weakest. */
export type Enforcement = 'exact' | 'by the gateway' | 'opaque' | 'never';

export interface RuntimeEnforcement {
  readonly how: Enforcement;
  /** One line, printable ASCII. */
  readonly reason: string;
}

/** The weakest that holds anywhere the rule decides. */
export interface RuleEnforcement {
  readonly rule: number;
  /** Sources of its regular expressions, in order: the image holds their automata alone. */
  readonly regexes: readonly string[];
  readonly node: RuntimeEnforcement;
  readonly c: RuntimeEnforcement;
  readonly bpf: RuntimeEnforcement;
}

/** Work after which the rest is said to be as weak as it could be. */
const WORK = 6_000_000;

/** Facts about a rule, gathered place by place; each is a bit. */
const FACT = { decides: 1, gateway: 2, opaque: 4, localName: 8, unknown: 16 } as const;

/** One row a rule, in order. */
export function enforceability(policy: Policy): readonly RuleEnforcement[] {
  const known = answers.get(policy);
  if (known !== undefined) return known;
  const survey = new Survey(policy);
  survey.run();
  const rows = policy.rules.map((rule) => verdictOn(policy, rule, survey.facts[rule.index]!));
  answers.set(policy, rows);
  return rows;
}

/** Asked for by the analysis and by the reviewer's view: the answer depends on the policy alone. */
const answers = new WeakMap<Policy, readonly RuleEnforcement[]>();

/** Where a rule names both loopback addresses, it holds for localhost names too: they are judged as the addresses dialled. */
function namesLoopbackAddresses(rule: Rule): boolean {
  return LOOPBACK.every((address) =>
    rule.hosts.some((host) => host.kind === 'block' && inBlock(address, host)),
  );
}

const LOOPBACK: readonly Address[] = [
  { family: 4, value: 0x7f000001n },
  { family: 6, value: 1n },
];

function verdictOn(policy: Policy, rule: Rule, facts: number): RuleEnforcement {
  const node = { how: 'exact', reason: 'sees every request in the process' } as const;
  const regexes = rule.paths.flatMap((path) => (path.kind === 'regex' ? [path.source] : []));
  return { rule: rule.index, regexes, node, c: inC(facts), bpf: inBpf(policy, rule, facts) };
}

function inC(facts: number): RuntimeEnforcement {
  if ((facts & FACT.unknown) !== 0) {
    return {
      how: 'by the gateway',
      reason: 'too complex to say more: the gateway sees the request',
    };
  }
  if ((facts & FACT.decides) === 0) return IDLE;
  return (facts & (FACT.gateway | FACT.opaque)) === 0 ? AT_CONNECT : CAPTURED;
}

const IDLE: RuntimeEnforcement = {
  how: 'exact',
  reason: 'decides nothing: earlier rules take it all',
};
const AT_CONNECT: RuntimeEnforcement = { how: 'exact', reason: 'the connection alone decides' };
const CAPTURED: RuntimeEnforcement = {
  how: 'by the gateway',
  reason: 'the connection is captured; the gateway sees the request',
};

function inBpf(policy: Policy, rule: Rule, facts: number): RuntimeEnforcement {
  if ((facts & FACT.localName) !== 0 && !namesLoopbackAddresses(rule)) {
    return {
      how: 'never',
      reason: 'no DNS answer is seen for localhost names; name 127.0.0.0/8 and ::1',
    };
  }
  if ((facts & (FACT.opaque | FACT.unknown)) !== 0) {
    const left = policy.opaqueTls === 'deny' ? 'refused' : 'let through unread';
    return {
      how: 'opaque',
      reason: `TLS cannot be read: such https is ${left} (opaque_tls: ${policy.opaqueTls})`,
    };
  }
  if ((facts & FACT.decides) === 0) return IDLE;
  return (facts & FACT.gateway) === 0
    ? AT_CONNECT
    : {
        how: 'by the gateway',
        reason: 'the connection is captured; scheme, or plain http, decides',
      };
}

/** What one rule list with one fallback comes to, by position in the list; shared by all hosts that look alike. */
type Outcome = readonly number[];

class Survey {
  readonly facts: number[];
  readonly #policy: Policy;
  readonly #ground: Ground;
  readonly #budget = new Budget(WORK);
  readonly #shapes = new Map<string, number>();
  readonly #shapeOf: readonly number[];
  readonly #known = new Map<string, Outcome>();

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#ground = new Ground(policy);
    this.facts = policy.rules.map(() => 0);
    this.#shapeOf = policy.rules.map((rule) => this.#shape(rule));
  }

  run(): void {
    const { tree } = this.#ground;
    for (const entry of [tree.root, ...tree.entries()]) {
      const host = tree.sample(entry);
      if (host === null) continue;
      this.#surveyHost(entry, host);
      // The address dialled for a known name is judged by rules that name addresses, and by no default.
      if (host.kind === 'address') this.#survey(this.#rules(entry, false), 'pass');
      if (this.#budget.exceeded) break;
    }
    if (!this.#budget.exceeded) return;
    for (const rule of this.facts.keys()) this.facts[rule]! |= FACT.unknown;
  }

  /** The rules of an entry, of wider ones, and, where `open`, of `*`. */
  #rules(entry: Entry, open: boolean): readonly Rule[] {
    const { tree } = this.#ground;
    const lists = tree.chain(entry).map((one) => one.rules);
    if (open) lists.push(tree.root.rules);
    const used = lists.filter((list) => list.length > 0);
    if (!this.#budget.spend(used.reduce((sum, list) => sum + list.length, 0))) return [];
    const indices = used.length === 1 ? used[0]! : [...new Set(used.flat())].sort((a, b) => a - b);
    return indices.map((index) => this.#policy.rules[index]!);
  }

  #surveyHost(entry: Entry, host: Host): void {
    const { broker, defaultAction } = this.#policy;
    if (isLoopback(host)) {
      const also = host.kind === 'name' ? FACT.localName : 0;
      this.#survey(this.#rules(entry, false), 'pass', { also });
    } else if (this.#ground.tree.isBroker(host)) {
      this.#survey(this.#rules(entry, true), defaultAction, { except: broker.port });
      this.#survey(this.#rules(entry, false), 'pass', { only: broker.port });
    } else {
      this.#survey(this.#rules(entry, true), defaultAction);
    }
  }

  #survey(rules: readonly Rule[], fallback: Action, limits: Limits = {}): void {
    if (rules.length === 0) return;
    const shapes = rules.map((rule) => this.#shapeOf[rule.index]).join();
    const key = `${fallback}|${limits.only ?? ''}|${limits.except ?? ''}|${shapes}`;
    let outcome = this.#known.get(key);
    if (outcome === undefined) {
      outcome = this.#judge(rules, fallback, limits);
      this.#known.set(key, outcome);
    }
    outcome.forEach((facts, place) => {
      this.facts[rules[place]!.index]! |= facts === 0 ? 0 : facts | (limits.also ?? 0);
    });
  }

  /** Rules of one shape are judged alike. */
  #shape(rule: Rule): number {
    const ports = rule.ports.map(({ lo, hi }) => `${lo}-${hi}`).join();
    const paths = rule.paths
      .map((path) => JSON.stringify(path.kind === 'regex' ? [path.source] : path))
      .join();
    const key = `${rule.action}|${rule.http}|${rule.https}|${ports}|${rule.methods?.join() ?? '*'}|${paths}`;
    const known = this.#shapes.get(key) ?? this.#shapes.size;
    this.#shapes.set(key, known);
    return known;
  }

  #judge(rules: readonly Rule[], fallback: Action, limits: Limits): Outcome {
    const facts = rules.map(() => 0);
    for (const port of portsToAsk(rules, limits)) {
      if (!this.#budget.spend(4 * rules.length)) break;
      const here = rules.flatMap((rule, place) => (hasPort(rule.ports, port) ? [place] : []));
      const found = SCHEMES.map((scheme) => {
        const places = here.filter((place) => rules[place]![scheme]);
        return this.#deciders(rules, places, fallback, scheme, port);
      });
      const verdict = verdictFor(new Set(found.flatMap((one) => [...one.actions])));
      SCHEMES.forEach((scheme, i) => {
        const alike = verdictFor(found[i]!.actions) !== 'capture';
        for (const place of found[i]!.places) facts[place]! |= factsFor(verdict, scheme, alike);
      });
    }
    return facts;
  }

  /** Of the rules at `places`, those that decide some request of the scheme at the port; and the actions that occur. */
  #deciders(
    rules: readonly Rule[],
    places: readonly number[],
    fallback: Action,
    scheme: Scheme,
    port: number,
  ): { places: number[]; actions: Set<Action> } {
    const cell = {
      http: scheme === 'http',
      https: scheme === 'https',
      ports: [{ lo: port, hi: port }],
    };
    const shelf = new Shelf(places.map((place) => rules[place]!));
    const occurs = (
      { methods, paths }: Pick<Traffic, 'methods' | 'paths'>,
      limit: number,
    ): boolean =>
      paths.some((path) => {
        const earlier = shelf.covering(path, limit);
        return (
          freeSpot({ ...cell, methods, paths: [path] }, earlier, this.#budget).kind !== 'covered'
        );
      });
    const deciding = places.filter((place) => occurs(rules[place]!, rules[place]!.index));
    const actions = new Set(deciding.map((place) => rules[place]!.action));
    if (occurs({ methods: null, paths: [{ kind: 'all' }] }, Number.POSITIVE_INFINITY))
      actions.add(fallback);
    return { places: deciding, actions };
  }
}

/** Which ports are looked at, and what holds beside what is found. */
interface Limits {
  readonly only?: number;
  readonly except?: number;
  readonly also?: number;
}

/** One port of each run of ports that no rule tells apart. */
function portsToAsk(rules: readonly Rule[], { only, except }: Limits): readonly number[] {
  if (only !== undefined) return [only];
  const ends = new Set(rules.flatMap((rule) => rule.ports.flatMap(({ lo, hi }) => [lo, hi + 1])));
  if (except !== undefined && ends.delete(except)) ends.add(except + 1);
  return [...ends].filter((port) => port <= 65535);
}

function factsFor(verdict: Verdict, scheme: Scheme, alike: boolean): number {
  if (verdict !== 'capture') return FACT.decides;
  return FACT.decides | (scheme === 'http' || alike ? FACT.gateway : FACT.opaque);
}

/** Design section 2: what is known where these rule decisions occur. */
function verdictFor(actions: ReadonlySet<Action>): Verdict {
  const [only, ...others] = actions;
  return only !== undefined && others.length === 0 && only !== 'execute' ? only : 'capture';
}
