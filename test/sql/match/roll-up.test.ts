import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../corpus/match-corpus.ts';
import { openShop, provedOutcome } from './proved.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openShop();
});
afterAll(() => bench.scratch.close());

const SUMS = `select state, clerk, count(*) as n, count(clerk) as n_clerk, sum(clerk) as s_clerk, sum(clerk * clerk) as q_clerk,
  sum(total) as s, count(total) as n_total, max(total) as hi, bit_xor(clerk) as x,
  count(*) filter (where total > 1) as n_big, sum(total) filter (where total > 1) as s_big,
  count(total) filter (where total > 1) as t_big from orders group by state, clerk`;

describe('an aggregate of groups', () => {
  it.each([
    [
      'counts the cases on keys',
      "select sum(case when state = 'a' then 1 else 0 end) as n from orders",
      "select sum(case when t1.state = 'a' then t1.n else 0 end) as n from mv0 as t1",
    ],
    [
      'counts the cases without an else',
      "select clerk, count(case when state = 'a' then 1 end) as n from orders group by clerk",
      "select t1.clerk, cast(coalesce(sum(case when t1.state = 'a' then t1.n end), 0) as bigint) as n from mv0 as t1 group by t1.clerk",
    ],
    [
      'adds up the cases on keys',
      'select clerk, sum(case when state is null then total end) as s from orders group by clerk',
      'select t1.clerk, sum(case when t1.state is null then t1.s end) as s from mv0 as t1 group by t1.clerk',
    ],
    [
      'adds up integers with nothing else',
      'select state, sum(case when clerk > 1 then customer else 0 end) as s from orders group by state',
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'takes the greatest of the cases',
      "select max(case when state = 'a' then total end) as hi from orders",
      "select max(case when t1.state = 'a' then t1.hi end) as hi from mv0 as t1",
    ],
    [
      'averages the cases',
      "select avg(case when state = 'a' then total end) as a from orders",
      "select cast(sum(case when t1.state = 'a' then t1.s end) as double) / nullif(sum(case when t1.state = 'a' then t1.n_total end), 0) as a from mv0 as t1",
    ],
    [
      'adds filtered counts and sums up',
      'select state, count(*) filter (where total > 1) as n, sum(total) filter (where total > 1) as s from orders group by state',
      'select t1.state, cast(sum(t1.n_big) as bigint) as n, sum(t1.s_big) as s from mv0 as t1 group by t1.state',
    ],
    [
      'averages what is filtered',
      'select state, avg(total) filter (where total > 1) as a from orders group by state',
      'select t1.state, cast(sum(t1.s_big) as double) / nullif(sum(t1.t_big), 0) as a from mv0 as t1 group by t1.state',
    ],
    [
      'joins bits that cancel',
      'select state, bit_xor(clerk) as x from orders group by state',
      'select t1.state, bit_xor(t1.x) as x from mv0 as t1 group by t1.state',
    ],
  ])('%s', async (_title, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [SUMS], query })).toBe(sql);
  });

  it.each(['var_samp', 'var_pop', 'stddev', 'stddev_pop', 'variance', 'stddev_samp'])(
    'computes %s of integers from exact sums',
    async (name) => {
      const query = `select state, round(${name}(clerk), 6) as v from orders group by state`;

      expect(await provedOutcome({ bench, mvs: [SUMS], query })).toMatch(/^select .* from mv0/);
    },
  );

  it.each([
    [
      'a case on what is no key',
      'select sum(case when total > 1 then 1 else 0 end) as n from orders',
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'a case whose else is not nothing',
      "select sum(case when state = 'a' then total else 1 end) as n from orders",
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'a least of cases whose else counts',
      "select min(case when state = 'a' then total else 0 end) as n from orders",
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'a distinct count of cases on no key',
      "select count(distinct case when state = 'a' then total end) as n from orders",
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'another filter than the one it holds',
      'select count(*) filter (where total > 2) as n from orders',
      'COUNT_NOT_IN_MART',
    ],
    ['a count by a filtered one', 'select count(weight) as n from orders', 'COUNT_NOT_IN_MART'],
    [
      'a spread of decimals, whose digits would be lost',
      'select var_samp(total) as v from orders',
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'a spread that a condition compares',
      'select state from orders group by state having var_samp(clerk) > 1',
      'APPROXIMATE_IN_CONDITION',
    ],
  ])('is refused: %s', async (_title, query, code) => {
    expect(await provedOutcome({ bench, mvs: [SUMS], query })).toBe(code);
  });

  it('says which sums a spread needs', async () => {
    const mv = 'select state, clerk, count(clerk) as n, sum(clerk) as s from orders group by 1, 2';
    const query = 'select state, var_pop(clerk) as v from orders group by state';

    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe('SPREAD_NEEDS_SUMS');
  });
});

describe('distinct values a mart lists', () => {
  const LISTED =
    'select state, clerk, list(distinct customer) as who, array_agg(distinct total) as totals, list(distinct weight) as w, list(sku_of) as l from (select *, state as sku_of from orders) o group by state, clerk';

  it.each([
    [
      'are counted once over several groups',
      'select state, count(distinct customer) as n from orders group by state',
      'select t1.state, len(list_distinct(flatten(list(t1.who)))) as n from mv0 as t1 group by t1.state',
    ],
    [
      'do not count NULLs, and count nothing as 0',
      "select count(distinct total) as n from orders where state = 'none'",
      "select coalesce(len(list_distinct(flatten(list(t1.totals)))), 0) as n from mv0 as t1 where t1.state = 'none'",
    ],
    [
      'are not counted where equal numbers may differ',
      'select state, count(distinct weight) as n from orders group by state',
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'are not given out, as their order is anything',
      'select state, clerk, list(distinct customer) as who from orders group by state, clerk',
      'NOT_UNIQUE',
    ],
    [
      'are not added up',
      'select state, sum(distinct customer) as n from orders group by state',
      'AGGREGATE_NOT_DERIVABLE',
    ],
  ])('%s', async (_title, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [LISTED], query })).toBe(sql);
  });
});

describe('a mart of one row for all', () => {
  const WHOLE =
    "select list(distinct customer) as who, sum(total) as s, count(total) as c, count(*) as n, sum(weight) as w, min(day) as d, median(quantity_of) as m from (select *, id as quantity_of from orders) o where state = 'a'";

  it.each([
    [
      'answers what follows from its aggregates, of no rows, too',
      "select count(distinct customer) as n, avg(total) as a, sum(total) + count(*) as x from orders where state = 'a'",
      'select coalesce(len(list_distinct(flatten(list(t1.who)))), 0) as n, ',
    ],
    [
      'gives sums of floating-point numbers only as they are',
      "select count(distinct customer) as n, sum(weight) as w, median(id) as m from orders where state = 'a'",
      'max(t1.w) as w, max(t1.m) as m from mv0 as t1',
    ],
    [
      'answers HAVING and arithmetic over them',
      "select count(distinct customer) * 2 as n from orders where state = 'a' having min(day) > date '2024-01-31' or count(*) = 0",
      'having (min(t1.d) > date',
    ],
    [
      'answers nothing it cannot tell',
      "select count(distinct customer) as n, avg(weight) as w from orders where state = 'a'",
      'FLOAT_REASSOCIATION',
    ],
    [
      'answers no other rows',
      "select count(distinct customer) as n from orders where state = 'b'",
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'answers no groups',
      "select clerk, count(distinct customer) as n from orders where state = 'a' group by clerk",
      'MART_HAS_NO_KEYS',
    ],
  ])('%s', async (_title, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [WHOLE], query })).toContain(sql);
  });
});

describe('an output of a group', () => {
  it.each([
    [
      'is told by the key, though the mart holds the whole of it',
      'select clerk, clerk + 1 as next, state, sum(total) as s from orders group by clerk, state',
      'select clerk + 1 as next, sum(total) as s from orders group by clerk',
      'select t1.clerk + 1 as next, sum(t1.s) as s from mv0 as t1 group by t1.clerk',
    ],
    [
      'is told by the key over single rows, too',
      'select clerk, clerk + 1 as next, total from orders',
      'select clerk + 1 as next, sum(total) as s from orders group by clerk order by clerk + 1',
      'select t1.clerk + 1 as next, sum(t1.total) as s from mv0 as t1 group by t1.clerk order by t1.clerk + 1',
    ],
    [
      'is the whole of it where that is grouped by',
      'select clerk, clerk + 1 as next, total from orders',
      'select clerk + 1 as next, sum(total) as s from orders group by clerk + 1 having clerk + 1 > 2',
      'select t1.next, sum(t1.total) as s from mv0 as t1 where t1.next > 2 group by t1.next',
    ],
    [
      'stays correlated by the key',
      'select clerk, clerk + 1 as next, total from orders',
      'select clerk, (select max(name) from customers c where c.id = clerk) as who, sum(total) as s from orders group by clerk',
      'select t1.clerk, ( select max(t2.name) as "max(name)" from customers as t2 where t2.id = t1.clerk ) as who, sum(t1.total) as s from mv0 as t1 group by t1.clerk',
    ],
  ])('%s', async (_title, mv, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe(sql);
  });
});
