import { describe, expect, it } from 'vitest';
import { ask, outcomeOf } from './ask.ts';

const WIDE = `select o.id, o.customer, c.id as c_id, c.name, o.total, o.state, o.placed, o.day
  from orders as o left join customers as c on o.customer = c.id`;

describe('a mart that keeps rows', () => {
  it.each([
    [
      'answers its own columns',
      'select id, total from orders',
      'select id from orders',
      'select t1.id from mv0 as t1',
    ],
    [
      'puts the filters the mart does not have on its columns',
      'select id, state from orders where total > 0',
      "select id from orders where total > 0 and state = 'open'",
      "select t1.id from mv0 as t1 where t1.state = 'open'",
    ],
    [
      'filters a narrower range',
      'select id, clerk from orders where clerk >= 5',
      'select id from orders where clerk > 4 and clerk < 9',
      'select t1.id from mv0 as t1 where t1.clerk < 9',
    ],
    [
      'takes x = 1 or x = 2 for x in (1, 2)',
      'select id, clerk from orders where clerk in (1, 2, 3)',
      'select id from orders where clerk = 1 or clerk = 2',
      'select t1.id from mv0 as t1 where (t1.clerk = 1 or t1.clerk = 2)',
    ],
    [
      'tells matched rows of a left join by the joined key',
      WIDE,
      'select o.id, c.name from orders as o join customers as c on c.id = o.customer',
      'select t1.id, t1.name from mv0 as t1',
    ],
    [
      'drops a left join to a unique key',
      WIDE,
      'select id, total from orders',
      'select t1.id, t1.total from mv0 as t1',
    ],
    [
      'finds a column by its equal one',
      'select o.id, c.id as c_id from orders as o join customers as c on o.customer = c.id',
      'select o.customer from orders as o join customers as c on o.customer = c.id',
      'select t1.c_id as customer from mv0 as t1',
    ],
    [
      'maps a self join by its roles, not by its names',
      'select a.id as a_id, a.total as a_total, b.total as b_total from orders as a join orders as b on a.clerk = b.id',
      'select a.total from orders as b join orders as a on a.clerk = b.id',
      'select t1.a_total as total from mv0 as t1',
    ],
    [
      'answers a grouped query',
      WIDE,
      'select name, sum(total) as s, count(*) as n from orders as o left join customers as c on o.customer = c.id group by name having count(*) > 1',
      'select t1.name, sum(t1.total) as s, count(*) as n from mv0 as t1 group by t1.name having count(*) > 1',
    ],
    [
      'answers inside a common table expression',
      'select id, total from orders',
      'with o as (select id, total from orders where total > 5) select max(total) as m from o',
      'select max(t1.total) as m from mv0 as t1 where t1.total > 5',
    ],
  ])('%s', async (_title, mv, query, sql) => {
    expect(await outcomeOf({ mvs: [mv], query })).toBe(sql);
  });

  it.each([
    [
      'that has none of the rows',
      'select id, total from orders where total > 2',
      'select id from orders where total <= 2',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'that lacks a column',
      'select id from orders',
      'select total from orders',
      'COLUMN_NOT_IN_MART',
    ],
    [
      'that lacks a column the query filters on',
      'select id from orders',
      'select id from orders where total = 1',
      'FILTER_COLUMN_NOT_IN_MART',
    ],
    [
      'that drops NULLs the query keeps',
      "select id, state from orders where state <> 'x'",
      'select id from orders where state is null',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'that lost duplicates',
      'select distinct state from orders',
      'select state from orders',
      'NEEDS_ROWS',
    ],
    [
      'joined on another ON',
      'select o.id, c.vip from orders o left join customers c on o.customer = c.id',
      'select o.id, c.vip from orders o left join customers c on o.customer = c.id and c.vip',
      'JOIN_CONDITION_DIFFERS',
    ],
    [
      'without a marker',
      'select o.id, c.name from orders o left join customers c on o.clerk = c.id',
      'select o.id, c.name from orders o join customers c on o.clerk = c.id',
      'NO_MATCH_MARKER',
    ],
  ])('refuses one %s', async (_title, mv, query, code) => {
    expect(await outcomeOf({ mvs: [mv], query, trust: false })).toBe(code);
  });

  it('does not drop a join whose key is only declared unique', async () => {
    const refused = await ask({ mvs: [WIDE], query: 'select id, total from orders', trust: false });

    expect(refused.because?.map(({ code }) => code)).toEqual(['EXTRA_JOIN_MAY_MULTIPLY']);
  });

  it('does not drop an inner join whose reference may be NULL', async () => {
    const mv = 'select o.id, o.total from orders as o join customers as c on o.clerk = c.id';

    expect(await outcomeOf({ mvs: [mv], query: 'select id from orders' })).toBe(
      'EXTRA_JOIN_MAY_LOSE_ROWS',
    );
  });

  it('drops an inner join that neither multiplies nor loses rows, and cites why', async () => {
    const mv = 'select o.id, o.total from orders as o join customers as c on o.customer = c.id';

    const { answer, certificate } = await ask({ mvs: [mv], query: 'select id from orders' });

    expect(answer).toBe('rewrite');
    expect(certificate?.entries.flatMap(({ facts }) => facts)).toEqual([
      'declared: id is unique in customers',
      'declared: every customer of orders is in customers',
      'customer of orders is never NULL',
    ]);
  });

  it('names columns the engine would name by itself by a column list', async () => {
    const mv = 'select state, total * 2 from orders';

    expect(await outcomeOf({ mvs: [mv], query: 'select total * 2 as twice from orders' })).toBe(
      'select t1.c2 as twice from mv0 as t1 (state, c2)',
    );
  });
});
