import { describe, expect, it } from 'vitest';
import { ask, outcomeOf } from './ask.ts';

const LINES = `select o.id, o.total, o.state, c.name, l.n, l.quantity from orders as o
  left join customers as c on o.customer = c.id left join lines as l on o.id = l.order_id`;

describe('a mart that holds each row once for each of its lines', () => {
  it.each([
    [
      'answers a measure of the row once its key makes the copies one',
      LINES,
      'select sum(total) as s from orders',
      'select sum(t1.total) as s from ( select distinct t2.id, t2.total from mv0 as t2 ) as t1',
    ],
    [
      'needs no key of what a unique key joins to the row',
      LINES,
      "select c.name from orders as o left join customers as c on o.customer = c.id where state = 'x'",
      "select t1.name from ( select distinct t2.id, t2.state, t2.name from mv0 as t2 ) as t1 where t1.state = 'x'",
    ],
    [
      'lacks the key of the row',
      'select o.total, l.n from orders as o left join lines as l on o.id = l.order_id',
      'select sum(total) from orders',
      'EXTRA_JOIN_MAY_MULTIPLY',
    ],
    [
      'lacks rows that have no line',
      'select o.id, o.total, l.n from orders as o join lines as l on o.id = l.order_id',
      'select sum(total) from orders',
      'EXTRA_JOIN_MAY_LOSE_ROWS',
    ],
    [
      'lacks rows that its condition on lines removed',
      `${LINES} where l.n is null`,
      'select sum(total) from orders',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'has grouped the copies already',
      'select o.id, sum(o.total) as s, sum(l.quantity) as q from orders as o left join lines as l on o.id = l.order_id group by o.id',
      'select sum(total) from orders',
      'EXTRA_JOIN_MAY_MULTIPLY',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    const asked = { mvs: [mv], query };

    expect(await outcomeOf(asked), JSON.stringify((await ask(asked)).because)).toBe(expected);
  });

  it('needs the key as a verified fact', async () => {
    const asked = { mvs: [LINES], query: 'select sum(total) from orders', trust: false };

    expect(await outcomeOf(asked)).toBe('EXTRA_JOIN_MAY_MULTIPLY');
  });

  it('cites the key that told the copies', async () => {
    const { certificate } = await ask({ mvs: [LINES], query: 'select sum(total) from orders' });

    expect(certificate?.entries.find((entry) => entry.step === 'copies-removed')?.facts).toEqual([
      'declared: id is unique in orders, and never NULL',
    ]);
  });
});

describe('a join that lets NULLs meet', () => {
  const NULL_SAFE =
    'select o.clerk from orders as o join lines as l on o.clerk is not distinct from l.quantity';

  it.each([
    [
      'gives a column by the one it is the same as, NULL or not',
      NULL_SAFE,
      'select l.quantity from orders as o join lines as l on o.clerk is not distinct from l.quantity',
      'select t1.clerk as quantity from mv0 as t1',
    ],
    [
      'answers plain equality where it is not NULL',
      NULL_SAFE,
      'select o.clerk from orders as o join lines as l on o.clerk = l.quantity',
      'select t1.clerk from mv0 as t1 where t1.clerk is not null',
    ],
    [
      'is not answered by plain equality, which lost the NULLs',
      'select o.clerk from orders as o join lines as l on o.clerk = l.quantity',
      'select o.clerk from orders as o join lines as l on o.clerk is not distinct from l.quantity',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'says nothing of columns that compare otherwise than by identity',
      'select o.weight from orders as o join orders as p on o.weight is not distinct from p.weight',
      'select o.weight from orders as o join orders as p on o.weight = p.weight',
      'FILTER_COLUMN_NOT_IN_MART',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    expect(await outcomeOf({ mvs: [mv], query })).toBe(expected);
  });
});
