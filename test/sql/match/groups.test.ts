import { describe, expect, it } from 'vitest';
import { ask, outcomeOf } from './ask.ts';

const DAILY = `select day, state, clerk, sum(total) as s, count(total) as n_total, count(*) as n, min(total) as lo,
  max(total) as hi, sum(clerk) as s_clerk, count(clerk) as n_clerk, count(distinct total) as n_distinct from orders group by day, state, clerk`;

describe('a mart that groups', () => {
  it.each([
    [
      'answers its own grain by its own columns',
      'select day, state, clerk, sum(total) as s from orders group by 1, 2, 3',
      'select t1.day, t1.state, t1.clerk, t1.s from mv0 as t1',
    ],
    [
      'adds sums up',
      'select state, sum(total) as s from orders group by state',
      'select t1.state, sum(t1.s) as s from mv0 as t1 group by t1.state',
    ],
    [
      'adds counts up, in the type of a count',
      'select state, count(*) as n from orders group by state',
      'select t1.state, cast(sum(t1.n) as bigint) as n from mv0 as t1 group by t1.state',
    ],
    [
      'gives 0 and one row where nothing is counted',
      "select count(*) as n from orders where state = 'none'",
      "select cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 where t1.state = 'none'",
    ],
    [
      'takes the least of the least',
      'select min(total) as lo from orders',
      'select min(t1.lo) as lo from mv0 as t1',
    ],
    [
      'divides sums by counts for an average',
      'select state, avg(total) as a from orders group by state',
      'select t1.state, cast(sum(t1.s) as double) / nullif(sum(t1.n_total), 0) as a from mv0 as t1 group by t1.state',
    ],
    [
      'counts distinct keys',
      'select state, count(distinct clerk) as c from orders group by state',
      'select t1.state, count(distinct t1.clerk) as c from mv0 as t1 group by t1.state',
    ],
    [
      'answers distinct keys',
      'select distinct state from orders',
      'select t1.state from mv0 as t1 group by t1.state',
    ],
    [
      'keeps a HAVING',
      'select state from orders group by state having sum(total) > 9',
      'select t1.state from mv0 as t1 group by t1.state having sum(t1.s) > 9',
    ],
    [
      'turns a HAVING at its own grain to a filter',
      'select day, state, clerk from orders group by 1, 2, 3 having sum(total) > 9',
      'select t1.day, t1.state, t1.clerk from mv0 as t1 where t1.s > 9',
    ],
    [
      'computes months from days',
      "select date_trunc('month', day) as m, sum(total) as s from orders group by 1",
      "select date_trunc('month', t1.day) as m, sum(t1.s) as s from mv0 as t1 group by date_trunc('month', t1.day)",
    ],
    [
      'needs no roll-up where the other keys are pinned',
      "select state, sum(total) as s from orders where day = date '2024-01-01' and clerk = 1 group by state",
      "select t1.state, t1.s from mv0 as t1 where t1.day = date '2024-01-01' and t1.clerk = 1",
    ],
    [
      'gives the one value that is left',
      "select count(distinct total) as c from orders where day = date '2024-01-01' and state = 'a' and clerk = 1",
      "select coalesce(max(t1.n_distinct), 0) as c from mv0 as t1 where t1.day = date '2024-01-01' and t1.state = 'a' and t1.clerk = 1",
    ],
    [
      'computes expressions of aggregates',
      'select sum(total) / count(*) as per_order from orders',
      'select sum(t1.s) / cast(coalesce(sum(t1.n), 0) as bigint) as per_order from mv0 as t1',
    ],
    [
      'rolls up to grouping sets',
      'select state, sum(total) as s from orders group by rollup (state)',
      'select t1.state, sum(t1.s) as s from mv0 as t1 group by grouping sets ((t1.state), ())',
    ],
    [
      'takes whole groups by a FILTER on keys',
      'select count(*) filter (where clerk = 1) as n, sum(total) filter (where state is null) as s from orders',
      'select cast(coalesce(sum(t1.n) filter (where t1.clerk = 1), 0) as bigint) as n, sum(t1.s) filter (where t1.state is null) as s from mv0 as t1',
    ],
  ])('%s', async (_title, query, sql) => {
    expect(await outcomeOf({ mvs: [DAILY], query })).toBe(sql);
  });

  it.each([
    ['single rows', 'select state from orders', 'NEEDS_ROWS'],
    [
      'an aggregate it does not hold',
      'select sum(weight) as w from orders',
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'distinct values that are no key',
      'select count(distinct total) as c from orders',
      'AGGREGATE_NOT_DERIVABLE',
    ],
    ['a median', 'select median(total) as m from orders', 'AGGREGATE_NOT_DERIVABLE'],
    ['the count of another column', 'select count(weight) as n from orders', 'COUNT_NOT_IN_MART'],
    [
      'a key it does not hold',
      'select customer, sum(total) as s from orders group by customer',
      'COLUMN_NOT_IN_MART',
    ],
  ])('refuses %s', async (_title, query, code) => {
    expect(await outcomeOf({ mvs: [DAILY], query })).toBe(code);
  });

  it('does not add floating-point sums, whose last digits depend on the order', async () => {
    const mv = 'select state, clerk, sum(weight) as w from orders group by state, clerk';

    expect(
      await outcomeOf({
        mvs: [mv],
        query: 'select state, sum(weight) as w from orders group by state',
      }),
    ).toBe('FLOAT_REASSOCIATION');
    expect(
      await outcomeOf({
        mvs: [mv],
        query: 'select state, clerk, sum(weight) as w from orders group by clerk, state',
      }),
    ).toBe('select t1.state, t1.clerk, t1.w from mv0 as t1');
  });

  it('says that a rolled-up average is approximate', async () => {
    const { certificate } = await ask({
      mvs: [DAILY],
      query: 'select avg(clerk) as a from orders',
    });

    expect(certificate?.entries.map(({ step }) => step)).toContain('approximate');
  });

  it('filters a timestamp by the day it holds only where the bound begins a day', async () => {
    const mv = "select date_trunc('day', placed) as d, count(*) as n from orders group by 1";

    expect(
      await outcomeOf({
        mvs: [mv],
        query: "select count(*) as n from orders where placed >= '2024-03-01'",
      }),
    ).toBe(
      "select cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 where t1.d >= date '2024-03-01'",
    );
    expect(
      await outcomeOf({
        mvs: [mv],
        query: "select count(*) as n from orders where placed >= '2024-03-01 12:00:00'",
      }),
    ).toBe('FILTER_COLUMN_NOT_IN_MART');
    expect(
      await outcomeOf({
        mvs: [mv],
        query: "select count(*) as n from orders where placed <= '2024-03-01'",
      }),
    ).toBe('FILTER_COLUMN_NOT_IN_MART');
  });

  it('refuses a mart that dropped groups, except for the same question', async () => {
    const mv = 'select state, sum(total) as s from orders group by state having sum(total) > 5';

    expect(
      await outcomeOf({
        mvs: [mv],
        query: 'select state, sum(total) as s from orders group by state',
      }),
    ).toBe('MART_DROPS_GROUPS');
    expect(
      await outcomeOf({
        mvs: [mv],
        query: 'select state, sum(total) as s from orders group by state having sum(total) > 7',
      }),
    ).toBe('select t1.state, t1.s from mv0 as t1 where t1.s > 7');
  });

  it('answers a star join grouped by a dimension', async () => {
    const mv = `select o.day, r.label, sum(l.price) as revenue, count(*) as n from lines as l join orders as o on l.order_id = o.id
      join customers as c on o.customer = c.id join regions as r on c.region = r.id group by o.day, r.label`;
    const query = `select r.label, sum(l.price) as revenue from regions as r join customers as c on c.region = r.id
      join orders as o on o.customer = c.id join lines as l on l.order_id = o.id where o.day >= '2024-01-01' group by r.label order by revenue desc, 1`;

    expect(await outcomeOf({ mvs: [mv], query })).toBe(
      "select t1.label, sum(t1.revenue) as revenue from mv0 as t1 where t1.day >= '2024-01-01' group by t1.label order by sum(t1.revenue) desc, t1.label",
    );
  });
});

it('adds sums of cases and of literals up', async () => {
  const mv =
    'select state, clerk, sum(case when total > 1 then total else 0 end) as high, sum(1) as ones from orders group by 1, 2';
  const query =
    'select state, sum(case when total > 1 then total else 0 end) as high, sum(1) as ones from orders group by 1';

  expect(await outcomeOf({ mvs: [mv], query })).toBe(
    'select t1.state, sum(t1.high) as high, sum(t1.ones) as ones from mv0 as t1 group by t1.state',
  );
});

describe('a mart with a limit', () => {
  const top =
    'select state, sum(total) as s from orders group by state order by state limit 2 offset 1';

  it('answers only the same question, limit and all', async () => {
    expect(await outcomeOf({ mvs: [top], query: top })).toBe(
      'select t1.state, t1.s from mv0 as t1 order by t1.state',
    );
    expect(await outcomeOf({ mvs: [top], query: top.replace(' offset 1', '') })).toBe('ONLY_WHOLE');
    expect(await outcomeOf({ mvs: [top], query: top.replace(' limit 2 offset 1', '') })).toBe(
      'ONLY_WHOLE',
    );
  });

  it('answers nothing where the order does not settle its rows', async () => {
    const mv = 'select state, total from orders order by total limit 2';

    expect(await outcomeOf({ mvs: [mv], query: 'select state, total from orders' })).toBe(
      'MART_HAS_LIMIT',
    );
  });
});

describe('a rolled-up average', () => {
  it.each([
    ['in a HAVING', 'select state from orders group by state having avg(clerk) > 3'],
    ['in a comparison', 'select state, avg(clerk) > 3 as high from orders group by state'],
    [
      'below a filter',
      'with a as (select state, avg(clerk) as m from orders group by state) select state from a cross join regions where m > 3',
    ],
    [
      'that a limit cuts by',
      'select state, avg(clerk) as m from orders group by state order by m, state limit 2',
    ],
  ])('is refused %s, where a last digit decides', async (_title, query) => {
    expect(await outcomeOf({ mvs: [DAILY], query })).toBe('APPROXIMATE_IN_CONDITION');
  });

  it('may order the answer and be rounded', async () => {
    expect(
      await outcomeOf({
        mvs: [DAILY],
        query:
          'select state, round(avg(clerk), 2) as m from orders group by state order by avg(clerk)',
      }),
    ).toMatch(/^select t1.state, round\(cast\(sum\(t1.s_clerk\) as double\)/);
  });
});
