import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Two cores are the machine that CI has; compilers that the tests start want one of them.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/setup/closing-line.ts'],
    // Neither the caller's time zone nor colours may change what a test sees.
    env: { NO_COLOR: '1', FORCE_COLOR: undefined },
  },
});
