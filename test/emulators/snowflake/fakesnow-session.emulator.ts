import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import type { HistoryRow } from '../../../src/connectors/history-row.ts';
import { openQueryHistory } from '../../../src/connectors/snowflake/query-history.ts';
import { part } from '../part.ts';
import { type Fakesnow, startFakesnow } from './fakesnow.ts';

const options: CallOptions = { purpose: 'catalog' };
const NOW = Date.UTC(2026, 10, 20, 12, 30);

part({ variable: 'GOLDSMITH_FAKESNOW', against: 'Snowflake, as fakesnow (PyPI) has it' }, () => {
  describe('a connector to fakesnow', () => {
    let fakesnow: Fakesnow;
    let connector: Connector;
    const run = (sql: string) => connector.execute(sql, { purpose: 'build' });
    const cellsOf = async (sql: string) => (await connector.query(sql, options)).rows;

    beforeAll(async () => {
      fakesnow = await startFakesnow();
      connector = await fakesnow.open('SHOP');
    });
    afterAll(async () => {
      await connector.close();
      await fakesnow.stop();
    });

    it('reads 64-bit integers, decimals with 38 places, times, nulls and booleans', async () => {
      const sql = `select 9223372036854775807::bigint, '-9223372036854775808'::bigint, 12345678901234567890123456789.123456789::number(38, 9),
  date '2024-02-29', '2024-02-29 23:59:59.123456'::timestamp_ntz, '1969-12-31 23:59:58.5'::timestamp_ntz, null::varchar, '', true, 0.5::float`;

      expect(await cellsOf(sql)).toEqual([
        [
          '9223372036854775807',
          '-9223372036854775808',
          '12345678901234567890123456789.123456789',
          '2024-02-29',
          '2024-02-29T23:59:59.123456',
          '1969-12-31T23:59:58.5',
          null,
          '',
          true,
          0.5,
        ],
      ]);
    });

    it('streams 100,000 rows, a few thousand at a time', async () => {
      let rows = 0;
      for await (const chunk of connector.stream(
        'select seq4() from table(generator(rowcount => 100000))',
        options,
      )) {
        expect(chunk.length).toBeLessThanOrEqual(2_000);
        rows += chunk.length;
      }

      expect(rows).toBe(100_000);
    });

    it('tells a missing relation from a statement that is none, and keeps literals out', async () => {
      await expect(connector.query('select * from nowhere', options)).rejects.toMatchObject({
        code: 'CONNECTOR_RELATION_MISSING',
      });
      const error = await connector
        .query("selekt 'secret-literal'", options)
        .catch((caught: unknown) => caught);

      expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
      expect(String(error)).not.toContain('secret-literal');
    });

    it('keeps changes of rows when the work resolves, and undoes them when it rejects', async () => {
      await run('create table counted (n integer)');
      const writing = { purpose: 'build', readOnly: false } as const;
      await connector.transaction(
        (session) => session.execute('insert into counted values (1), (2)', writing),
        writing,
      );
      const cause = new Error('not equal');
      const failing = connector.transaction(async (session) => {
        await session.execute('insert into counted values (3)', writing);
        throw cause;
      }, writing);

      await expect(failing).rejects.toBe(cause);
      expect(await cellsOf('select count(*) from counted')).toEqual([['2']]);
    });

    it('reads the catalog of what people made', async () => {
      await run('create schema sales');
      await run(
        'create table sales.orders (id integer not null, amount number(12, 2), said varchar, made timestamp_ntz)',
      );
      await run('create view sales.big as select id, amount from sales.orders where amount > 10');

      const catalog = await connector.readCatalog(options);

      expect(catalog.filter(({ id }) => id.startsWith('SALES.'))).toMatchObject([
        { id: 'SALES.BIG', kind: 'view', definitionSql: expect.stringContaining('amount > 10') },
        {
          id: 'SALES.ORDERS',
          kind: 'table',
          columns: [
            { name: 'ID', notNull: true },
            { name: 'AMOUNT', type: 'NUMBER(12,2)' },
            { name: 'SAID', type: 'VARCHAR' },
            { name: 'MADE', type: 'TIMESTAMP_NTZ' },
          ],
        },
      ]);
    });

    it('mines a seeded history in two phases: groups without texts, then one text for each hash', async () => {
      await run('create database snowflake');
      await run('create schema snowflake.account_usage');
      await run(HISTORY);
      await run(ATTRIBUTION);
      const values = RUNS.map(
        ([id, user, minutesAgo, status, hash, size]) =>
          `('${id}', 'select 1 from sales.orders', 'SHOP', 'PUBLIC', 'SELECT', '${user}', 'ANALYST', 'WH', ${size}, '', '${status}', null, null,
  '${moment(minutesAgo + 1)}', '${moment(minutesAgo)}', 2500, 2000, ${size === 'null' ? 0 : 1000}, 1, 2, 50, 10, '${hash}', 1, false)`,
      );
      await run(
        `insert into snowflake.account_usage.query_history select * from values ${values.join(',\n')}`,
      );
      const source = openQueryHistory({
        name: 'snowflake-history',
        relation: 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY',
        attribution: 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY',
        latencyMs: HOUR_MS,
        lookbackMs: 48 * HOUR_MS,
        connector,
        now: () => NOW,
      });
      const rows: HistoryRow[] = [];
      for await (const batch of source.read(undefined, {})) {
        rows.push(...batch.rows);
        expect(batch.bad).toEqual([]);
      }

      expect(
        rows.map(({ user, status, runs, cached, text }) => [
          user,
          status,
          runs ?? 1,
          cached === true,
          text,
        ]),
      ).toEqual(
        expect.arrayContaining([
          ['ANA', 'success', 2, false, 'select 1 from sales.orders'],
          ['BEN', 'success', 1, false, 'select 1 from sales.orders'],
        ]),
      );
      expect(rows).toHaveLength(4);
    });
  });
});

/** Query, user, how long ago, outcome, hash, size of the warehouse. */
const RUNS = [
  ['a', 'ANA', 150, 'success', 'h1', "'Medium'"],
  ['b', 'ANA', 140, 'success', 'h1', "'Medium'"],
  ['c', 'BEN', 140, 'success', 'h1', "'Medium'"],
  ['d', 'ANA', 145, 'fail', 'h1', "'Medium'"],
  ['e', 'ANA', 141, 'success', 'h1', 'null'],
] as const;

function moment(minutesAgo: number): string {
  return new Date(NOW - minutesAgo * 60_000).toISOString();
}

const HISTORY = `create table snowflake.account_usage.query_history (
  query_id varchar, query_text varchar, database_name varchar, schema_name varchar, query_type varchar, user_name varchar, role_name varchar,
  warehouse_name varchar, warehouse_size varchar, query_tag varchar, execution_status varchar, error_code varchar, error_message varchar,
  start_time timestamp_ltz, end_time timestamp_ltz, total_elapsed_time bigint, execution_time bigint, bytes_scanned bigint,
  partitions_scanned bigint, partitions_total bigint, query_load_percent bigint, rows_produced bigint, query_parameterized_hash varchar,
  query_parameterized_hash_version bigint, is_client_generated_statement boolean)`;

const ATTRIBUTION = `create table snowflake.account_usage.query_attribution_history (
  query_id varchar, warehouse_name varchar, start_time timestamp_ltz, end_time timestamp_ltz, query_parameterized_hash varchar,
  credits_attributed_compute float, credits_used_query_acceleration float)`;
