import { describe, expect, it } from 'vitest';
import { outcomeOf } from './ask.ts';

describe('a mart with a column its rows do not settle', () => {
  it.each([
    ['a clock', 'select id, total, now() as built from orders', 'select id from orders'],
    ['a random number', 'select id, random() as r from orders', 'select id from orders'],
    [
      'a window',
      'select id, row_number() over (order by total) as r from orders',
      'select id from orders',
    ],
    [
      'whoever comes first',
      'select state, any_value(clerk) as c, sum(total) as s from orders group by state',
      'select state, sum(total) from orders group by state',
    ],
    [
      'the day of a moment with a zone',
      'select id, date_trunc(\'day\', "at") as d from events',
      'select id from events',
    ],
  ])('is read for its others: %s', async (_title, mv, query) => {
    const ddl =
      'create table orders (id integer, total decimal(10,2), state varchar, clerk integer);\ncreate table events (id integer, "at" timestamptz);';

    expect(await outcomeOf({ mvs: [mv], query, ddl })).toMatch(/ from mv0 as t1/);
  });

  it.each([
    [
      'is not read for that column',
      'select id, random() as r from orders',
      'select id, random() as r from orders',
      'VOLATILE',
    ],
    [
      'is not read where the column decides the groups',
      'select state, random() as r from orders group by state, random()',
      'select state from orders group by state',
      'MART_NOT_DETERMINED',
    ],
    [
      'is not read where it decides what is distinct',
      'select distinct state, now() as built from orders',
      'select distinct state from orders',
      'MART_FROZEN_VALUE',
    ],
    [
      'is not read where it decides which rows are kept',
      'select state, clerk from orders where random() > 0.5',
      'select state from orders',
      'MART_NOT_DETERMINED',
    ],
    [
      'is not read where a function nobody knows may multiply rows',
      'select state, spread(clerk) as c from orders',
      'select state from orders',
      'MART_NOT_DETERMINED',
    ],
    [
      'is not read where a limit cut it',
      'select state, random() as r from orders order by state limit 3',
      'select state from orders',
      'MART_NOT_DETERMINED',
    ],
  ])('%s', async (_title, mv, query, code) => {
    expect(await outcomeOf({ mvs: [mv], query })).toBe(code);
  });

  it('leaves a clock to be read when it is asked', async () => {
    const query = 'select id, now() as built from orders';

    expect(await outcomeOf({ mvs: [query], query })).toBe(
      'select t1.id, now() as built from mv0 as t1',
    );
  });

  it('answers its own definition by a window that ties do not change', async () => {
    const query = 'select id, rank() over (order by total) as r from orders';

    expect(await outcomeOf({ mvs: [query], query })).toBe('select t1.id, t1.r from mv0 as t1');
  });
});

describe('a mart that holds sets', () => {
  const SETS =
    'select state, clerk, bitmap_union(to_bitmap(customer)) as who, hll_union(hll_hash(customer)) as sketch from orders group by state, clerk';

  it.each([
    [
      'gives the set of its own groups',
      'select state, clerk, bitmap_union(to_bitmap(customer)) as w from orders group by 1, 2',
      'select t1.state, t1.clerk, t1.who as w from mv0 as t1',
    ],
    [
      'gives its size',
      'select state, bitmap_count(bitmap_union(to_bitmap(customer))) as n from orders where clerk = 1 group by 1',
      'select t1.state, bitmap_count(t1.who) as n from mv0 as t1 where t1.clerk = 1',
    ],
  ])('%s', async (_title, query, sql) => {
    expect(await outcomeOf({ mvs: [SETS], query })).toBe(sql);
  });

  it.each([
    [
      'does not unite sets in an engine that has no such function',
      'select state, bitmap_union(to_bitmap(customer)) as w from orders group by 1',
      'SETS_NOT_UNITED',
    ],
    [
      'does not count distinct values by a set that may have lost some',
      'select state, clerk, count(distinct customer) as n from orders group by 1, 2',
      'SET_MAY_LOSE_VALUES',
    ],
    [
      'does not take a sketch for a count',
      'select state, clerk, approx_count_distinct(customer) as n from orders group by 1, 2',
      'AGGREGATE_NOT_DERIVABLE',
    ],
  ])('%s', async (_title, query, code) => {
    expect(await outcomeOf({ mvs: [SETS], query })).toBe(code);
  });
});
