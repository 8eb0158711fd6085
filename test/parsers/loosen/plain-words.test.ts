import { describe, expect, it } from 'vitest';
import { loosened } from '../../../src/parsers/loosen.ts';
import { parseOne } from '../../../src/parsers/parse-one.ts';
import type { DialectName } from '../../../src/sql/dialect.ts';
import { DIALECTS } from '../../../src/sql/dialects.ts';

type Case = readonly [DialectName, string, string, (readonly string[])?];

const CASES: readonly Case[] = [
  [
    'spark',
    "select identifier('a' || 'bs')(x) from identifier('s.t')",
    'select abs(x) from s.t',
    [],
  ],
  [
    'snowflake',
    'select * from t unpivot (v for n in (a as x, b y, c, d z)) order by a',
    'select * from t unpivot (v for n in (a as x, b as y, c, d as z)) order by a',
    [],
  ],
  [
    'snowflake',
    'merge into t using s on t.i = s.i when matched then update all by name when not matched then insert all by name',
    'merge into t using s on t.i = s.i when matched then update set * when not matched then insert *',
    [],
  ],
  ['spark', "select timestamp_ltz'2026-01-01'", "select cast('2026-01-01' as timestamp_ltz)", []],
  [
    'spark',
    'with recursive r(n) max recursion level 9 as (select 1) select n from r',
    'with recursive r(n)  as (select 1) select n from r',
    ['a recursion of limited depth'],
  ],
  ['databricks', "insert into table values (2, 'a')", "insert into `table` values (2, 'a')", []],
  [
    'bigquery',
    'select table.a from t table cross join u',
    'select `table`.a from t `table` cross join u',
    [],
  ],
  [
    'databricks',
    "select a from stream read_files('x', format => 'csv')",
    "select a from  read_files('x', format => 'csv')",
    ['a stream'],
  ],
  [
    'databricks',
    'select a from ${catalog}.s.${t}',
    'select a from catalog.s.t',
    ['a parameter of a pipeline'],
  ],
  [
    'spark',
    'select * from f(1, table(t) partition by a order by b)',
    'select * from f(1, table(t) )',
    ['how a table argument is divided'],
  ],
  [
    'databricks',
    'select * from f(table(select a from t) partition by a, 2)',
    'select * from f((select a from t) )',
    ['how a table argument is divided'],
  ],
  ['databricks', 'select * from f(table(from t))', 'select * from f((from t))', []],
  ['spark', 'table a.t union all table u', 'select * from a.t union all select * from u', []],
  ['spark', 'select !a, b is ! null', 'select  not a, b is  not  null', []],
  [
    'databricks',
    'select * except (a.b.c), d from t',
    'select * , d from t',
    ['fields left out of a star'],
  ],
  ['snowflake', 'select a::vector(float, 3) from t', 'select a::array from t', ['a vector type']],
  [
    'bigquery',
    'select * from graph_table(s.g match (a)-[e]->(b) return a.x) as g',
    'select * from s.g as g',
    ['a graph'],
  ],
  [
    'trino',
    'select * from t match_recognize (pattern (a b) subset u = (a, b) define b as true)',
    'select * from t match_recognize (pattern (a b)  define b as true)',
    [],
  ],
  [
    'redshift',
    'merge into t using s on t.i = s.i remove duplicates',
    'merge into t using s on t.i = s.i when matched then update set * when not matched then insert *',
    [],
  ],
  [
    'duckdb',
    'merge into t using s using (i) when matched then update when not matched then insert by name returning i',
    'merge into t using s on true when matched then update set * when not matched then insert * returning i',
    ['the columns a merge joins by'],
  ],
  [
    'duckdb',
    'pivot c on y in (2000, 2010) using sum(p) group by a, b order by a limit 1; select 1',
    'select * from (pivot c on y in (2000, 2010) using sum(p) group by a, b) order by a limit 1; select 1',
    [],
  ],
  [
    'duckdb',
    'create table x as pivot c on y using sum(p)',
    'create table x as select * from (pivot c on y using sum(p))',
    [],
  ],
  ['spark', 'select a >>> 2', 'select a >> 2', ['a shift without sign']],
  [
    'bigquery',
    'create materialized view v as replica of w',
    'create materialized view v as select * from w',
    [],
  ],
  ['snowflake', 'select a, b into :x, :y from t', 'select a, b  from t', []],
  [
    'snowflake',
    'select * from semantic_view(d.v facts c.a n where b > 1) order by n',
    'select * from d.v order by n',
    ['a semantic view'],
  ],
  [
    'databricks',
    'merge into t using u on a = b when matched then update set * except (c)',
    'merge into t using u on a = b when matched then update set * ',
    ['columns left out of a merge'],
  ],
  ['spark', 'select * from values 1, 2 as t(a)', 'select * from values (1), (2) as t(a)', []],
  ['spark', 'select * from values f(1, 2), (3) t', 'select * from values (f(1, 2)), (3) t', []],
  [
    'spark',
    'from t insert into a select x where y = 1 insert into b select z',
    'insert into a select x from t where y = 1;\ninsert into b select z from t',
    [],
  ],
];

const ROWS = CASES.map(([dialect, sql, expected, opaque]) => ({ dialect, sql, expected, opaque }));

describe('loosened puts words as the grammars know them', () => {
  it.each(ROWS)('$dialect: $sql', ({ dialect, sql, expected, opaque }) => {
    expect(loosened(sql, DIALECTS[dialect])).toEqual({ sql: expected, isPart: false, opaque });
  });

  it.each(ROWS)('so that they are read: $dialect: $sql', async ({ dialect, sql }) => {
    expect(await parseOne({ sql, dialect })).toMatchObject({ kind: 'parsed' });
  });

  it.each([
    ['spark', "select identifier('a' || :b) from t"],
    ['spark', "select identifier('a b') from t"],
    ['bigquery', 'select a from t, table(f(1))'],
    ['spark', 'insert into table t select 1'],
    ['databricks', "select '${a}' from stream as s"],
  ] as const)('leaves the rest alone: %s: %s', (dialect, sql) => {
    expect(loosened(sql, DIALECTS[dialect])).toBeUndefined();
  });

  it('marks a change of which something was left out with one statement more', async () => {
    const sql = 'merge into t using u on a = b when not matched then insert * except (c)';

    const read = await parseOne({ sql, dialect: 'databricks' });

    expect(read).toMatchObject({
      statements: [{ kind: 'merge' }, { kind: 'other', verb: 'columns left out of a merge' }],
    });
  });
});
