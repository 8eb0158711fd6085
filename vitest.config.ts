import { defineConfig } from 'vitest/config';

/** `.ci/run` names a file for a machine-readable report; people get the default one. */
const reportFile = process.env['GOLDSMITH_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters:
      reportFile === undefined ? ['default'] : ['default', ['json', { outputFile: reportFile }]],
  },
});
