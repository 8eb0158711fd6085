import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { failingKinds } from '../kinds.ts';
import { part } from '../part.ts';
import { liveStaged } from '../staged-life.ts';
import { type BigqueryEmulator, startEmulator } from './emulator.ts';
import { STAND_INS } from './stand-ins.ts';

const options: CallOptions = { purpose: 'verify' };

part(
  {
    variable: 'GOLDSMITH_BIGQUERY_EMULATOR',
    against: 'BigQuery, as goccy/bigquery-emulator (Go) has it',
  },
  () => {
    describe('a connector to the BigQuery emulator', () => {
      let emulator: BigqueryEmulator;
      let connector: Connector;
      const run = (sql: string) => connector.execute(sql, { purpose: 'build' });
      const cellsOf = async (sql: string) => (await connector.query(sql, options)).rows;

      // One of its own for each: its analyser's memory grows with every statement and ends at 2 GB.
      beforeEach(async () => {
        emulator = await startEmulator(['info', 'shop', 'gold', 'gold_data', 'goldsmith']);
        connector = await emulator.open();
        for (const sql of STAND_INS) {
          await run(sql);
        }
        await run(
          "create table shop.orders as select id, cast(id as float64) as amount, concat('r', cast(mod(id, 4) as string)) as said from unnest(generate_array(0, 399)) as id",
        );
      });
      afterEach(async () => {
        await connector.close();
        await emulator.stop();
      });

      it('reads 64-bit integers, decimals, times, nulls, booleans, arrays and structs', async () => {
        const sql = `select 9223372036854775807 as a, numeric '12345678901234567890123456789.123456789' as b, 'x' as c, true as d,
  date '2024-02-29' as e, timestamp '2024-02-29 12:00:00.123456+00' as f, cast(null as string) as g, 0.5 as h, [1, 2] as i`;

        expect(await cellsOf(sql)).toEqual([
          [
            '9223372036854775807',
            '12345678901234567890123456789.123456789',
            'x',
            true,
            '2024-02-29',
            '2024-02-29T12:00:00.123456Z',
            null,
            0.5,
            ['1', '2'],
          ],
        ]);
      });

      it('reads 20,000 rows over several pages', async () => {
        let rows = 0;
        for await (const chunk of connector.stream(
          'select n from unnest(generate_array(1, 20000)) as n',
          options,
        )) {
          rows += chunk.length;
        }

        expect(rows).toBe(20_000);
      });

      it('tells which jobs of ours have not ended: none', async () => {
        const orders = relationId({ schema: 'shop', name: 'orders' });
        expect(await connector.stopStatements?.([orders], options)).toBe(0);
      });

      it('builds, proves, flips, sees a source change, refreshes, demotes and drops', async () => {
        await liveStaged(connector, { hasLastChange: false });
      });

      it('carries out every kind of statement the doctor tries, but the change of a view’s options, what a warehouse keeps, and one MERGE', async () => {
        expect(await failingKinds(connector)).toEqual({
          'comment on a view': expect.stringContaining('not supported: AlterViewStatement'),
          'have the warehouse keep a version, and refresh it': expect.stringContaining(
            'not supported: CreateMaterializedViewStatement',
          ),
          'keep the record of a mart': expect.stringContaining(
            'MERGE: source must be a single-table reference',
          ),
        });
      });

      it('looks up what lies beside the rows, and raises for what is gone', async () => {
        const { lookups } = connector.wording;
        await run("create table shop.beside as select 0 as k, 'here' as city");
        await run(`create view shop.slim as select o.id,
  (select ${lookups?.onlyValue('b.city')} from shop.beside as b where b.k = o.id) as city,
  ${lookups?.raises('it is gone', { type: 'string', of: 'o.id' })} as gone,
  ${lookups?.raises('it is gone', { type: 'date', of: 'o.id' })} as left_on
from shop.orders as o`);

        expect(await cellsOf('select city from shop.slim where id < 2 order by id')).toEqual([
          ['here'],
          [null],
        ]);
        for (const gone of ['gone', 'left_on']) {
          await expect(cellsOf(`select ${gone} from shop.slim`)).rejects.toThrow();
        }
      });

      it('analyses the catalog’s statements over the columns INFORMATION_SCHEMA is said to have', async () => {
        expect(await connector.readCatalog({ purpose: 'catalog' })).toEqual([]);
        const { objects, access } = connector.wording;
        const relation = relationId({ schema: 'shop', name: 'orders' });
        const texts = [
          objects.marked('goldsmith: '),
          ...objects.keptByTables(relation).map(({ sql }) => sql),
          access?.standing?.([relation, relation]) ?? '',
          access?.options(relation) ?? '',
          connector.wording.native?.[0]?.text(relation, [relation]) ?? '',
        ];
        for (const sql of texts) {
          await connector.query(sql, options);
        }
      });

      it('answers the doctor, by dry runs that are analysed', async () => {
        for (const schema of ['gold', 'gold_data', 'goldsmith']) {
          await run(`insert into info.of_SCHEMATA values ('goldsmith-test', '${schema}', 'EU')`);
        }
        // A view: it has no interface for the row policies of tables.
        await run(
          "insert into info.of_TABLES (table_schema, table_name, table_type) values ('shop', 'v', 'VIEW')",
        );
        const needs = { schemas: ['gold', 'gold_data', 'goldsmith'], adoptable: [], writes: true };
        const asked = { ...needs, history: 'info.of_JOBS' };
        const findings = await connector.diagnose?.(asked, { purpose: 'catalog' });

        expect(findings?.filter(({ ok, isWarning }) => !ok || isWarning)).toEqual([]);
        expect(findings?.map(({ detail }) => detail.trim())).toContain(
          'may make and grant views in gold',
        );
        // Syntax alone would be let through.
        const nowhere = 'select o.nothing from shop.orders as o';
        expect(await emulator.saysOf(nowhere)).toContain('not found');
        expect(await emulator.saysOf(nowhere, { dryRun: true })).toContain('not found');
      });

      it('has no sessions, and so no transactions', async () => {
        const inOne = connector.transaction((session) => session.query('select 1', options), {
          ...options,
          readOnly: true,
        });

        await expect(inOne).rejects.toThrow('it opened no session for a transaction');
      });

      it('parses what is said of materialized views, whose analysis is switched off there', async () => {
        const { native: [native] = [], statements, access } = connector.wording;
        const relation = relationId({ schema: 'gold_data', name: 'totals__v1' });
        const kind = 'materialized view';
        const definition = 'select o.said, count(*) as n from shop.orders as o group by o.said';
        const [made = '', filled = ''] =
          native?.create({ kind, relation, comment: "it's", select: '', definition }) ?? [];
        const options = { grantee: 'user:a@b.c', privilege: 'roles/bigquery.dataViewer' };
        const grant = { ...options, grantable: false, column: undefined, on: kind } as const;

        for (const [sql, statement] of [
          [made, 'CreateMaterializedView'],
          [statements.commentOn(kind, { relation, comment: 'x' }), 'AlterMaterializedView'],
          [`drop ${kind} ${connector.wording.names.relation(relation)}`, 'DropMaterializedView'],
        ] as const) {
          expect(await emulator.saysOf(sql)).toContain(`not supported: ${statement}Statement`);
        }
        expect(await emulator.saysOf(made.replace('options', 'option'))).toContain('Syntax error');
        await run(filled);
        await run(access?.grant(grant, relation) ?? '');
        const groups = 'select count(distinct said) from shop.orders';
        const found = await cellsOf(`select count(*) from (${definition}) as d`);
        expect(found).toEqual(await cellsOf(groups));
      });
    });
  },
);
