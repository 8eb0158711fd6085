import { wordsOf } from './dbt-project.ts';

/** Settings whose values never name a column. */
const NAMES_NONE = new Set(
  `materialized enabled tags docs meta grants packages persist_docs quoting schema database alias group access contract full_refresh
  on_configuration_change pre-hook freshness concurrent_batches incremental_strategy batch_size lookback begin`.split(
    /\s+/,
  ),
);

/** Words of a configuration that may name columns: `unique_key`, `partition_by`, hooks after the build... */
export function configWords(config: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const values = Object.entries(config).flatMap(([name, value]) =>
    NAMES_NONE.has(name) || value === undefined || value === null ? [] : [value],
  );
  return wordsOf(JSON.stringify(values));
}
