/** The policy image: its tables, and their encoding. */

export { type Decoded, decodeImage } from './decode.js';
export { encodeImage } from './encode.js';
export { nameHash } from './hash.js';
export { HEADER, MAX_ENTRIES, META, SECTIONS } from './layout.js';
export * from './types.js';
