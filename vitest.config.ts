import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Commands and workers that tests start read the same sources again and again: Node keeps what it compiled of them.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('./node_modules/.cache/node-compile', import.meta.url),
);

/** `.ci/run` names a file for a machine-readable report; people get the default one. */
const reportFile = process.env['GOLDSMITH_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/keep-parsers-compiled.ts'],
    // Real engines and killed processes on a busy machine of two cores: a limit says that something hangs, not that it is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Many tests wait for servers and processes of their own: three keep two cores busy.
    maxWorkers: 3,
    // Files share a worker and what it loaded: no source keeps state in its module, and loading the parsers for each file takes minutes.
    isolate: false,
    reporters:
      reportFile === undefined ? ['default'] : ['default', ['json', { outputFile: reportFile }]],
  },
});
