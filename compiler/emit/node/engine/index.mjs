export { RequestError } from './error.mjs';
export { createMatcher } from './matcher.mjs';
