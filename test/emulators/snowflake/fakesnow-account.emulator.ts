import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import type { HistoryRow } from '../../../src/connectors/history-row.ts';
import { openQueryHistory } from '../../../src/connectors/snowflake/query-history.ts';
import { failingKinds } from '../kinds.ts';
import { part } from '../part.ts';
import { STAND_INS } from './account-usage.ts';
import { type Fakesnow, startFakesnow } from './fakesnow.ts';
import {
  ATTRIBUTED,
  KEPT,
  METERED,
  NOW,
  RATES,
  REFRESHED,
  RUNS,
  SESSIONS,
  seeding,
} from './seeds.ts';

part({ variable: 'GOLDSMITH_FAKESNOW', against: 'Snowflake, as fakesnow (PyPI) has it' }, () => {
  describe('an account on fakesnow', () => {
    let fakesnow: Fakesnow;
    let people: Connector;
    let connector: Connector;
    const run = (sql: string) => people.execute(sql, { purpose: 'build' });

    beforeAll(async () => {
      fakesnow = await startFakesnow();
      people = await fakesnow.open('SNOWFLAKE');
      for (const sql of STAND_INS) {
        await run(sql);
      }
      connector = await fakesnow.open('KINDS');
      const build = { purpose: 'build' } as const;
      await connector.execute('create schema "shop"', build);
      await connector.execute(
        `create table "shop"."orders" as select seq4() as "id", 0.5::float as "amount", 'x'::varchar as "said" from table(generator(rowcount => 400))`,
        build,
      );
    });
    afterAll(async () => {
      await connector.close();
      await people.close();
      await fakesnow.stop();
    });

    it('carries out every kind of statement the doctor tries, but grants and what the account keeps itself', async () => {
      expect(await failingKinds(connector)).toEqual({
        'give a view to its owner': expect.stringContaining('syntax error at or near "grant"'),
        grant: expect.stringContaining('syntax error at or near "GRANT"'),
        // It takes CREATE DYNAMIC TABLE for that of a table, and knows no other word of it.
        'have the warehouse keep a version, and refresh it': expect.stringContaining(
          'syntax error at or near "dynamic"',
        ),
        revoke: expect.stringContaining('syntax error at or near "REVOKE"'),
      });
    });

    it.for([
      ['select is_role_in_session(current_role())', 'is_role_in_session does not exist'],
      ['select current_warehouse()', 'current_warehouse does not exist'],
      ["select system$cancel_query('x')", 'system$cancel_query does not exist'],
      ['show materialized views in database', 'syntax error at or near "views"'],
      ['show grants on schema "shop"', 'syntax error at or near "on"'],
      ['show future grants to role "GOLDSMITH_READS"', 'syntax error at or near "grants"'],
      ['explain select 1', 'Unhandled exception'],
    ] as const)('has no word for %s', async ([sql, because]) => {
      await expect(connector.query(sql, { purpose: 'catalog' })).rejects.toMatchObject({
        cause: expect.objectContaining({ message: expect.stringContaining(because) }),
      });
    });

    it('mines a history in two phases: groups without texts, by client and at what each run cost, then one text for each hash', async () => {
      await run(seeding('account_usage.query_history', RUNS));
      await run(seeding('account_usage.sessions', SESSIONS));
      await run(seeding('account_usage.query_attribution_history', ATTRIBUTED));
      let now = NOW;
      const source = openQueryHistory({
        name: 'snowflake-history',
        relation: 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY',
        attribution: 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY',
        sessions: 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS',
        latencyMs: HOUR_MS,
        lookbackMs: 48 * HOUR_MS,
        cutAt: 100_000,
        connector,
        now: () => now,
      });
      const told = new Map<string, Pick<HistoryRow, 'runs' | 'cpuMs'>>();
      let position: string | undefined;
      for (; now <= NOW + 24 * HOUR_MS; now += 24 * HOUR_MS) {
        for await (const batch of source.read(position, {})) {
          expect(batch.bad).toEqual([]);
          for (const { user, client, status, cached, text, runs = 1, cpuMs = 0 } of batch.rows) {
            const key = [user, client, cached === true ? 'cached' : status, text].join(': ');
            const was = told.get(key) ?? { runs: 0, cpuMs: 0 };
            told.set(key, { runs: (was.runs ?? 0) + runs, cpuMs: (was.cpuMs ?? 0) + cpuMs });
          }
          position = batch.position;
        }
      }

      // Three quarters of a credit, and two; of the others their work, at what an hour of it cost that day: 495 credits of the list's.
      const estimated = 1000 * 4 * 495;
      expect(Object.fromEntries(told)).toEqual({
        'ANA: Tableau: success: select 1 from sales.orders': {
          runs: 2,
          cpuMs: 0.75 * HOUR_MS + estimated,
        },
        'ANA: Tableau: cancelled: select 1 from sales.orders': { runs: 1, cpuMs: estimated },
        'ANA: Tableau: cached: select 1 from sales.orders': { runs: 1, cpuMs: 0 },
        'BEN: PythonConnector: success: select 1 from sales.orders': {
          runs: 1,
          cpuMs: 2 * HOUR_MS,
        },
      });
    });

    it('reads the account’s prices, and what it spent by itself on keeping versions', async () => {
      await run(seeding('organization_usage.rate_sheet_daily', RATES));
      await run(seeding('account_usage.warehouse_metering_history', METERED));
      await run(seeding('account_usage.materialized_view_refresh_history', KEPT));
      await run(seeding('account_usage.dynamic_table_refresh_history', REFRESHED));
      const [kept, lagging, none] = ['KEPT', 'LAGGING', 'NONE'].map((name) =>
        relationId({ schema: 'GOLD_DATA', name }),
      ) as [RelationId, RelationId, RelationId];
      const hours = { from: NOW - 24 * HOUR_MS, to: NOW, purpose: 'measure' } as const;

      expect(await connector.readPrices?.({ purpose: 'catalog' })).toMatchObject({
        kind: 'told',
        from: RATES[0]?.['date'],
        usdPerCoreHour: 2.5,
        source: expect.stringContaining('used 4 credits, 50 % of them idle'),
      });
      expect(await connector.readRefreshBills?.([kept, lagging, none], hours)).toEqual(
        new Map([
          [kept, { cpuMs: 0.75 * HOUR_MS }],
          [lagging, { cpuMs: 0.125 * HOUR_MS }],
        ]),
      );
    });
  });
});
