import { accessSync, constants } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../compiler/package-path.js';
import { build } from '../setup/build.mjs';

test('a build leaves the command executable, for links that npx made before it', () => {
  expect(build()).toBe(true);
  const main = packagePath('dist', 'compiler', 'cli', 'main.js');
  expect(() => accessSync(main, constants.X_OK)).not.toThrow();
});
