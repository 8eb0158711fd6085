import { describe, expect, it } from 'vitest';
import { edgesOf, shapeSql } from './shape-sql.ts';

interface Case {
  readonly sql: string;
  readonly dialect: string;
  readonly ddl?: string;
  readonly edges: readonly string[];
  readonly level?: 'full' | 'partial';
}

const ddl = `
  create table t (id int, a int, s varchar);
  create table u (id int, b int);
  create table w (id int, c int);
`;

async function check({ sql, dialect, ddl: own = ddl, edges, level = 'full' }: Case): Promise<void> {
  const shape = await shapeSql({ sql, ddl: own, dialect });

  expect({ edges: edgesOf(shape), level: shape.level }).toEqual({ edges, level });
}

describe('a column merged by USING', () => {
  it.each<[string, Case]>([
    [
      'holds the value of both sides',
      {
        sql: 'select id, a, b from t join u using (id)',
        dialect: 'duckdb',
        edges: ['id <- t.id, u.id', 'a <- t.a', 'b <- u.b'],
      },
    ],
    [
      'holds those of all sides it was merged from',
      {
        sql: 'select * from t left join u using (id) left join w using (id)',
        dialect: 'postgres',
        edges: ['id <- t.id, u.id, w.id', 'a <- t.a', 's <- t.s', 'b <- u.b', 'c <- w.c'],
      },
    ],
    [
      'is not meant where a side is named',
      {
        sql: 'select t.id, u.id as other from t right join u using (id)',
        dialect: 'snowflake',
        edges: ['id <- t.id', 'OTHER <- u.id'],
      },
    ],
    [
      'goes on through a derived table and an expression',
      {
        sql: 'select k + 1 as k1 from (select id as k from t join u using (id)) d',
        dialect: 'spark',
        edges: ['k1 <- t.id, u.id'],
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });
});

describe('fields of nested columns', () => {
  it.each<[string, Case]>([
    [
      'are told where dots name them',
      {
        sql: 'select s.name.first as f, t.s.age, s from t',
        dialect: 'bigquery',
        edges: ['f <- t.s.name.first', 'age <- t.s.age', 's <- t.s'],
      },
    ],
    [
      'are told through a derived table that passes the column on',
      {
        sql: 'select d.x.age as y from (select s as x from t) d',
        dialect: 'spark',
        edges: ['y <- t.s.age'],
      },
    ],
    [
      'are not told of JSON paths, which are no columns',
      {
        sql: 'select s:name.first::string as f from t',
        dialect: 'snowflake',
        edges: ['F <- t.s'],
      },
    ],
    [
      'are not told of the elements of an array',
      {
        sql: 'select e.name from t, unnest(t.s) as e',
        dialect: 'bigquery',
        edges: ['name <- t.s'],
      },
    ],
    [
      'are the catalog’s own columns where it lists them',
      {
        ddl: 'create table t (id int, "s" varchar, "s.name.first" varchar)',
        sql: 'select s.name.first, s.name from t',
        dialect: 'bigquery',
        edges: ['first <- t.s.name.first', 'name <- t.s.name'],
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });
});

describe('aliases of earlier items', () => {
  it.each<[string, Case]>([
    [
      'are read in a dialect nobody knows where no column has the name',
      {
        sql: 'select a + 1 as a1, a1 * 2 as a2, a as a3 from t',
        dialect: 'generic',
        edges: ['a1 <- t.a', 'a2 <- t.a', 'a3 <- t.a'],
      },
    ],
    [
      'give way to a column that may be there',
      {
        sql: 'select x || y as x, x as z from nowhere',
        dialect: 'generic',
        edges: ['x <- nowhere.x, nowhere.y', 'z <- nowhere.x'],
        level: 'partial',
      },
    ],
    [
      'come first in Snowflake where it cannot be known',
      {
        sql: 'select x || y as q, q as z from nowhere',
        dialect: 'snowflake',
        edges: ['Q <- NOWHERE.X, NOWHERE.Y', 'Z <- NOWHERE.X, NOWHERE.Y'],
        level: 'partial',
      },
    ],
    [
      'are no names in BigQuery',
      {
        sql: 'select a + 1 as a1, a1 * 2 as a2 from t',
        dialect: 'bigquery',
        edges: ['a1 <- t.a', 'a2 <- '],
        level: 'partial',
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });
});

describe('values a MERGE inserts', () => {
  it('are the source’s, also where the target has a column of the name', async () => {
    await check({
      sql: `merge into t using (select * from u) s on t.id = s.id
        when not matched then insert (id, a) values (id, b + id)`,
      dialect: 'bigquery',
      edges: ['id <- u.id', 'a <- u.b, u.id'],
    });
  });

  it('keep the words that are no columns', async () => {
    await check({
      sql: `merge into t using u on t.id = u.id
        when not matched then insert (id, a, s) values (u.id, b, current_date)`,
      dialect: 'snowflake',
      edges: ['id <- u.id', 'a <- u.b', 's <- '],
    });
  });
});

describe('date-sharded tables', () => {
  const shards =
    'create table d."ev_20240101" (x int); create table d."ev_20240102" (x int, y int)';

  it.each<[string, Case]>([
    [
      'are one family where the catalog lists one',
      {
        ddl: 'create table d."ev_*" (x int)',
        sql: 'select x from `d.ev_202401*`',
        dialect: 'bigquery',
        edges: ['x <- d."ev_*".x'],
      },
    ],
    [
      'are one family that the newest shard tells the columns of',
      {
        ddl: shards,
        sql: 'select * from `d.ev_*`',
        dialect: 'bigquery',
        edges: ['x <- d.ev_yyyymmdd.x', 'y <- d.ev_yyyymmdd.y'],
      },
    ],
    [
      'are tables where the catalog lists the very one',
      {
        ddl: shards,
        sql: 'select * from d.ev_20240101',
        dialect: 'bigquery',
        edges: ['x <- d.ev_20240101.x'],
      },
    ],
    [
      'are one family where nobody knows them',
      {
        sql: 'select x from d.log_20240101',
        dialect: 'bigquery',
        edges: ['x <- d.log_yyyymmdd.x'],
        level: 'partial',
      },
    ],
    [
      'are tables in other dialects',
      {
        sql: 'select x from d.log_20240101',
        dialect: 'postgres',
        edges: ['x <- d.log_20240101.x'],
        level: 'partial',
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });
});

describe('PIVOT', () => {
  const sales = 'create table sales (region varchar, q varchar, amt int, n int)';

  it.each<[string, Case]>([
    [
      'makes columns named in quotes in Snowflake, each filled by the aggregate',
      {
        ddl: sales,
        sql: "select * from sales pivot (sum(amt) for q in ('q1', 'q2' as second)) as p",
        dialect: 'snowflake',
        edges: [
          'region <- sales.region',
          'n <- sales.n',
          "'q1' <- sales.amt",
          'SECOND <- sales.amt',
        ],
      },
    ],
    [
      'renames its columns by position',
      {
        ddl: sales,
        sql: "select r, x from (select region, q, amt from sales) pivot (sum(amt) for q in ('q1')) as p (r, x)",
        dialect: 'snowflake',
        edges: ['R <- sales.region', 'X <- sales.amt'],
      },
    ],
    [
      'puts the alias of the aggregate first in BigQuery',
      {
        ddl: sales,
        sql: "select * from (select q, amt, n from sales) pivot (sum(amt) as s, max(n) as m for q in ('a', 'b' as bb))",
        dialect: 'bigquery',
        edges: ['s_a <- sales.amt', 'm_a <- sales.n', 's_bb <- sales.amt', 'm_bb <- sales.n'],
      },
    ],
    [
      'calls them after the value alone in Spark where one aggregate fills them',
      {
        ddl: sales,
        sql: "select * from (select q, amt from sales) pivot (sum(amt) as s for q in ('a' as x, 'b' as y))",
        dialect: 'spark',
        edges: ['x <- sales.amt', 'y <- sales.amt'],
      },
    ],
    [
      'puts the aggregate behind in DuckDB where it has a name or is not alone',
      {
        ddl: sales,
        sql: "select * from (select q, amt, n from sales) pivot (sum(amt) as s, max(n + 1) for q in ('a'))",
        dialect: 'duckdb',
        edges: ['a_s <- sales.amt', 'a_max((n + 1)) <- sales.n'],
      },
    ],
    [
      'of UNPIVOT fills both columns from the folded ones',
      {
        ddl: 'create table m (id int, jan int, feb int)',
        sql: 'select id, month, sold from m unpivot (sold for month in (jan, feb))',
        dialect: 'snowflake',
        edges: ['id <- m.id', 'MONTH <- m.feb, m.jan', 'SOLD <- m.feb, m.jan'],
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });

  it('uses the columns it groups by, though nobody reads them', async () => {
    const shape = await shapeSql({
      sql: "select \"'a'\" from sales pivot (sum(amt) for q in ('a'))",
      ddl: sales,
      dialect: 'snowflake',
    });

    expect(shape.columns.map(({ column }) => column)).toEqual(['amt', 'n', 'q', 'region']);
  });
});

describe('functions of elements', () => {
  it.each<[string, Case]>([
    [
      'see their parameters and the columns around them',
      {
        sql: 'select transform(s, e -> e + a) as x, filter(s, e -> e > 1 and e < id) as y from t',
        dialect: 'trino',
        edges: ['x <- t.a, t.s', 'y <- t.id, t.s'],
      },
    ],
    [
      'take several parameters',
      {
        sql: 'select reduce(s, 0, (acc, e) -> acc + e + a, acc -> acc) as x from t',
        dialect: 'trino',
        edges: ['x <- t.a, t.s'],
      },
    ],
    [
      'are no functions where the arrow is JSON access',
      {
        sql: "select s -> 'x' as x, s -> a as y from t",
        dialect: 'postgres',
        edges: ['x <- t.s', 'y <- t.a, t.s'],
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });
});

describe('a row in brackets', () => {
  it('has the columns of its source', async () => {
    await check({
      sql: 'select (t).id, (t).s as whole from t',
      dialect: 'postgres',
      edges: ['id <- t.id', 'whole <- t.s'],
    });
  });

  it('is a column where one has the name', async () => {
    await check({
      sql: 'select (s).id from s',
      ddl: 'create table s (s varchar, id int)',
      dialect: 'postgres',
      edges: ['id <- s.s'],
    });
  });
});

describe('a star with a pattern', () => {
  it('takes the columns whose names match it', async () => {
    await check({
      sql: "select * ilike '%_D' from n",
      ddl: 'create table n (id int, z_id int, a int, dx int)',
      dialect: 'snowflake',
      edges: ['id <- n.id', 'z_id <- n.z_id'],
    });
  });
});

describe('words and functions that name no column', () => {
  it.each<[string, Case]>([
    [
      'range() makes the column id in Spark',
      { sql: 'select id + 1 as n from range(10)', dialect: 'spark', edges: ['n <- '] },
    ],
    [
      'range() makes the column range in DuckDB',
      { sql: 'select range + 1 as n from range(10)', dialect: 'duckdb', edges: ['n <- '] },
    ],
    [
      'DEFAULT among inserted values is a word',
      {
        sql: 'insert into u values (1, default)',
        dialect: 'databricks',
        edges: ['id <- ', 'b <- '],
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });

  it('dictGet reads the dictionary its first argument names', async () => {
    const shape = await shapeSql({
      sql: "select dictGet('d.names', 'name', a) as n from t",
      ddl: `${ddl}; create table d.names (id int, name varchar)`,
      dialect: 'generic',
    });

    expect(shape.relations.map(({ relation }) => relation)).toEqual(['t', 'd.names']);
    expect(edgesOf(shape)).toEqual(['n <- t.a']);
  });
});

describe('outputs nobody named', () => {
  it.each([
    [
      'go by their text',
      'select (a + id), a in (1, 2), a between 1 and id from t',
      'generic',
      ['(a + id)', 'a IN (1, 2)', 'a BETWEEN 1 AND id'],
    ],
    [
      'go by the text of a window',
      'select row_number() over (partition by a order by id desc) from t',
      'generic',
      ['row_number() OVER (PARTITION BY a ORDER BY id DESC)'],
    ],
    [
      'keep the name of a column cast by ::',
      'select a::varchar, cast(id as int) from t',
      'snowflake',
      ['A', 'CAST(ID AS INT)'],
    ],
    [
      'do not take a name that is taken',
      'select a, a::varchar from t',
      'generic',
      ['a', 'CAST(a AS VARCHAR)'],
    ],
  ] as const)('%s', async (_, sql, dialect, names) => {
    const { lineage } = await shapeSql({ sql, ddl, dialect });

    expect(lineage.map(({ column }) => column)).toEqual(names);
  });
});

describe('columns by place and stars of nested columns', () => {
  it.each<[string, Case]>([
    [
      '$2 is the second column in Snowflake',
      {
        sql: 'select $2 as x, u.$1 as y from t join u on t.id = u.id',
        dialect: 'snowflake',
        edges: ['X <- t.a', 'Y <- u.id'],
      },
    ],
    [
      'column.* is the fields the catalog lists',
      {
        ddl: 'create table n (id int, r varchar, "r.a" int, "r.b.c" int)',
        sql: 'select r.*, r.* except (a) from n',
        dialect: 'bigquery',
        edges: ['a <- n.r.a', 'b <- n.r'],
      },
    ],
  ])('%s', async (_, wanted) => {
    await check(wanted);
  });
});
