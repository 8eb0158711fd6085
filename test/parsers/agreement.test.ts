import { beforeAll, describe, expect, it } from 'vitest';
import { openPolyglot } from '../../src/parsers/polyglot/open-polyglot.ts';
import type { Reader } from '../../src/parsers/reader.ts';
import { openSqlparser } from '../../src/parsers/sqlparser-rs/open-sqlparser.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { statementDigest } from './digest.ts';

const TEXTS: readonly (readonly [DialectName, string])[] = [
  [
    'duckdb',
    'select a, sum(b) as s from t where c > 1 and d is not null group by a having sum(b) > 2',
  ],
  [
    'duckdb',
    'select t.a, u.b from t join u on t.x = u.x left join v using (y) where u.b in (1, 2)',
  ],
  [
    'duckdb',
    'with c as (select 1 as a) select * from c union all select 2 order by 1 limit 3 offset 1',
  ],
  ['duckdb', 'select count(distinct a), count(*) filter (where b) from t group by rollup (a, b)'],
  [
    'duckdb',
    'select sum(a) over (partition by b order by c rows between 1 preceding and current row) from t',
  ],
  ['duckdb', 'select case a when 1 then 2 else 3 end, cast(a as int), b::decimal(10,2), -c from t'],
  [
    'duckdb',
    'select a from t where exists (select 1 from u where u.x = t.x) and b between 1 and 2',
  ],
  ['duckdb', "select interval '3' month, date '2026-01-01', extract(year from d), 'it''s' from t"],
  ['duckdb', 'select x.a from (select a from t) x, u where a is not distinct from b or not c'],
  [
    'postgres',
    'select distinct on (a) a, b from t cross join lateral (select 1 as b) x order by a desc nulls last',
  ],
  ['snowflake', 'select a from t qualify row_number() over (partition by a order by b desc) = 1'],
  ['bigquery', 'select a.b, struct_col.f.g from `p.d.t` as a, unnest(arr) as u with offset as o'],
  ['databricks', 'select c from t lateral view explode(arr) e as c where d like e.f'],
  ['spark', 'select a from t full outer join u on t.a = u.a left semi join v on u.b = v.b'],
  ['trino', 'select a from t where b = any (select c from u) and d not in (select e from v)'],
  ['redshift', 'select a from s.t as x natural join u where x.b <> 1'],
  ['mysql', 'select `a b`, c from t where d = "text" limit 5'],
  ['duckdb', 'create view v as select a, b from t'],
  ['duckdb', 'insert into t (a, b) select 1, 2 from u'],
  ['duckdb', 'update t set a = 1 where b = 2'],
];

describe('the two readers', () => {
  let sqlparser: Reader;
  let polyglot: Reader;
  beforeAll(async () => {
    sqlparser = await openSqlparser();
    polyglot = await openPolyglot();
  });

  it.each(TEXTS)('agree on %s: %s', (dialect, sql) => {
    const [first, second] = [sqlparser, polyglot].map((reader) =>
      reader.read(sql, dialect).map(statementDigest),
    );

    expect(second).toEqual(first);
  });
});
