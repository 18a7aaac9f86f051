/** Test files below a folder, for a command line that names none. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../output/index.js';

export const TEST_SUFFIX = '.test.yaml';

/** Files that end in `.test.yaml` below `folder` in sorted order; not in `node_modules`, nor in folders whose name begins with a dot. */
export async function discoverTests(folder: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    // A folder that this user may not enter holds no test of hers.
    if (prefix !== '' && errorCode(error) !== undefined) return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(prefix, entry.name);
    if (entry.isDirectory()) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      found.push(...(await discoverTests(join(folder, entry.name), path)));
    } else if (entry.name.endsWith(TEST_SUFFIX)) {
      found.push(path);
    }
  }
  return found.sort();
}
