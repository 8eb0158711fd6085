import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { type CloudWarehouse, daySql, HISTORY_OF } from '../../bench/history-day-sql.ts';
import { HOUR_MS } from '../../src/base/clock.ts';

const UNTIL = Date.UTC(2026, 10, 22, 12);

/** Two hours of 3,000 statements of 500 templates, as the warehouse's history tells them. */
async function asked(warehouse: CloudWarehouse, sql: string) {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-day-sql-'));
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    await connection.run("set timezone = 'UTC'");
    const { moment, sql: view } = HISTORY_OF[warehouse];
    const path = join(folder, 'day.duckdb');
    const day = { anHour: 3000, hours: 2, templates: 500, until: UNTIL, path, moment };
    for (const statement of [...daySql(day), view]) {
      await connection.run(statement);
    }
    return (await connection.runAndReadAll(sql)).getRowsJS();
  } finally {
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
}

describe('a made day of history', () => {
  it('has as many statements in each hour as were asked for, each with an id of its own', async () => {
    const hours = await asked(
      'bigquery',
      'select epoch_ms(date_trunc($$hour$$, end_time)) as h, count(*), count(distinct job_id) from day.jobs group by 1 order by 1',
    );
    expect(hours).toEqual([
      [BigInt(UNTIL - 2 * HOUR_MS), 3000n, 3000n],
      [BigInt(UNTIL - HOUR_MS), 3000n, 3000n],
    ]);
  });

  it('has templates whose texts differ in literals alone, runs that failed and runs from a cache', async () => {
    const [[hashes, texts, failed, cached] = []] = await asked(
      'snowflake',
      `select count(distinct query_parameterized_hash), count(distinct query_text), count(*) filter (where execution_status = 'fail') > 20,
  count(*) filter (where warehouse_size is null) > 40
from day.query_history`,
    );
    expect(Number(texts)).toBeGreaterThan(1.5 * Number(hashes));
    expect(Number(hashes)).toBeGreaterThan(400);
    expect([failed, cached]).toEqual([true, true]);
  });
});
