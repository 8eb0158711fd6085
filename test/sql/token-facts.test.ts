import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { tokenFacts } from '../../src/sql/token-facts.ts';

describe('tokenFacts', () => {
  it.each([
    ['duckdb', 'select * from a, b.c x join "D d".e on true, f', ['a', 'b.c', 'D d.e', 'f']],
    [
      'duckdb',
      'with a as (select * from b), c(x) as not materialized (select 1 from a) select * from a, c',
      ['b'],
    ],
    [
      'duckdb',
      'select extract(year from d), trim(both from e) from t where a is not distinct from b',
      ['t'],
    ],
    ['duckdb', 'select * from read_csv($1), generate_series(1, 2) join t on true', ['t']],
    [
      'duckdb',
      'select (select max(x) from u) from t where y in (select y from v)',
      ['u', 't', 'v'],
    ],
    ['postgres', 'insert into t (a) select a from s on conflict do update set a = 1', ['t', 's']],
    ['postgres', 'update only t set a = s.a from s', ['t', 's']],
    ['postgres', 'delete from t using s where true', ['t', 's']],
    ['snowflake', 'merge into t using s on true when matched then update set a = 1', ['t', 's']],
    ['spark', 'insert overwrite table t select * from s', ['t', 's']],
    ['bigquery', 'select * from my-project.d.t, `p.d.u`, unnest([1])', ['my-project.d.t', 'p.d.u']],
  ])('in %s finds the relations of %s', (dialect, sql, tables) => {
    expect(tokenFacts(sql, dialectOf(dialect)).tables).toEqual(tables);
  });
});
