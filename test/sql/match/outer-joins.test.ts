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

describe('a left join', () => {
  const LINES =
    'select o.id, o.clerk, o.customer, o.total, l.n from orders as o left join lines as l';

  it.each([
    [
      'is the same inside another one and after it',
      'select o.id, c.name, r.label from orders as o left join (customers as c left join regions as r on c.region = r.id) on o.clerk = c.id',
      'select o.id, r.label from orders as o left join customers as c on o.clerk = c.id left join regions as r on c.region = r.id',
      'select t1.id, t1.label from mv0 as t1',
    ],
    [
      'is another inside, where it also finds something for nothing',
      'select o.id, c.name, r.label from orders as o left join (customers as c left join regions as r on c.region is not distinct from r.id) on o.clerk = c.id',
      'select o.id, r.label from orders as o left join customers as c on o.clerk = c.id left join regions as r on c.region is not distinct from r.id',
      'FILTER_COLUMN_NOT_IN_MART',
    ],
    [
      'may name a column by its equal one',
      `${LINES} on l.quantity = o.clerk`,
      'select o.id, l.n from orders as o left join lines as l on l.quantity = o.customer where o.customer = o.clerk',
      'select t1.id, t1.n from mv0 as t1 where t1.customer = t1.clerk',
    ],
    [
      'may repeat what the query’s rows satisfy',
      `${LINES} on l.quantity = o.clerk and o.total > 1`,
      'select o.id, l.n from orders as o left join lines as l on l.quantity = o.clerk where o.total > 2',
      'select t1.id, t1.n from mv0 as t1 where t1.total > 2',
    ],
    [
      'is another where its condition asks for more of what it finds',
      'select o.clerk, o.total, l.n from orders as o left join lines as l on l.quantity = o.clerk and l.n > 1',
      'select o.total, l.n from orders as o left join lines as l on l.quantity = o.clerk where l.n > 2 or l.n is null',
      'JOIN_CONDITION_DIFFERS',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    const asked = { mvs: [mv], query };

    expect(await outcomeOf(asked), JSON.stringify((await ask(asked)).because)).toBe(expected);
  });
});
