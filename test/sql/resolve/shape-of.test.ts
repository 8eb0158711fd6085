import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { readsOf, shapeOf } from '../../../src/sql/resolve/shape-of.ts';
import { edgesOf, joinsOf, schemaOf, shapeSql, statementsOf, usesOf } from './shape-sql.ts';

const ddl = `
  create table t (a int, b int, k int);
  create table u (k int, z int, a int);
  create table w (k int, y int);
  create view v as select a, b * 2 as b2, k from t where b > 0;
`;

describe('column uses', () => {
  it.each([
    [
      'tells what a column is used for',
      'select a from t where b > 1 order by k',
      ['t.a:output', 't.b:filter', 't.k:order'],
    ],
    [
      'keeps star use apart from named use',
      'select *, a + 1 as c from t',
      ['t.a:output', 't.b*:output', 't.k*:output'],
    ],
    [
      'does not count what a star offers and nobody takes',
      'select s.a from (select * from t) s',
      ['t.a:output'],
    ],
    [
      'follows a derived column to the clause that uses it',
      'select q from (select a as q, b from t) s where s.b = 1',
      ['t.a:output', 't.b:filter'],
    ],
    [
      'follows a star through two levels',
      'select * from (select * from t) s',
      ['t.a*:output', 't.b*:output', 't.k*:output'],
    ],
    [
      'counts both sides of USING as join columns',
      'select b, z from t join u using (k)',
      ['t.b:output', 't.k:join', 'u.k:join', 'u.z:output'],
    ],
    [
      'sees window, group and having',
      `
      select k, sum(b) as s, rank() over (order by k) from t group by k having max(a) > 1`,
      ['t.a:filter', 't.b:output', 't.k:output,group,window'],
    ],
    [
      'takes the outer column inside a correlated subquery',
      `
      select a from t where exists (select * from u where u.k = t.k)`,
      ['t.a:output', 't.k:filter', 'u.k:filter'],
    ],
    [
      'prefers the inner column of the same name',
      'select (select max(a) from u) from t',
      ['u.a:output'],
    ],
    [
      'counts the columns of a view and of its base',
      'select a from v',
      ['t.a:output', 't.b:filter', 'v.a:output'],
    ],
    [
      'counts a column of set operations on both sides',
      'select a from t union select z from u',
      ['t.a:output', 'u.z:output'],
    ],
    [
      'orders a set operation by its output',
      'select a from t union all select z from u order by a',
      ['t.a:output,order', 'u.z:output,order'],
    ],
  ])('%s', async (_, sql, uses) => {
    expect(usesOf(await shapeSql({ sql, ddl }))).toEqual(uses);
  });
});

describe('a table of many columns', () => {
  const columns = Array.from({ length: 20 }, (_, at) => `c${at}`);
  const wide = `create table wide (${columns.map((name) => `${name} int`).join(', ')});`;

  it.each([
    ['by a name in any case', 'select C13 from wide', ['wide.c13:output']],
    [
      'by the name each time it is read has for it',
      'select a.c0, b.x from wide a join wide b(x, y) on a.c1 = b.Y',
      ['wide.c0:output', 'wide.c1:join'],
    ],
  ])('gives a column %s', async (_, sql, uses) => {
    const shape = await shapeSql({ sql, ddl: wide });

    expect(usesOf(shape)).toEqual(expect.arrayContaining(uses));
    expect(shape.level).toBe('full');
  });

  it('does not give one by the name it had before it was renamed', async () => {
    const { notUnderstood } = await shapeSql({
      sql: 'select b.c0 from wide a join wide b(x) on a.c1 = b.x',
      ddl: wide,
    });

    expect(notUnderstood).toEqual(['column not found']);
  });
});

describe('the reads of a statement', () => {
  it.each([
    'select v.a, z from v join u using (k)',
    'select nope from t, elsewhere',
    'insert into w select k, max(b) from t group by k',
  ])('are those of its shape: %s', async (sql) => {
    const dialect = dialectOf('duckdb');
    const [statement = { kind: 'other', verb: 'nothing' } as const] = await statementsOf(
      sql,
      dialect,
    );
    const context = { schema: await schemaOf(ddl, { dialect }), names: {}, dialect };

    const { level, relations, columns } = shapeOf({ statement, reader: 'duckdb', context });

    expect(readsOf({ statement, reader: 'duckdb', context })).toEqual({
      level,
      relations,
      columns,
      reader: 'duckdb',
    });
    expect(relations.length).toBeGreaterThan(0);
  });
});

describe('join uses', () => {
  it.each([
    ['reads ON', 'select 1 from t join u on t.k = u.k and t.a > 1', ['t.k = u.k inner']],
    ['reads comma joins', 'select 1 from t, u where t.k = u.k', ['t.k = u.k inner']],
    [
      'turns a join into canonical order',
      'select 1 from u left join t on u.k = t.k',
      ['t.k = u.k right'],
    ],
    ['turns RIGHT to LEFT', 'select 1 from t right join u on t.k = u.k', ['t.k = u.k right']],
    ['reads NATURAL', 'select 1 from t natural join w', ['t.k = w.k inner']],
    [
      'reads EXISTS as a semi join',
      'select 1 from t where exists (select 1 from u where u.k = t.k)',
      ['t.k = u.k semi'],
    ],
    [
      'reads NOT IN as an anti join',
      'select 1 from t where k not in (select k from u)',
      ['t.k = u.k anti'],
    ],
    [
      'reads a correlated scalar subquery as a left join',
      `
      select (select max(z) from u where u.k = t.k) from t`,
      ['t.k = u.k left'],
    ],
    [
      'follows columns through CTEs',
      `
      with c as (select k as kk, sum(a) as s from t group by k) select s from c join u on c.kk = u.k`,
      ['t.k = u.k inner'],
    ],
    [
      'takes what all branches of an OR demand',
      `
      select 1 from t, u where (t.k = u.k and a = 1) or (t.k = u.k and b = 2)`,
      ['t.k = u.k inner'],
    ],
    ['takes no branch of an OR alone', 'select 1 from t, u where t.k = u.k or t.b = u.z', []],
    ['tells a self join', 'select 1 from t x join t y on x.a = y.b', ['t.a = t.b inner']],
    ['follows columns through views', 'select 1 from v join w using (k)', ['t.k = w.k inner']],
  ])('%s', async (_, sql, joins) => {
    expect(joinsOf(await shapeSql({ sql, ddl }))).toEqual(joins);
  });
});

describe('lineage', () => {
  it.each([
    [
      'goes through CTE, derived table and expression',
      `
      with c as (select a + b as ab, k from t) select max(ab) as m, k from (select * from c) d group by k`,
      ['m <- t.a, t.b', 'k <- t.k'],
    ],
    [
      'unites the members of a union',
      'select a as x from t union all select z from u',
      ['x <- t.a, u.z'],
    ],
    ['reads a view through', 'select b2 from v', ['b2 <- t.b']],
    [
      'goes round a recursion once',
      `
      with recursive r as (select a, k from t union all select r.a, u.z from r join u on r.k = u.k)
      select a, k from r`,
      ['a <- t.a', 'k <- t.k, u.z'],
    ],
    [
      'takes a scalar subquery by its value',
      'select (select max(z) from u where u.k = t.k) as m from t',
      ['m <- u.z'],
    ],
    [
      'counts CASE conditions and windows, not filters',
      `
      select case when a > 1 then b end as c, sum(b) over (partition by k) as s from t where k = 1`,
      ['c <- t.a, t.b', 's <- t.b, t.k'],
    ],
    [
      'gives INSERT the columns of its target',
      'insert into u select a, b, k from t',
      ['k <- t.a', 'z <- t.b', 'a <- t.k'],
    ],
    [
      'gives INSERT the columns it lists',
      'insert into u (z, k) select a, b from t',
      ['z <- t.a', 'k <- t.b'],
    ],
    [
      'gives UPDATE the columns it sets',
      'update t set a = u.z + 1 from u where t.k = u.k',
      ['a <- u.z'],
    ],
    [
      'matches UNION BY NAME by name',
      'select a, k from t union all by name select z, a from u',
      ['a <- t.a, u.a', 'k <- t.k', 'z <- u.z'],
    ],
    [
      'reads both sides of a merged FULL column, one of LEFT',
      `
      select k, a from (select k from t full join w using (k)) f left join (select a, k as kk from u) g on f.k = g.kk`,
      ['k <- t.k, w.k', 'a <- u.a'],
    ],
  ])('%s', async (_, sql, edges) => {
    expect(edgesOf(await shapeSql({ sql, ddl }))).toEqual(edges);
  });
});

describe('what is not understood', () => {
  it.each([
    ['an ambiguous column', 'select a from t join u on t.k = u.k', ['ambiguous column']],
    ['a column no source has', 'select nope from t', ['column not found']],
    ['a relation the schema lacks', 'select a from nowhere', ['unknown relation']],
    ['a star over one', 'select * from nowhere', ['unknown relation', 'star of unknown columns']],
    [
      'a bare column of two unknown sources',
      'select x from n1, n2',
      ['unknown relation', 'ambiguous column'],
    ],
  ])('is named: %s', async (_, sql, reasons) => {
    const shape = await shapeSql({ sql, ddl });

    expect(shape.level).toBe('partial');
    expect(shape.notUnderstood).toEqual(reasons);
  });

  it('leaves a statement whose names all resolve at level full', async () => {
    const shape = await shapeSql({ sql: 'select t.a from t join u using (k)', ddl });

    expect(shape).toMatchObject({ level: 'full', notUnderstood: [], statement: 'query' });
  });
});
