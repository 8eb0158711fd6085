import { describe, expect, it } from 'vitest';
import { outcomeOf } from './ask.ts';

const GROUPED = `select day, state, clerk, customer, sum(total) as s, count(*) as n, entropy(total) as e, regr_count(total, clerk) as r
  from orders group by day, state, clerk, customer`;
const ROWS = 'select id, customer, placed, day, total, weight, state, clerk from orders';
const PINNED = "day = date '2024-01-01' and state = 'a' and clerk = 1 and customer = 2";

describe('a tempting rewrite that is wrong', () => {
  it.each([
    [
      'adding sums up that DISTINCT made one',
      'select distinct state, sum(total) as s from orders group by state, clerk',
      'select state, sum(total) as s from orders group by state',
      'ONLY_WHOLE',
    ],
    [
      'taking the one row of a DISTINCT constant for every row',
      'select distinct 1 as one from orders',
      'select 1 as one from orders where true',
      'ONLY_WHOLE',
    ],
    [
      'NULL for an aggregate that is 0 of no rows',
      GROUPED,
      `select entropy(total) as e from orders where ${PINNED}`,
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'NULL for a regression count of no rows',
      GROUPED,
      `select regr_count(total, clerk) as r from orders where ${PINNED}`,
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'an aggregate of outer columns inside a subquery',
      GROUPED,
      'select state, (select sum(o.clerk)) as s from orders as o group by state',
      'NOT_UNDERSTOOD',
    ],
    [
      'a mart whose subquery aggregates the rows around it',
      'select (select sum(o.total)) as s, o.state from orders as o',
      'select state from orders',
      'MART_NOT_DETERMINED',
    ],
    [
      'one column for two equal keys of grouping sets',
      ROWS,
      'select clerk, customer, count(*) as n from orders where clerk = customer group by grouping sets ((clerk), (customer))',
      'GROUPING_KEYS_FALL_TOGETHER',
    ],
    [
      'the same over groups',
      GROUPED,
      'select clerk, customer, count(*) as n from orders where clerk = customer group by rollup (clerk, customer)',
      'GROUPING_KEYS_FALL_TOGETHER',
    ],
  ])('is refused: %s', async (_title, mv, query, code) => {
    expect(await outcomeOf({ mvs: [mv], query })).toBe(code);
  });
});

describe('an aggregate inside a subquery', () => {
  it.each([
    [
      'in an output',
      'select state, (select count(*) from customers) as n from orders group by state',
      'select t1.state, ( select count(*) as "count_star()" from customers as t2 ) as n from mv0 as t1 group by t1.state',
    ],
    [
      'in a HAVING',
      'select state from orders group by state having count(*) in (select count(*) as k from customers)',
      'select t1.state from mv0 as t1 group by t1.state having cast(sum(t1.n) as bigint) in ( select count(*) as k from customers as t2 )',
    ],
  ])('stays of the rows of its own query %s', async (_title, query, sql) => {
    expect(await outcomeOf({ mvs: [GROUPED], query })).toBe(sql);
  });
});

it('a DISTINCT over groups that gives all keys changes nothing', async () => {
  const mv = 'select distinct state, clerk, sum(total) as s from orders group by state, clerk';

  expect(
    await outcomeOf({
      mvs: [mv],
      query: 'select state, sum(total) as s from orders group by state',
    }),
  ).toBe('select t1.state, sum(t1.s) as s from mv0 as t1 group by t1.state');
});

describe('a mart that computes in the time zone of a session', () => {
  const ddl = 'create table seen (id integer, moment timestamptz, day date, ts timestamp)';

  it.each([
    [
      'in a nested query',
      'select d from (select cast(moment as date) as d, id from seen group by 1, 2) q',
    ],
    [
      'in a branch of a union',
      'select day from seen union all select cast(moment as date) from seen',
    ],
    ['in a comparison of two columns', 'select id from seen where moment > ts'],
    ['in a difference of days', "select date_diff('day', moment, moment) as d from seen"],
    ['in a text', 'select concat(moment, id) as t from seen'],
  ])('is refused: %s', async (_title, mv) => {
    expect(await outcomeOf({ ddl, mvs: [mv], query: mv })).toBe('SESSION_TIME_ZONE');
  });

  it('gives that column to nobody', async () => {
    const mv = 'select id, concat(moment, id) as t from seen';

    expect(await outcomeOf({ ddl, mvs: [mv], query: mv })).toBe('COLUMN_NOT_IN_MART');
    expect(await outcomeOf({ ddl, mvs: [mv], query: 'select id from seen' })).toBe(
      'select t1.id from mv0 as t1',
    );
  });

  it('but not where moments stay as they are', async () => {
    const mv = 'select id, max(moment) as last from seen where moment is not null group by id';

    expect(await outcomeOf({ ddl, mvs: [mv], query: mv })).toBe(
      'select t1.id, t1.last from mv0 as t1',
    );
  });
});
