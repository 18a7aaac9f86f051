/** Policy tests: their language, the judgement of answers, and coverage. Runtimes are asked by the command line. */

export {
  type Coverage,
  coverageOf,
  type MissedPattern,
  percentOf,
  reachesThreshold,
} from './coverage.js';
export { differencesOf } from './judge.js';
export { readPolicyTest } from './read.js';
export {
  type Answer,
  type Case,
  type ConnectionCase,
  type Difference,
  type ExpectedDecision,
  type ExpectedVerdicts,
  type PolicyTest,
  type RequestCase,
  TESTED_RUNTIMES,
  type TestedRuntime,
} from './types.js';
