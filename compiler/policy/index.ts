/** What a manifest means, and the reference interpreter of it. */

export { evaluate, ruleDecision } from './evaluate.js';
export { hostMatches, isExempt, isGateway, ruleNamesHost } from './host-match.js';
export type {
  Action,
  Broker,
  Decision,
  DefaultAction,
  HostPattern,
  PathPattern,
  PathProgram,
  Policy,
  PortInterval,
  Rule,
  Verdict,
} from './types.js';
export { type Judgement, judgeSight, type Sight, sightOf, verdictOf } from './verdict.js';
