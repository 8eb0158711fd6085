import { describe, expect, it } from 'vitest';
import { unpiped } from '../../../src/parsers/loosen/unpipe.ts';
import { parseOne } from '../../../src/parsers/parse-one.ts';
import { DIALECTS } from '../../../src/sql/dialects.ts';
import { tokenize } from '../../../src/sql/lexer.ts';
import { statementDigest } from '../digest.ts';

function unpipe(sql: string) {
  return unpiped(tokenize(sql, DIALECTS.bigquery.lexical));
}

describe('unpiped', () => {
  it.each([
    ['from t |> where a > 1 |> where b or c', 'select * from t where (a > 1) and (b or c)'],
    [
      'from t as u |> join v using (k) |> select u.a, v.b as c |> where c = 1',
      'select * from (select u.a, v.b as c from t as u join v using (k)) where (c = 1)',
    ],
    [
      'table t |> extend a + 1 as z |> select t.a, z',
      'select t.a, z from (select *, a + 1 as z from t) as t',
    ],
    [
      'from t |> aggregate sum(a) as s desc, count(*) group by b as c, d asc |> where s > 1',
      'select * from (select b as c, d, sum(a) as s, count(*) from t group by b, d) where (s > 1)',
    ],
    ['from t |> aggregate count(*) as n', 'select count(*) as n from t'],
    [
      'from t |> aggregate sum(a) group and order by b desc, c',
      'select b, c, sum(a) from t group by b, c',
    ],
    [
      'from t |> window sum(a) over (order by b) as s',
      'select *, sum(a) over (order by b) as s from t',
    ],
    [
      'from t |> order by a |> limit 2 offset 1 |> where a = 1',
      'select * from (select * from t order by a limit 2 offset 1) as t where (a = 1)',
    ],
    [
      'select a from t |> union all (select 1), (select 2)',
      'select * from (select a from t) union all (select 1) union all (select 2)',
    ],
    ['from t |> drop a, b', 'select * except (a, b) from t'],
    ['from t |> set a = b + 1', 'select * replace (b + 1 as a) from t'],
    ['from t |> as u |> where u.a', 'select * from (select * from t) as u where (u.a)'],
    ['from t |> distinct', 'select distinct * from t'],
    [
      'with c as (from t |> where a) from c |> select b',
      'with c as (select * from t where (a)) select b from c',
    ],
    ['insert into x from t |> select a', 'insert into x select a from t'],
    [
      'create view v as (table t |> select a) union all select 1',
      'create view v as (select a from t) union all select 1',
    ],
    ['from t |> tablesample system (1 percent)', 'select * from t tablesample system (1 percent)'],
  ])('%s', (piped, plain) => {
    expect(unpipe(piped)).toEqual({ sql: plain, opaque: [] });
  });

  it.each([
    ['from t |> rename a as b', 'select * from t', 'renamed columns of a pipe'],
    [
      'from t |> aggregate sum(a) group by rollup (b)',
      'select sum(a) from t',
      'a grouping of a pipe',
    ],
    ['from t |> call f(1)', 'select * from t', 'call of a pipe'],
  ])('says what it could not write down of %s', (piped, plain, because) => {
    expect(unpipe(piped)).toEqual({ sql: plain, opaque: [because] });
  });

  it.each([
    'select a || b from t',
    'from t |> as 1 + 2',
    'from t |> bogus a',
    'from t |> select',
    '|> where a',
  ])('leaves alone what it does not know: %s', (sql) => {
    expect(unpipe(sql)).toBeUndefined();
  });

  it('is what parsers read of a piped query, which is opaque where something is missing', async () => {
    const read = await parseOne({ sql: 'from t |> where a = 1 |> select b', dialect: 'spark' });
    const part = await parseOne({ sql: 'from t |> rename a as b', dialect: 'bigquery' });

    expect(read.kind === 'parsed' && read.statements.map(statementDigest)).toEqual([
      '[select b from t where (a = 1)]',
    ]);
    expect(part.kind === 'parsed' && part.statements.map(statementDigest)).toEqual([
      '[select * from t <renamed columns of a pipe>]',
    ]);
  });

  it('refuses pipes that no warehouse reads', async () => {
    const read = await parseOne({ sql: 'table t |> as u-v', dialect: 'spark' });

    expect(read).toMatchObject({ kind: 'unparsed' });
  });
});
