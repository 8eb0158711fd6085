import { describe, expect, it } from 'vitest';
import { plainForeign } from '../../../src/parsers/foreign/foreign-text.ts';

describe('T-SQL', () => {
  it.each([
    [
      'quotes names as ANSI does',
      "select [a b], [c]]d], 'x[1]' from [O'Brien].[t]",
      `select "a b", "c]d", 'x[1]' from "O'Brien"."t"`,
    ],
    [
      'puts the alias of a select list behind',
      'select top (3) total = sum(a), x = case when b = 1 then 2 end, c from t where d = 1',
      'select top (3)  sum(a) as total,  case when b = 1 then 2 end as x, c from t where d = 1',
    ],
    ['leaves variables alone', 'select @x = a from t', 'select @x = a from t'],
    [
      'writes compound assignments out',
      "update s set s.n += ' x', k -= 1 from t s",
      "update s set s.n = s.n + ' x', k = k - 1 from t s",
    ],
    [
      'makes casts of conversions',
      'select convert(varchar(10), convert(date, a), 120) from t',
      'select cast(cast(a as date) as varchar(10)) from t',
    ],
    [
      'makes lateral joins of APPLY',
      'select 1 from t cross apply (select 1 a) x outer apply (select 2 b) as y where 1 = 1',
      'select 1 from t cross join lateral (select 1 a) x left join lateral (select 2 b) as y on true where 1 = 1',
    ],
    [
      'makes named values of the columns of a pivot',
      'select * from t pivot (sum(a) for q in ([x], [y z])) p',
      `select * from t pivot (sum(a) for q in ('x' as "x", 'y z' as "y z")) p`,
    ],
  ])('%s', (_, sql, plain) => {
    expect(plainForeign(sql, 'tsql')).toBe(plain);
    expect(plainForeign(sql, 'MSSQL')).toBe(plain);
    expect(plainForeign(sql, 'postgres')).toBe(sql);
  });
});

describe('Teradata', () => {
  it.each([
    [
      'spells verbs and operators out',
      "sel a from t where b mod 2 eq 0 and (c) ne 'x'",
      "select a from t where b % 2 = 0 and (c) <> 'x'",
    ],
    ['knows names from operators', 'select t.mod, eq from t', 'select t.mod, eq from t'],
    [
      'leaves out how values are shown',
      "select a (format '99'), b (title 'B'), c (named d) from t where e (not casespecific) = 'x'",
      "select a , b , c  as d from t where e  = 'x'",
    ],
    [
      'leaves out what kind of table is made, and when it is filled',
      'create multiset volatile table x as (select a from t) with data primary index (a) on commit preserve rows',
      'create table x as (select a from t)',
    ],
    ['leaves locks out', 'locking row for access sel a from t', ' select a from t'],
  ])('%s', (_, sql, plain) => {
    expect(plainForeign(sql, 'teradata')).toBe(plain);
  });
});
