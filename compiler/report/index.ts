/** Findings in the formats that other programs read: SARIF, GitHub annotations, JUnit. */

export { githubOf } from './github.js';
export { junitOf } from './junit.js';
export { type SarifOptions, sarifOf } from './sarif.js';
export type { PathFromRoot, Reported, ReportedFile } from './types.js';
