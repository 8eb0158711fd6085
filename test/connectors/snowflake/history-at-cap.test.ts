import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import { openQueryHistory } from '../../../src/connectors/snowflake/query-history.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';

const HISTORY = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY';
const ATTRIBUTION = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY';
const START = Date.UTC(2026, 5, 1);
/** As many as are told of an hour at most. */
const KINDS = 5_000;
const HOURS = 48;
/** What each run is estimated to cost, of a warehouse of one credit an hour, and what it did cost. */
const ESTIMATED_MS = 1_000;
const ATTRIBUTED_MS = 3_000;

it('sets every hour of two days right, of as many kinds as are told, in cycles of an hour', async () => {
  const account = await snowflakeAccount();
  const connector = await account.open({ writer: undefined });
  const hourOf = `to_timestamp(${START / 1000} + 3600 * (n // ${KINDS}) + 60)`;
  await account.server.sql(`insert into ${HISTORY}
  (query_id, query_text, query_type, user_name, warehouse_name, warehouse_size, execution_status, start_time, end_time, total_elapsed_time,
   execution_time, bytes_scanned, rows_produced, query_parameterized_hash, query_parameterized_hash_version)
select concat('q', n), concat('select ', n % ${KINDS}), 'SELECT', 'ANA', 'BI_WH', 'X-Small', 'success', ${hourOf}, ${hourOf}, ${ESTIMATED_MS},
  ${ESTIMATED_MS}, 1, 1, concat('h', n % ${KINDS}), 1
from range(${KINDS * HOURS}) as a(n)`);
  await account.server.sql(`insert into ${ATTRIBUTION}
  (query_id, warehouse_name, start_time, end_time, credits_attributed_compute, credits_used_query_acceleration)
select concat('q', n), 'BI_WH', ${hourOf}, ${hourOf}, ${ATTRIBUTED_MS / HOUR_MS}, null from range(${KINDS * HOURS}) as a(n)`);
  let now = START;
  const source = openQueryHistory({
    name: 'snowflake-history',
    relation: HISTORY,
    attribution: ATTRIBUTION,
    latencyMs: HOUR_MS,
    lookbackMs: 2 * HOUR_MS,
    cutAt: 100_000,
    connector,
    now: () => now,
  });

  const told = new Map<number, { runs: number; cpuMs: number }>();
  let position: string | undefined;
  let longest = 0;
  for (let hour = 0; hour < HOURS + 12; hour += 1) {
    now = START + hour * HOUR_MS + 60_000;
    for await (const { rows, bad, position: next } of source.read(position, {})) {
      expect(bad).toEqual([]);
      position = next;
      longest = Math.max(longest, next.length);
      for (const { endedAt, runs = 1, cpuMs = 0 } of rows) {
        const ended = Math.floor((endedAt - START) / HOUR_MS);
        const before = told.get(ended) ?? { runs: 0, cpuMs: 0 };
        told.set(ended, { runs: before.runs + runs, cpuMs: before.cpuMs + cpuMs });
      }
    }
  }

  expect([...told.keys()].toSorted((a, b) => a - b)).toEqual([...Array(HOURS).keys()]);
  const wrong = [...told].filter(
    ([, { runs, cpuMs }]) => runs !== KINDS || Math.abs(cpuMs / (KINDS * ATTRIBUTED_MS) - 1) > 1e-6,
  );
  expect(wrong).toEqual([]);
  expect(longest).toBeLessThan(5_000_000);
  await connector.close();
  await account.server.stop();
});
