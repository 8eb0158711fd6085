import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Commands and workers that tests start read the same sources again and again: Node keeps what it compiled of them.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('./node_modules/.cache/node-compile', import.meta.url),
);

/** `.ci/run` names a file for a machine-readable report; people get the default one. */
const reportFile = process.env['GOLDSMITH_TEST_REPORT'];

/** Whole lives of minutes, told on other warehouses or in shorter tests too: the check of every change has fifteen minutes. */
const LONG = [
  'test/connectors/bigquery/bigquery-loop.test.ts',
  'test/connectors/bigquery/bigquery-observed.test.ts',
  'test/connectors/bigquery/bigquery-prune.test.ts',
  'test/connectors/bigquery/bigquery-trouble.test.ts',
  'test/connectors/databricks/databricks-loop.test.ts',
  'test/connectors/databricks/databricks-observed.test.ts',
  'test/connectors/databricks/databricks-prune.test.ts',
  'test/connectors/databricks/databricks-trouble.test.ts',
  'test/connectors/duckdb/duckdb-ranges.test.ts',
  'test/connectors/postgres/postgres-kill.test.ts',
  'test/connectors/snowflake/history-at-cap.test.ts',
  'test/connectors/snowflake/snowflake-materialized-life.test.ts',
  'test/connectors/snowflake/snowflake-native.test.ts',
  'test/connectors/snowflake/snowflake-observe.test.ts',
  'test/connectors/snowflake/snowflake-prune.test.ts',
  'test/connectors/snowflake/snowflake-staged.test.ts',
  'test/daemon/route-writers.test.ts',
  'test/demo/postgres-story.test.ts',
  'test/materializer/by-range.test.ts',
  'test/materializer/in-steps.test.ts',
  'test/scenarios/adopted-table.test.ts',
  'test/scenarios/bigquery-life.test.ts',
  'test/scenarios/databricks-life.test.ts',
  'test/scenarios/drift/former-statements.test.ts',
  'test/scenarios/drift/removed-column.test.ts',
  'test/scenarios/drift/renamed-after-a-yes.test.ts',
  'test/scenarios/drift/seen-rename.test.ts',
  'test/scenarios/foreign-change.test.ts',
  'test/scenarios/literals-stay-home.test.ts',
  'test/scenarios/long-history.test.ts',
  'test/scenarios/lost-state.test.ts',
  'test/scenarios/operators.test.ts',
  'test/scenarios/proposals/drop-and-prune.test.ts',
  'test/scenarios/proposals/follow.test.ts',
  'test/scenarios/proposals/killed-daemon.test.ts',
  'test/scenarios/proposals/stale-and-killed.test.ts',
  'test/scenarios/proposals/told-once.test.ts',
  'test/scenarios/pruning.test.ts',
  'test/scenarios/pull-requests/merged-while-down/merged-while-down.test.ts',
  'test/scenarios/similar-marts.test.ts',
  'test/scenarios/snowflake-life.test.ts',
  'test/scenarios/staleness.test.ts',
  'test/scenarios/telling-people.test.ts',
];
const isLong = process.env['GOLDSMITH_LONG'] === '1';
// A file named on the command line is meant.
const isAsked = LONG.some((file) =>
  process.argv.some((word) => word.endsWith('.ts') && file.endsWith(word)),
);
if (!isLong && !isAsked && process.env['VITEST_POOL_ID'] === undefined) {
  process.stdout.write(`skipped, GOLDSMITH_LONG=1 runs them: ${LONG.join(', ')}\n`);
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', ...(isLong || isAsked ? [] : LONG)],
    setupFiles: ['test/keep-parsers-compiled.ts'],
    // Real engines and killed processes on a busy machine of two cores: a limit says that something hangs, not that it is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // Many tests wait for servers and processes of their own: three keep two cores busy.
    maxWorkers: 3,
    // Files share a worker and what it loaded: no source keeps state in its module, and loading the parsers for each file takes minutes.
    isolate: false,
    reporters:
      reportFile === undefined ? ['default'] : ['default', ['json', { outputFile: reportFile }]],
  },
});
