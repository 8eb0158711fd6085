import { describe, expect, it } from 'vitest';
import { ask, outcomeOf } from './ask.ts';

const FULL = `select o.id, o.state, o.customer, c.id as c_id, c.name, c.vip
  from orders as o full join customers as c on o.customer = c.id`;
const CHAIN = `select o.id, c.id as c_id, c.name, r.label
  from (orders as o left join regions as r on o.clerk = r.id) full join customers as c on o.customer = c.id`;

describe('a mart with a full join', () => {
  it.each([
    [
      'answers an inner join by the rows that have both sides',
      FULL,
      'select o.id, c.name from orders as o join customers as c on o.customer = c.id',
      'select t1.id, t1.name from mv0 as t1 where t1.id is not null and t1.c_id is not null',
    ],
    [
      'answers a left join by the rows that have its left side',
      FULL,
      'select o.id, c.name from customers as c left join orders as o on o.customer = c.id',
      'select t1.id, t1.name from mv0 as t1 where t1.c_id is not null',
    ],
    [
      'answers one side alone where the other has a unique key',
      FULL,
      'select id, customer from orders',
      'select t1.id, t1.customer from mv0 as t1 where t1.id is not null',
    ],
    [
      'takes a condition that rejects NULL for the marker of a side',
      'select o.state, c.name from orders as o full join customers as c on o.customer = c.id',
      "select o.state, c.name from orders as o left join customers as c on o.customer = c.id where o.state = 'x'",
      "select t1.state, t1.name from mv0 as t1 where t1.state = 'x'",
    ],
    [
      'lacks a marker where no condition rejects NULL',
      'select o.state, c.name, o.customer from orders as o full join customers as c on o.customer = c.id',
      "select o.state, c.name from customers as c left join orders as o on o.customer = c.id where coalesce(c.name, 'x') = 'x'",
      'NO_MATCH_MARKER',
    ],
    [
      'is read for one side where its condition is another, and the other side joined back',
      `${FULL} and c.vip`,
      'select o.id, c.name from orders as o left join customers as c on o.customer = c.id',
      'select t1.id, t2.name from mv0 as t1 join customers as t2 on t1.customer = t2.id',
    ],
    [
      'is read without copies for one side where the other multiplies',
      FULL,
      'select id, name from customers',
      'select t1.c_id as id, t1.name from ( select distinct t2.c_id, t2.name from mv0 as t2 ) as t1 where t1.c_id is not null',
    ],
    [
      'may hold left joins to unique keys inside a side',
      CHAIN,
      'select o.id, c.name from orders as o full join customers as c on o.customer = c.id',
      'select t1.id, t1.name from mv0 as t1',
    ],
    [
      'is narrowed inside another full join',
      `select o.id, c.id as c_id, r.label from orders as o full join customers as c on o.customer = c.id
        full join regions as r on r.id = c.region`,
      `select o.id, r.label from orders as o join customers as c on o.customer = c.id
        left join regions as r on r.id = c.region`,
      'select t1.id, t1.label from mv0 as t1 where t1.id is not null and t1.c_id is not null',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    const asked = { mvs: [mv], query };

    expect(await outcomeOf(asked), JSON.stringify((await ask(asked)).because)).toBe(expected);
  });

  it('needs a verified key to leave a side out', async () => {
    const asked = { mvs: [FULL], query: 'select id, customer from orders', trust: false };

    expect(await outcomeOf(asked)).toBe('EXTRA_JOIN_MAY_MULTIPLY');
  });
});

describe('a mart with a right join', () => {
  it('finds a column by one that is equal to it once unmatched rows are gone', async () => {
    const mv = `select o.id, o.customer from orders as o right join customers as c on o.customer = c.id`;
    const query =
      'select o.id, c.id as c_id from orders as o join customers as c on o.customer = c.id where c.id > 10';

    expect(await outcomeOf({ mvs: [mv], query })).toBe(
      'select t1.id, t1.customer as c_id from mv0 as t1 where t1.id is not null and t1.customer > 10',
    );
  });
});
