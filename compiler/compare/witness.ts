/** Requests that show a change. Each one is put to the reference interpreter of both policies before anybody sees it. */

import { hasPort, sampleMethods, unmentioned } from '../analyse/traffic.js';
import { ruleDecision } from '../policy/index.js';
import type { Policy, PortInterval, Rule } from '../policy/types.js';
import { canonicalUrl, defaultPort, hostText } from '../request/index.js';
import type { CanonicalRequest, Host, Scheme } from '../request/types.js';
import type { Range } from './cells.js';
import type { Region } from './lists.js';
import type { Side } from './side.js';
import type { Change, Effect, Pair } from './types.js';

export type Witness = Change['witness'];

/** A short request of the range: the usual port of a scheme where it is among them. */
export function requestOf(range: Range, host: Host, path: string): Witness {
  const { scheme, port } = endpointOf(range.schemes, range.ports);
  const text = hostText(host);
  const name = host.kind === 'address' && host.address.family === 6 ? `[${text}]` : text;
  const place = port === defaultPort(scheme) ? '' : `:${port}`;
  return { url: `${scheme}://${name}${place}${path}`, method: methodOf(range.methods) };
}

function endpointOf(
  schemes: readonly Scheme[],
  ports: readonly PortInterval[],
): { scheme: Scheme; port: number } {
  const usual = schemes.find((scheme) => hasPort(ports, defaultPort(scheme)));
  if (usual !== undefined) return { scheme: usual, port: defaultPort(usual) };
  return { scheme: schemes[0]!, port: ports[0]!.lo };
}

function methodOf(methods: readonly string[]): string {
  if (!methods.includes('*')) return sampleMethods(methods, [])[0]!;
  return unmentioned(new Set(methods.filter((m) => m !== '*').map((m) => m.slice(1))));
}

/** The host whose text is shortest. */
export function shortest(hosts: readonly Host[]): Host {
  return hosts.reduce((best, host) => {
    const [a, b] = [hostText(best), hostText(host)];
    return b.length < a.length || (b.length === a.length && b < a) ? host : best;
  });
}

/** Visits of rules that the reference interpreter is given for whole policies; later it is given the rules that are near. */
const WHOLE_VISITS = 1_000_000;

/** Puts witnesses to the reference interpreter. */
export class Confirmation {
  readonly #pair: Pair;
  #left = WHOLE_VISITS;

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  /** @throws Error (a bug) where a policy decides otherwise than the comparison says */
  check(witness: Witness, region: Region): void {
    const request = canonicalUrl(witness.url, witness.method);
    if (!request.ok) throw new Error(`witness ${witness.url}: ${request.error.message}`);
    const { before, after } = this.#pair;
    this.#expect(before, request.value, region.before, region.sides[0]);
    this.#expect(after, request.value, region.after, region.sides[1]);
  }

  #expect(policy: Policy, request: CanonicalRequest, effect: Effect, side: Side): void {
    this.#left -= policy.rules.length;
    const rules = this.#left >= 0 ? policy.rules : nearRules(policy, side, request);
    const decision = ruleDecision({ ...policy, rules }, request);
    const agrees =
      decision.action === effect.action &&
      decision.rule === effect.rule &&
      decision.integrationId === effect.integrationId;
    if (agrees) return;
    const url = `${request.method} ${hostText(request.host)}:${request.port}${request.path}`;
    throw new Error(`the policy does not decide ${url} as the comparison says`);
  }
}

/** The rules of the host's list that its indices give for the path or the port. */
function nearRules(policy: Policy, side: Side, { path, port }: CanonicalRequest): Rule[] {
  return side.nearRequest(path, port).flatMap(({ effect: { rule } }) => {
    return rule === null ? [] : [policy.rules[rule]!];
  });
}
