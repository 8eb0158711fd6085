import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { openJobsHistory } from '../../../src/connectors/bigquery/jobs-history.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import type { HistoryRow } from '../../../src/connectors/history-row.ts';
import { failingKinds } from '../kinds.ts';
import { part } from '../part.ts';
import { liveStaged } from '../staged-life.ts';
import { type BigqueryEmulator, startEmulator } from './emulator.ts';
import { STAND_INS } from './stand-ins.ts';

const options: CallOptions = { purpose: 'verify' };
const NOW = Date.UTC(2026, 10, 20, 12, 30);

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

      beforeAll(async () => {
        emulator = await startEmulator(['info', 'shop', 'gold', 'gold_data', 'goldsmith']);
        connector = await emulator.open();
        for (const sql of STAND_INS) {
          await run(sql);
        }
        await run(
          "create table shop.orders as select id, cast(id as float64) as amount, concat('r', cast(mod(id, 4) as string)) as said from unnest(generate_array(0, 399)) as id",
        );
      });
      afterAll(async () => {
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

      it('carries out every kind of statement the doctor tries, but the change of a view’s options, which it does not know, the last change and one MERGE', async () => {
        // It has no ALTER VIEW and no __TABLES__; why it takes the record's MERGE in a life and not here it does not say.
        expect(Object.keys(await failingKinds(connector)).toSorted()).toEqual([
          'ask for the last change',
          'comment on a view',
          'keep the record of a mart',
        ]);
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
          access?.readers?.(relation) ?? '',
          access?.options(relation) ?? '',
          connector.wording.native?.[0]?.text(relation, [relation]) ?? '',
        ];
        for (const sql of texts) {
          await connector.query(sql, options);
        }
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

      it('mines a seeded history in two phases', async () => {
        // It fails where none is chosen: an aggregate in order, over nothing.
        const values = RUNS.map(
          ([
            id,
            user,
            minutesAgo,
            reason,
          ]) => `select ${moment(minutesAgo + 1)}, ${moment(minutesAgo + 1)}, ${moment(minutesAgo)}, '${id}', 'QUERY', 'SELECT', 'DONE',
  '${user}', 'select n from sales.orders', false, cast(null as string), 1000, 1048576, 2000,
  ${reason === null ? 'cast(null as struct<reason string>)' : `struct('${reason}' as reason)`}, [struct('team' as key, 'shop' as value)],
  struct(struct('h1' as normalized_literals) as query_hashes),
  struct([struct(struct('gold_data' as dataset_id, 'x__v1' as table_id) as table_reference, true as chosen)] as materialized_view)`,
        );
        await run(`insert into info.of_JOBS (creation_time, start_time, end_time, job_id, job_type, statement_type, state, user_email, query, cache_hit,
  reservation_id, total_bytes_processed, total_bytes_billed, total_slot_ms, error_result, labels, query_info, materialized_view_statistics)\n${values.join('\nunion all\n')}`);
        const source = openJobsHistory({
          name: 'bigquery-jobs',
          relation: 'info.of_JOBS',
          hashesTexts: true,
          readsKept: true,
          lookbackDays: 1,
          connector,
          now: () => NOW,
        });
        const rows: HistoryRow[] = [];
        for await (const batch of source.read(undefined, {})) {
          rows.push(...batch.rows);
          expect(batch.bad).toEqual([]);
        }

        expect(
          rows
            .map(({ user, status, runs, text, answeredFrom = [] }) => [
              user,
              status,
              runs ?? 1,
              text,
              ...answeredFrom,
            ])
            .toSorted((a, b) => String(a).localeCompare(String(b))),
        ).toEqual([
          ['ana@shop.example', 'failed', 1, 'select n from sales.orders', 'gold_data.x__v1'],
          ['ana@shop.example', 'success', 2, 'select n from sales.orders', 'gold_data.x__v1'],
          ['ben@shop.example', 'success', 1, 'select n from sales.orders', 'gold_data.x__v1'],
        ]);
      });
    });
  },
);

const RUNS = [
  ['a', 'ana@shop.example', 150, null],
  ['b', 'ana@shop.example', 140, null],
  ['c', 'ben@shop.example', 140, null],
  ['d', 'ana@shop.example', 141, 'invalidQuery'],
] as const;

function moment(minutesAgo: number): string {
  return `timestamp_millis(${NOW - minutesAgo * 60_000})`;
}
