import { existsSync, readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { printQuery } from '../../../src/sql/print/print-query.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import type { SchemaIndex } from '../../../src/sql/schema-index.ts';
import { schemaOf, statementsOf } from './shape-sql.ts';

const duckdb = dialectOf('duckdb');

const tables = `
  create table t (a int, b int, k int, s varchar);
  create table u (k int, z int, a int);
  create table w (k int, y int);
  create view v as select a, sum(b) as total, k from t group by a, k;
`;
const rows = `
  insert into t values (1, 10, 1, 'x'), (2, 20, 1, 'y'), (3, null, 2, 'x'), (null, 5, 3, null);
  insert into u values (1, 100, 7), (2, 200, 8), (4, null, 9);
  insert into w values (1, 1), (3, 3), (3, null);
`;

const STATEMENTS = [
  'select * from t join u using (k)',
  'select * from u join t using (k) join w using (k)',
  'select * from t natural join w',
  'select * from t full join u using (k)',
  'select k, z from t right join u using (k)',
  'select * from t right join u on t.k = u.k',
  'select t.*, z from t left join u on t.k = u.k and z > 100',
  'select * exclude (s) replace (b + 1 as b) from t',
  'select * exclude (a), a as first from t',
  'select columns.a from t as columns',
  'select a + 100 as b, b as c from t',
  'select a as x, x + 1 as y from t where x > 1',
  'select k as kk, sum(a) as a from t group by kk having a > 2',
  'select sum(a) as k from t group by k having k < 3',
  'select k, count(*) as n from t group by all order by n desc, k',
  'select a % 2 as p, count(*), sum(b) from t group by 1 order by 1',
  'select k, s, sum(b) from t group by rollup (k, s)',
  'select k, s, sum(b) from t group by grouping sets ((k), (s), ())',
  'select -a as a from t order by a',
  'select -a as a from t order by a + 0',
  'select distinct k from t order by k desc limit 2',
  'select distinct on (k) k, a from t order by k, a desc nulls last',
  'select a, row_number() over w as n from t window w as (partition by k order by a nulls first)',
  'select a from t qualify row_number() over (partition by k order by a) = 1',
  'select (select max(z) from u where u.k = t.k) as m, a from t',
  'select a from t where exists (select 1 from u where u.k = t.k and z > 50)',
  'select a from t where k not in (select k from w where y is not null)',
  'select a from t where (select count(*) from u where a > t.a) > 1',
  'with c as (select k, sum(b) as s from t group by k) select x.s, y.s from c x join c y on x.k = y.k + 1',
  'with t as (select a, k from t where a > 1) select * from t',
  'with c(q, r) as (select a, b from t) select r, q from c',
  'with a as (select k from t), b as (select k from a) select count(*) from b, a',
  'select * from (select a, a from t) d',
  'select d.x from (select a + 1, b from t) as d (x)',
  'select k, a from t union all by name select z, k from u',
  'select k from t union select k from u except select k from w order by k',
  '(select a from t order by a limit 1) union all select z from u',
  'select * from v where total > 5',
  'select v.k, count(*) from v join t on v.k = t.k group by v.k',
  'select t.k from t semi join u on t.k = u.k',
  'select t.k from t anti join u on t.k = u.k',
  'select main.t.a from main.t',
  'select T.A, "s" from T where S = \'x\'',
  'select case when a > 1 then b else k end as c, count(*) filter (where b > 5) as n from t group by c',
];

describe('a bound query printed again', () => {
  let connection: DuckDBConnection;
  let schema: SchemaIndex;

  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(tables + rows);
    schema = await schemaOf(tables, { dialect: duckdb });
  });
  afterAll(() => connection.closeSync());

  it.each(STATEMENTS)('means in DuckDB what was written: %s', async (sql) => {
    const printed = await bindAndPrint(sql, schema);

    expect(await answersOf(connection, printed)).toEqual(await answersOf(connection, sql));
  });
});

const corpus = process.env['GOLDSMITH_CORPUS'] ?? '../shared/data';
const traps = `${corpus}/traps.jsonl`;

describe.runIf(existsSync(traps))('the trap statements printed again', () => {
  it('mean what was written', async () => {
    for (const line of readFileSync(traps, 'utf8').trim().split('\n')) {
      const { setup, query } = JSON.parse(line) as { setup: string; query: string };
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      await connection.run(setup);
      const schema = await schemaOf(setup, { dialect: duckdb });
      const printed = await bindAndPrint(query, schema).catch(() => undefined);
      if (printed !== undefined) {
        const [ours, theirs] = [printed, query].map((sql) => answersOf(connection, sql));
        expect((await ours)?.rows, query).toEqual((await theirs)?.rows);
      }
      connection.closeSync();
    }
  });
});

it.skipIf(existsSync(traps))(`the trap statements are skipped: ${traps} is absent`, () => {});

async function bindAndPrint(sql: string, schema: SchemaIndex): Promise<string> {
  const [statement] = await statementsOf(sql, duckdb);
  if (statement?.kind !== 'query') {
    throw new Error(`not a query: ${sql}`);
  }
  const bound = bindQuery(statement.query, { schema, names: {}, dialect: duckdb });
  expect(bound.notUnderstood).toEqual([]);
  const outcome = printQuery(bound.query, 'duckdb');
  if (outcome.kind !== 'printed') {
    throw new Error(outcome.because);
  }
  return outcome.sql;
}

/** Names and rows, as a multiset. */
async function answersOf(connection: DuckDBConnection, sql: string) {
  const answer = await connection.runAndReadAll(sql);
  return {
    names: answer.columnNames(),
    rows: answer
      .getRowsJson()
      .map((row) => JSON.stringify(row))
      .toSorted(),
  };
}
