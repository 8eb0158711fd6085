import { describe, expect, it } from 'vitest';
import { whyUnsafe } from '../../../src/connectors/databricks/replay-guard.ts';

describe('a stranger’s statement on Databricks', () => {
  it.each([
    "select region, sum(amount) from gold.sales where day >= date_trunc('MONTH', current_date) group by region",
    'with big as (select * from t where x in (1, 2)) select count(*) from big',
    "select cast(a as decimal(10, 2)), 'ai_query(1)' from t -- http_request(",
    'select * from (select 1) as content(c0, c1)',
    'select row_number() over (partition by a order by b) from t',
  ])('may run again: %s', (sql) => {
    expect(whyUnsafe(sql)).toBeUndefined();
  });

  it.each([
    ["select ai_query('m', x) from t", 'it calls ai_query'],
    ["select secret('a', 'b')", 'it calls secret'],
    ["select http_request(conn => 'c')", 'it calls http_request'],
    ["select * from read_files('s3://b')", 'it calls read_files'],
    ['select main.tools.f(x) from t', 'a function of somebody’s own'],
    ['select `f`(x) from t', 'by a quoted name'],
    ['select * from parquet.`s3://b/f`', 'reads files by their path'],
    ['select 1; drop table t', 'more than one statement'],
    ['select * from identifier(:t)', 'by variables'],
    ['insert into t select 1', 'it is not a SELECT'],
    ['call main.p()', 'it is not a SELECT'],
    ["select 'open", 'cannot be told apart'],
  ])('may not: %s', (sql, because) => {
    expect(whyUnsafe(sql)).toContain(because);
  });
});
