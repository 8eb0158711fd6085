import { describe, expect, it } from 'vitest';
import { ask, outcomeOf } from './ask.ts';

const ROWS = `select o.id, o.clerk, o.total, o.customer, l.n, l.sku from orders as o left join lines as l on o.id = l.order_id`;

describe('EXISTS and IN', () => {
  it.each([
    [
      'are a join to a unique key',
      'select o.id, o.total from orders as o join customers as c on o.customer = c.id',
      'select id from orders where customer in (select id from customers)',
      'select t1.id from mv0 as t1',
    ],
    [
      'are such a join with more conditions',
      'select o.id, o.customer, c.vip from orders as o join customers as c on o.customer = c.id',
      'select id from orders as o where exists (select 1 from customers as c where c.id = o.customer and c.vip)',
      'select t1.id from mv0 as t1 where t1.vip',
    ],
    [
      'in the mart are nothing where every row finds one',
      'select id, total from orders as o where exists (select 1 from customers as c where c.id = o.customer)',
      'select id from orders',
      'select t1.id from mv0 as t1',
    ],
    [
      'are no join where they may find several',
      'select o.clerk, o.total from orders as o join lines as l on o.clerk = l.quantity',
      'select total from orders where clerk in (select quantity from lines)',
      'EXTRA_JOIN_MAY_LOSE_ROWS',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    const asked = { mvs: [mv], query };

    expect(await outcomeOf(asked), JSON.stringify((await ask(asked)).because)).toBe(expected);
  });

  it('need the key as a verified fact', async () => {
    const mv = 'select o.id from orders as o join customers as c on o.customer = c.id';
    const query = 'select id from orders where customer in (select id from customers)';

    expect(await outcomeOf({ mvs: [mv], query, trust: false })).not.toMatch(/^select/);
  });
});

describe('NOT EXISTS and NOT IN', () => {
  it.each([
    [
      'are the rows of a left join that found nothing',
      ROWS,
      'select id from orders as o where not exists (select 1 from lines as l where l.order_id = o.id)',
      'select t1.id from mv0 as t1 where t1.n is null',
    ],
    [
      'are those rows too where neither side is ever NULL',
      ROWS,
      'select id from orders where id not in (select order_id from lines)',
      'select t1.id from mv0 as t1 where t1.n is null',
    ],
    [
      'are groups of them',
      'select o.clerk, l.n, count(*) as k from orders as o left join lines as l on o.clerk = l.quantity group by 1, 2',
      'select clerk, count(*) as k from orders as o where not exists (select * from lines where quantity = clerk) group by clerk',
      'select t1.clerk, cast(sum(t1.k) as bigint) as k from mv0 as t1 where t1.n is null group by t1.clerk',
    ],
    [
      'are not where a NULL makes NOT IN unknown',
      'select o.clerk, l.n from orders as o left join lines as l on o.clerk = l.quantity',
      'select clerk from orders where clerk not in (select quantity from lines)',
      'EXTRA_JOIN_MAY_MULTIPLY',
    ],
    [
      'are not where the mart holds no column that tells',
      'select o.clerk, l.sku from orders as o left join lines as l on o.clerk = l.quantity',
      'select clerk from orders as o where not exists (select 1 from lines as l where o.clerk = l.quantity)',
      'NO_MATCH_MARKER',
    ],
    [
      'are not where the join has another condition',
      'select o.clerk, l.n from orders as o left join lines as l on o.clerk = l.quantity and l.n > 1',
      'select clerk from orders as o where not exists (select 1 from lines as l where o.clerk = l.quantity)',
      'EXTRA_JOIN_MAY_MULTIPLY',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    const asked = { mvs: [mv], query };

    expect(await outcomeOf(asked), JSON.stringify((await ask(asked)).because)).toBe(expected);
  });
});

describe('a column moved by a whole number', () => {
  it.each([
    [
      'gives the column back',
      'select clerk + 1 as c from orders',
      'select clerk from orders',
      'select t1.c - 1 as clerk from mv0 as t1',
    ],
    [
      'gives it back turned round',
      'select 5 - clerk as c from orders',
      'select clerk from orders',
      'select 5 - t1.c as clerk from mv0 as t1',
    ],
    [
      'does not of decimals',
      'select total + 1 as c from orders',
      'select total from orders',
      'COLUMN_NOT_IN_MART',
    ],
    [
      'does not of floats',
      'select weight + 1 as c from orders',
      'select weight from orders',
      'COLUMN_NOT_IN_MART',
    ],
    [
      'does not of products',
      'select clerk * 2 as c from orders',
      'select clerk from orders',
      'COLUMN_NOT_IN_MART',
    ],
    [
      'does not of fractions',
      'select clerk + 0.5 as c from orders',
      'select clerk from orders',
      'COLUMN_NOT_IN_MART',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    expect(await outcomeOf({ mvs: [mv], query })).toBe(expected);
  });
});
