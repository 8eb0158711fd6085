import { describe, expect, it } from 'vitest';
import { edgesOf, joinsOf, shapeSql, usesOf } from './shape-sql.ts';

const ddl = `
  create table db.s.a (x int, k int, arr varchar, v varchar);
  create table db.s.b (k int, y int, q varchar);
`;
const names = { database: 'db', schema: 's' };

interface Case {
  readonly sql: string;
  readonly dialect: string;
  readonly edges?: readonly string[];
  readonly uses?: readonly string[];
  readonly joins?: readonly string[];
  readonly level?: string;
}

async function check({ sql, dialect, ...wanted }: Case): Promise<void> {
  const shape = await shapeSql({ sql, ddl, dialect, names });
  const got = {
    edges: edgesOf(shape),
    uses: usesOf(shape),
    joins: joinsOf(shape),
    level: shape.level,
  };

  expect({ ...got, notUnderstood: shape.notUnderstood }).toMatchObject(wanted);
}

describe('names other resolvers lose', () => {
  it.each<[string, Case]>([
    [
      'an alias written in another case',
      {
        sql: 'select T1.x from s.a t1',
        dialect: 'snowflake',
        edges: ['x <- db.s.a.x'],
      },
    ],
    [
      'a column qualified by database, schema and table',
      {
        sql: 'select db.s.a.x from db.s.a',
        dialect: 'snowflake',
        edges: ['x <- db.s.a.x'],
      },
    ],
    [
      'a bare column of a derived table without alias or schema',
      {
        sql: 'select x from (select x, k from nowhere)',
        dialect: 'duckdb',
        edges: ['x <- db.s.nowhere.x'],
      },
    ],
    [
      'a CTE named like the table it reads',
      {
        sql: 'with a as (select x from a where k = 1) select x from a',
        dialect: 'postgres',
        edges: ['x <- db.s.a.x'],
      },
    ],
    [
      'a CTE inside a subquery that hides the outer one',
      {
        sql: `with c as (select x from a) select * from (with c as (select y from b) select y from c) d, c`,
        dialect: 'postgres',
        edges: ['y <- db.s.b.y', 'x <- db.s.a.x'],
      },
    ],
    [
      'a lateral alias in WHERE',
      {
        sql: 'select x + k as sum from a where sum > 1',
        dialect: 'snowflake',
        uses: ['db.s.a.k:output,filter', 'db.s.a.x:output,filter'],
      },
    ],
    [
      'a field of an unnested array in WHERE',
      {
        sql: 'select x from s.a, unnest(arr) as item where item.f = 1',
        dialect: 'bigquery',
        uses: ['db.s.a.arr:filter,other', 'db.s.a.x:output'],
      },
    ],
    [
      'a QUALIFY alias',
      {
        sql: 'select x, row_number() over (partition by k order by v) as n from a qualify n = 1',
        dialect: 'snowflake',
        uses: ['db.s.a.k:window', 'db.s.a.v:window', 'db.s.a.x:output'],
      },
    ],
  ])('finds %s', async (_, each) => {
    await check(each);
  });
});

describe('functions in FROM', () => {
  it.each<[string, Case]>([
    [
      'Snowflake FLATTEN',
      {
        sql: 'select a.x, f.value from a, lateral flatten(input => a.arr) f',
        dialect: 'snowflake',
        edges: ['x <- db.s.a.x', 'VALUE <- db.s.a.arr'],
      },
    ],
    [
      'Spark LATERAL VIEW',
      {
        sql: 'select x, item from a lateral view explode(arr) e as item',
        dialect: 'spark',
        edges: ['x <- db.s.a.x', 'item <- db.s.a.arr'],
      },
    ],
    [
      'BigQuery implicit unnest',
      {
        sql: 'select item.f from s.a, a.arr as item',
        dialect: 'bigquery',
        edges: ['f <- db.s.a.arr'],
      },
    ],
    [
      'DuckDB unnest with a column alias',
      {
        sql: 'select d.item from a, unnest(a.arr) as d (item)',
        dialect: 'duckdb',
        edges: ['item <- db.s.a.arr'],
      },
    ],
  ])('pass on the column they unfold: %s', async (_, each) => {
    await check(each);
  });
});

describe('PIVOT and UNPIVOT', () => {
  it('pass columns through, and make the others from the aggregates', async () => {
    await check({
      sql: `select * from (select x, k, v from a) pivot (sum(x) for k in (1, 2)) as p`,
      dialect: 'snowflake',
      uses: ['db.s.a.k:output,other', 'db.s.a.v:output,other', 'db.s.a.x:output,other'],
      level: 'full',
    });
  });
});

describe('writes', () => {
  it.each<[string, Case]>([
    [
      'MERGE INSERT',
      {
        sql: 'merge into a using b on a.k = b.k when not matched then insert (k, x) values (b.k, b.y)',
        dialect: 'snowflake',
        edges: ['k <- db.s.b.k', 'x <- db.s.b.y'],
        joins: ['db.s.a.k = db.s.b.k right'],
      },
    ],
    [
      'UPDATE with FROM',
      {
        sql: 'update a set x = b.y + a.x from b where a.k = b.k',
        dialect: 'postgres',
        edges: ['x <- db.s.a.x, db.s.b.y'],
        joins: ['db.s.a.k = db.s.b.k inner'],
      },
    ],
    [
      'CREATE TABLE AS',
      {
        sql: 'create table c as select y as z from b',
        dialect: 'redshift',
        edges: ['z <- db.s.b.y'],
      },
    ],
    [
      'INSERT by position into a known table',
      {
        sql: 'insert into b select x, k, v from a',
        dialect: 'databricks',
        edges: ['k <- db.s.a.x', 'y <- db.s.a.k', 'q <- db.s.a.v'],
      },
    ],
    [
      'DELETE',
      {
        sql: 'delete from a using b where a.k = b.k and b.y > 1',
        dialect: 'postgres',
        edges: [],
        uses: ['db.s.a.k:filter', 'db.s.b.k:filter', 'db.s.b.y:filter'],
      },
    ],
  ])('%s', async (_, each) => {
    await check(each);
  });
});
