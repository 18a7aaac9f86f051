/** Artefacts on disk: all or none, and whether they are up to date. */

export { checkArtifacts } from './check.js';
export { type NewFile, replaceFile, writeNewFiles } from './files.js';
export { errorCode } from './folder.js';
export {
  digestOf,
  LOCK_PATH,
  type Lock,
  type LockHead,
  lockArtifact,
  lockedArtifacts,
  lockOf,
} from './lock.js';
export { readArtifacts } from './read.js';
export { type Written, writeArtifacts } from './write.js';
