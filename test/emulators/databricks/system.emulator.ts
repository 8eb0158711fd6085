import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { openQueryHistory } from '../../../src/connectors/databricks/query-history.ts';
import type { HistoryRow } from '../../../src/connectors/history-row.ts';
import { part } from '../part.ts';
import { informationSchema } from './information-schema.ts';
import { BILLED, NOW, PRICED, STATEMENTS } from './seeds.ts';
import { type Spark, startSpark } from './spark.ts';
import { SYSTEM_TABLES } from './system-tables.ts';

const options: CallOptions = { purpose: 'catalog' };

part(
  {
    variable: 'GOLDSMITH_SPARK',
    against: 'Databricks, as Apache Spark with Delta and Iceberg (PyPI, Maven) has it',
  },
  () => {
    describe('an account’s system tables on Apache Spark', () => {
      let spark: Spark;
      let connector: Connector;
      const run = (sql: string) => connector.execute(sql, { purpose: 'build' });

      beforeAll(async () => {
        spark = await startSpark();
        connector = await spark.open();
        await run('create schema if not exists information_schema');
        for (const sql of [...informationSchema(), ...SYSTEM_TABLES, ...BILLED, ...PRICED]) {
          await run(sql);
        }
        await run(STATEMENTS);
      });
      afterAll(async () => {
        await connector.close();
        await spark.stop();
      });

      it('tell the history in two phases, at what the warehouse was billed while something ran', async () => {
        const source = openQueryHistory({
          name: 'databricks-history',
          relation: 'system.query.history',
          lookbackDays: 1,
          cutAt: 100_000,
          connector,
          now: () => NOW,
        });
        const rows: HistoryRow[] = [];
        const bad: string[] = [];
        for await (const batch of source.read(undefined, {})) {
          rows.push(...batch.rows);
          bad.push(...batch.bad.map(({ because }) => because));
        }

        // One DBU of the two, where an hour of a core makes twelve of 32 by the list.
        const rate = 32 / 12;
        expect(bad).toEqual([
          '1 run was left out: they are scripts, which do what other statements say',
        ]);
        expect(
          rows
            .map(({ user, status, runs, cpuMs = 0 }) => [user, status, runs, Math.round(cpuMs)])
            .toSorted((one, other) => (String(one) < String(other) ? -1 : 1)),
        ).toEqual([
          ['ana', 'failed', 1, Math.round(2000 * rate)],
          ['ana', 'success', 2, Math.round(4000 * rate)],
          ['ben', 'success', 1, Math.round(2000 * rate)],
        ]);
        expect(rows[0]?.text).toMatch(/^select n from sales\.orders where id = \d+$/);
      });

      it('tell what a core hour costs, and what the pipelines of versions were billed', async () => {
        await run('create schema if not exists shop');
        await run('drop table if exists shop.kept');
        await run(
          "create table shop.kept tblproperties ('pipelines.pipelineId' = 'p-1') as select 1 as a",
        );
        const kept = relationId({ schema: 'shop', name: 'kept' });
        const gone = relationId({ schema: 'shop', name: 'gone' });
        const day = { from: NOW - 24 * HOUR_MS, to: NOW, purpose: 'measure' } as const;

        expect(await connector.readPrices?.(options)).toMatchObject({
          kind: 'told',
          from: '2020-01-01',
          usdPerCoreHour: 0.2625,
        });
        expect(await connector.readRefreshBills?.([kept, gone], day)).toEqual(
          new Map([[kept, { usd: 1.05 }]]),
        );
      });

      it('answer the doctor', async () => {
        const findings = await connector.diagnose?.(
          { schemas: ['gold'], adoptable: [], writes: true, history: 'system.query.history' },
          options,
        );

        const told = findings?.map(({ detail }) => detail);
        for (const words of [
          'sees no relation in spark_catalog',
          'clocks agree',
          'the warehouse groups texts of statements as it should',
          'sees by system.compute.warehouse_events when a warehouse was up',
          'is not seen to be allowed what it needs in gold',
          'sees by system.access.table_lineage what reads a mart',
        ]) {
          expect(told).toContainEqual(expect.stringContaining(words));
        }
      });
    });
  },
);
