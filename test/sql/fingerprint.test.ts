import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';

function normal(sql: string, dialect = 'duckdb'): string {
  return fingerprint(sql, dialectOf(dialect)).normalForm;
}

describe('fingerprint', () => {
  it.each([
    ['case of keywords and names', 'SELECT Id FROM Orders', 'select id from orders'],
    ['layout and comments', 'select a -- why\n from /* x */ t ;', 'select a from t'],
    ['comments with tags', `/*application='shop'*/ select a from t`, 'select a from t'],
    [
      'strings and numbers',
      `select a from t where b = 'x' and c > 5`,
      `select a from t where b='y' and c>77`,
    ],
    [
      'dates',
      `select a from t where d >= date '2024-01-01'`,
      `select a from t where d >= date '2025-05-05'`,
    ],
    [
      'the length of an IN list',
      'select a from t where b in (1)',
      'select a from t where b in (2, 3, -4)',
    ],
    [
      'tuples in an IN list',
      'select 1 from t where (a, b) in ((1, 2))',
      'select 1 from t where (a, b) in ((1, 2), (3, 4))',
    ],
    [
      'the length of VALUES',
      'insert into t values (1, null)',
      `insert into t values (1, 'a'), (2, 'b')`,
    ],
    [
      'the length of an array',
      'select 1 from t where a = any(array[1])',
      'select 1 from t where a = any(array[1, 2])',
    ],
    ['AS before an alias', 'select a as b from t as u', 'select a b from t u'],
    [
      'the names of aliases that name nothing else',
      'select a.x, (select max(i.z) from v i where i.y = a.y) from t as a join u "B" on a.x = "B".x',
      'select q.x, (select max(r.z) from v r where r.y = q.y) from t q join u as s on q.x = s.x',
    ],
    [
      'aliases of derived tables and table functions',
      'select a.x, f.v from (select b.x, b.l from t b) a, unnest(a.l) as f where extract(year from a.d) = 1',
      'select c.x, g.v from (select d.x, d.l from t d) c, unnest(c.l) as g where extract(year from c.d) = 1',
    ],
    [
      'INNER and OUTER',
      'select a from t inner join u on true left outer join v on true',
      'select a from t join u on true left join v on true',
    ],
    ['the sign of inequality', 'select a from t where b != 1', 'select a from t where b <> 1'],
    ['quotes that change nothing', 'select "a" from "t"', 'select a from t'],
    ['parameters and literals', 'select a from t where b = ?', 'select a from t where b = 5'],
    [
      'pages of one result',
      'select a from t limit 10 offset 20',
      'select a from t limit 10 offset 40',
    ],
  ])('does not see %s', (_what, one, other) => {
    expect(normal(one)).toBe(normal(other));
    expect(fingerprint(one, dialectOf('duckdb')).fingerprint).toBe(
      fingerprint(other, dialectOf('duckdb')).fingerprint,
    );
  });

  it.each([
    ['date parts', `select date_trunc('month', d) from t`, `select date_trunc('day', d) from t`],
    [
      'interval amounts',
      `select 1 from t where d > now() - interval '7 days'`,
      `select 1 from t where d > now() - interval '30 days'`,
    ],
    [
      'interval units',
      `select d + interval '1' day from t`,
      `select d + interval '1' month from t`,
    ],
    ['JSON keys', `select j ->> 'a' from t`, `select j ->> 'b' from t`],
    ['JSON paths', `select json_extract(j, '$.a') from t`, `select json_extract(j, '$.b') from t`],
    ['subscripts', `select m['a'] from t`, `select m['b'] from t`],
    ['LIMIT', 'select a from t limit 10', 'select a from t limit 20'],
    [
      'ordinals of GROUP BY',
      'select a, b, count(*) from t group by 1, 2',
      'select a, b, count(*) from t group by 1, 3',
    ],
    [
      'ordinals of ORDER BY',
      'select a, b from t order by 1 desc',
      'select a, b from t order by 2 desc',
    ],
    ['precisions', 'select round(a, 2) from t', 'select round(a, 3) from t'],
    ['types', 'select cast(a as decimal(10, 2)) from t', 'select cast(a as decimal(12, 2)) from t'],
    ['formats of dates', `select strftime(d, '%Y-%m') from t`, `select strftime(d, '%Y') from t`],
    [
      'frames',
      'select sum(a) over (order by d rows 6 preceding) from t',
      'select sum(a) over (order by d rows 29 preceding) from t',
    ],
    ['fields of structs', `select {'a': x} from t`, `select {'b': x} from t`],
    [
      'sums in an IN list',
      'select 1 from t where a in (1, b + 1)',
      'select 1 from t where a in (1, b + 10)',
    ],
    ['files read like tables', `select a from 'x/1.parquet'`, `select a from 'x/2.parquet'`],
    ['constants of formulas', 'select sum(p * (1 - d)) from t', 'select sum(p * (100 - d)) from t'],
    ['case inside quotes where it counts', 'select "A" from t', 'select "a" from t'],
    [
      'an alias that is a value, too',
      'select u.x, u from t, unnest(t.l) u',
      'select v.x, v from t, unnest(t.l) v',
    ],
    [
      'an alias hidden by a table of its name',
      'select a.x from t a where exists (select 1 from s.a where a.y = 1)',
      'select b.x from t b where exists (select 1 from s.a where b.y = 1)',
    ],
    [
      'an alias out of its scope',
      'select a.x from t a union all select a.x from u',
      'select b.x from t b union all select b.x from u',
    ],
    ['a schema of functions', 'select a.f(a.x) from t a', 'select b.f(b.x) from t b'],
    [
      'a schema of tables',
      'select a.x from t a, a.u v where v.y = 1',
      'select b.x from t b, b.u v where v.y = 1',
    ],
    ['what an alias may not be called', 'select a.x from t a, __1', 'select __1.x from t a, __1'],
    [
      'an alias a star gives a column the name of',
      'select *, u.y from t, unnest(t.l) u',
      'select *, v.y from t, unnest(t.l) v',
    ],
    ['words after a table', 'select x from t final', 'select x from t latest'],
    [
      'which alias is which',
      'select a.x, b.y from t a join t b on a.i = b.j',
      'select a.x, b.y from t a join t b on b.i = a.j',
    ],
    [
      'the columns a PIVOT makes',
      `select * from t pivot (sum(x) for q in ('Q1', 'Q2'))`,
      `select * from t pivot (sum(x) for q in ('Q1', 'Q3'))`,
    ],
    [
      'how many columns a PIVOT makes',
      `select * from t pivot (sum(x) for q in ('2024-01-01', '2024-02-01'))`,
      `select * from t pivot (sum(x) for q in ('2024-01-01'))`,
    ],
    [
      'numbers a PIVOT makes columns of',
      'pivot t on y in (1, 2) using sum(x)',
      'pivot t on y in (1, 3) using sum(x)',
    ],
    [
      'tuples a PIVOT makes columns of',
      `select * from t pivot (sum(x) for (q, r) in (('a', 1), ('b', 2)))`,
      `select * from t pivot (sum(x) for (q, r) in (('a', 1)))`,
    ],
    ['columns named like functions', 'select "current_date" from t', 'select current_date from t'],
  ])('sees %s', (_what, one, other) => {
    expect(normal(one, 'postgres')).not.toBe(normal(other, 'postgres'));
  });

  it('keeps the case of names where tables compare with case, and folds keywords and functions there', () => {
    expect(normal('SELECT COUNT(*) FROM d.Orders', 'bigquery')).toBe(
      'select count(*) from d.Orders',
    );
  });

  it('takes quotes off by the rules of the dialect', () => {
    expect(normal('select "ID", "id" from t', 'snowflake')).toBe('select id, "id" from t');
    expect(normal('select "ID", "id" from t', 'postgres')).toBe('select "ID", id from t');
  });

  it('is the same in dialects that write the same thing in other quotes', () => {
    expect(normal('select `a b` from t', 'spark')).toBe(normal('select "a b" from t', 'trino'));
  });

  it.each([
    `select a from t where email = 'ada-4711@example.org'`,
    `select a from t where n = 4711`,
    `select a from t where b in ('ada-4711', 'x')`,
    `select j -> 'ada-4711@example.org' from t`,
    `select date_trunc('ada 4711', d) from t`,
    `select d + interval 'ada 4711' from t`,
    `select strftime(d, 'ada 4711') from t`,
    `select $$ada 4711$$ from t`,
    `select e'ada\\' 4711' from t`,
    `select 'ada 4711`,
    `select a from t where b is distinct from 'ada' or (b is not distinct from 'ada.4711')`,
    `select case a when 'ada' then 4711 else 'ada' end from t`,
    `select substring('ada' from '4711'), position('ada' in b) from t`,
    `select a ? 'ada', b @> '{"ada": 4711}' from t`,
    `select * from t pivot (sum(x) for q in ('ada 4711', 'x@4711.ada'))`,
    `copy t from 'https://x.org/y?user=ada&key=4711'`,
    `insert into t values ('ada', 4711, f('4711'))`,
    `select a from t where b between 4711 and 4711.5 /* 4711 */ -- 4711`,
  ])('keeps no datum of %s', (sql) => {
    expect(normal(sql)).not.toMatch(/4711|ada/);
  });

  it('counts what bounds a parser: operators, nesting, length', () => {
    const sql = 'select ((a + b) * c) from t where x and y or case when z then 1 end';

    expect(fingerprint(sql, dialectOf('duckdb'))).toMatchObject({
      operators: 4,
      depth: 2,
      length: sql.length,
    });
  });

  it('is 32 hex digits', () => {
    expect(fingerprint('', dialectOf('duckdb')).fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });
});
