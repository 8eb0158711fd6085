import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { part } from '../part.ts';
import { type Spark, startSpark } from './spark.ts';

part(
  {
    variable: 'GOLDSMITH_SPARK',
    against: 'what Apache Spark tells of a view that replacing it would take off',
  },
  () => {
    describe('a view on Apache Spark', () => {
      let spark: Spark;
      let connector: Connector;
      const run = (sql: string) => connector.execute(sql, { purpose: 'build' });

      beforeAll(async () => {
        spark = await startSpark();
        connector = await spark.open();
        await run('drop schema if exists bound cascade');
        await run('create schema bound');
      });
      afterAll(async () => {
        await run('drop schema if exists bound cascade');
        await connector.close();
        await spark.stop();
      });

      async function lostOf(name: string) {
        const view = relationId({ schema: 'bound', name });
        const lost: string[] = [];
        for (const { now, read } of connector.wording.access?.lostWhenReplaced?.(view) ?? []) {
          if (read !== undefined) {
            const { rows } = await connector.query(now, { purpose: 'publish' });
            lost.push(...rows.flatMap((row) => read(row) ?? []));
          }
        }
        return lost;
      }

      it('has nothing of its own where nothing was said', async () => {
        await run("create view bound.plain (a comment 'as it is with schema binding') as select 1");

        expect(await lostOf('plain')).toEqual([]);
      });

      it('tells its properties, and what it does when its tables change', async () => {
        await run(
          "create view bound.said with schema evolution tblproperties ('owned_by' = 'finance') as select 1 as a",
        );

        expect(await lostOf('said')).toEqual(['property owned_by', 'WITH SCHEMA EVOLUTION']);
      });
    });
  },
);
