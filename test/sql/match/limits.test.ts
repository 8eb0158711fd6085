import { describe, expect, it } from 'vitest';
import { ask, outcomeOf } from './ask.ts';

const WIDE = `select o.id, o.total, o.state, c.id as c_id, c.name from orders as o
  left join customers as c on o.customer = c.id`;

describe('a limit', () => {
  it.each([
    [
      'keeps the same rows where the order names a verified key',
      WIDE,
      'select total from orders order by id limit 3',
      'select t1.total from mv0 as t1 order by t1.id limit 3',
    ],
    [
      'keeps the same rows of what a key joins to them',
      WIDE,
      'select c.name from orders as o left join customers as c on o.customer = c.id order by o.id limit 3',
      'select t1.name from mv0 as t1 order by t1.id limit 3',
    ],
    [
      'keeps the same row where the key is given',
      WIDE,
      'select total from orders where id = 7 limit 1',
      'select t1.total from mv0 as t1 where t1.id = 7 limit 1',
    ],
    [
      'keeps the same groups where the key is among those they are grouped by',
      'select id, state, sum(total) as t from orders group by id, state',
      'select state, sum(total) as t from orders group by id, state order by id limit 4',
      'select t1.state, t1.t from mv0 as t1 order by t1.id limit 4',
    ],
    [
      'is not settled by a key that many rows share',
      WIDE,
      'select o.total from orders as o left join customers as c on o.customer = c.id order by c.id limit 3',
      'LIMIT_NOT_UNIQUE',
    ],
    [
      'is not settled where a join makes copies that differ',
      'select o.id, l.n from orders as o join lines as l on o.id = l.order_id',
      'select l.n from orders as o join lines as l on o.id = l.order_id order by o.id limit 3',
      'LIMIT_NOT_UNIQUE',
    ],
    [
      'is not settled by what a left join may not find',
      WIDE,
      'select o.total from customers as c left join orders as o on o.customer = c.id order by o.id limit 3',
      'LIMIT_NOT_UNIQUE',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    expect(await outcomeOf({ mvs: [mv], query })).toBe(expected);
  });

  it('needs the key as a verified fact, and cites it', async () => {
    const asked = { mvs: [WIDE], query: 'select total from orders order by id limit 3' };

    expect(await outcomeOf({ ...asked, trust: false })).toBe('LIMIT_NOT_UNIQUE');
    expect((await ask(asked)).certificate?.entries.at(-1)?.facts).toEqual([
      'declared: the order names a unique key',
    ]);
  });
});
