import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { failingKinds } from '../kinds.ts';
import { part } from '../part.ts';
import { liveStaged } from '../staged-life.ts';
import { informationSchema } from './information-schema.ts';
import { type Spark, startSpark } from './spark.ts';
import { SYSTEM_TABLES } from './system-tables.ts';

const options: CallOptions = { purpose: 'verify' };

part(
  {
    variable: 'GOLDSMITH_SPARK',
    against: 'Databricks, as Apache Spark with Delta and Iceberg (PyPI, Maven) has it',
  },
  () => {
    describe('a connector to Apache Spark', () => {
      let spark: Spark;
      let connector: Connector;
      const run = (sql: string) => connector.execute(sql, { purpose: 'build' });
      const cellsOf = async (sql: string) => (await connector.query(sql, options)).rows;

      beforeAll(async () => {
        spark = await startSpark();
        connector = await spark.open();
        // A server that runs already may know them from the last time.
        const own = ['shop', 'gold', 'gold_data', 'goldsmith'];
        await Promise.all(own.map((name) => run(`drop schema if exists ${name} cascade`)));
        await run('create schema shop');
        await run(
          "create or replace table shop.orders as select id, cast(id as double) as amount, concat('r', id % 4) as said from range(0, 400)",
        );
        await run('create schema if not exists information_schema');
        await Promise.all(informationSchema().map(run));
        for (const sql of SYSTEM_TABLES) {
          await run(sql);
        }
      });
      afterAll(async () => {
        await connector.close();
        await spark.stop();
      });

      it('reads numbers, texts, dates, times, booleans and nulls', async () => {
        const sql = `select 7, 9007199254740991, 'x', true, date '2024-02-29', timestamp '2024-02-29 12:00:00.123', cast(null as string), 0.5D`;

        expect(await cellsOf(sql)).toEqual([
          [7, '9007199254740991', 'x', true, '2024-02-29', '2024-02-29T12:00:00.123', null, 0.5],
        ]);
      });

      it('refuses what the driver reads wrongly from columns, instead of telling a wrong number', async () => {
        await expect(connector.query('select 9223372036854775807', options)).rejects.toMatchObject({
          message: expect.stringContaining('cast it to string'),
        });
      });

      it('tells a missing relation from a statement that is none', async () => {
        await expect(connector.query('select * from nowhere', options)).rejects.toMatchObject({
          code: 'CONNECTOR_RELATION_MISSING',
        });
        await expect(connector.query('selekt 1', options)).rejects.toMatchObject({
          code: 'CONNECTOR_BAD_SQL',
        });
      });

      it('builds, proves, flips, sees a source change, refreshes, demotes and drops', async () => {
        await liveStaged(connector, { hasLastChange: true });
      });

      it('carries out every kind of statement the doctor tries, but grants, owners, comments on views, how a Delta table was made and what a warehouse keeps', async () => {
        expect(await failingKinds(connector)).toEqual({
          // Databricks documents COMMENT ON TABLE for views, too; Spark does not know them by it.
          'comment on a view': expect.stringMatching(/EXPECT_TABLE_NOT_VIEW|PARSE_SYNTAX_ERROR/),
          'give a view to its owner': expect.stringContaining('PARSE_SYNTAX_ERROR'),
          grant: expect.stringContaining('INVALID_STATEMENT_OR_CLAUSE'),
          'have the warehouse keep a version, and refresh it':
            expect.stringContaining('PARSE_SYNTAX_ERROR'),
          // Of a table of Delta's, which has none; it is asked of views.
          'look what replacing a view would take off it':
            expect.stringContaining('in a way we do not know'),
          revoke: expect.stringContaining('INVALID_STATEMENT_OR_CLAUSE'),
        });
      });

      it('explains what writes and carries nothing out, and says in its answer what is wrong', async () => {
        await run('create table shop.explained as select 1 as a');
        const { explain } = connector.wording;
        const told = async (sql: string) => {
          expect(sql).toMatch(explain?.takes ?? /^$/);
          const { rows } = await connector.query(`explain ${sql}`, options);
          return (explain?.failure?.(rows) as { code?: string } | undefined)?.code ?? 'planned';
        };
        const sent = async () =>
          (await connector.query('show tables in shop', options)).rows.length;
        const before = await sent();

        expect([
          await told("create table shop.never comment 'x' as select a from shop.explained"),
          await told('create view shop.never as select a from shop.explained'),
          await told('create or replace view shop.explained_view as select a from shop.explained'),
          await told('insert into shop.explained select 2'),
          await told('delete from shop.explained where a = 1'),
          await told('update shop.explained set a = 3 where a = 1'),
          await told('drop table shop.explained'),
          await told('create schema if not exists never'),
          await told('insert into shop.nowhere select 2'),
          await told('create table shop.never as select b from shop.explained'),
        ]).toEqual([
          ...Array.from({ length: 8 }, () => 'planned'),
          'CONNECTOR_RELATION_MISSING',
          'CONNECTOR_BAD_SQL',
        ]);
        expect(await sent()).toBe(before);
        expect((await connector.query('select a from shop.explained', options)).rows).toEqual([
          [1],
        ]);
      });

      it('analyses the catalog’s statements over the columns the information schema is said to have', async () => {
        expect(await connector.readCatalog({ purpose: 'catalog' })).toEqual([]);
        const { objects, access, content } = connector.wording;
        const relation = relationId({ schema: 'shop', name: 'orders' });
        const texts = [
          objects.marked('goldsmith: '),
          ...objects.keptByTables(relation).map(({ sql }) => sql),
          access?.readers?.(relation) ?? '',
          access?.rowPolicies(relation) ?? '',
          `select count(distinct ${content.relationHash('v')}) as n from shop.orders as v`,
        ];
        for (const sql of texts) {
          await connector.query(sql, options);
        }
      });
    });
  },
);
