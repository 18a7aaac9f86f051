/** `.intercept.yaml`: severities and waivers of findings. */

export { applySettings, type UsedWaivers, type Weighed, waiverFindings } from './apply.js';
export { readSettings } from './read.js';
export type { Settings, Waiver } from './types.js';
