import { defineConfig } from 'vitest/config';

/** `.ci/run` names a file for a machine-readable report; people get the default one. */
const reportFile = process.env['GOLDSMITH_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real engines and killed processes on a busy machine of two cores: a limit says that something hangs, not that it is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Many tests wait for servers and processes of their own: three keep two cores busy.
    maxWorkers: 3,
    reporters:
      reportFile === undefined ? ['default'] : ['default', ['json', { outputFile: reportFile }]],
  },
});
