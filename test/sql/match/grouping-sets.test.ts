import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../corpus/match-corpus.ts';
import { openShop, provedOutcome } from './proved.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openShop();
});
afterAll(() => bench.scratch.close());

const FINE =
  'select state, clerk, customer, count(*) as n, sum(total) as s from orders group by state, clerk, customer';

describe('grouping sets over a finer mart', () => {
  it.each([
    [
      'tell the set of each row',
      'select state, clerk, grouping(state) as gs, grouping_id(state, clerk) as g, sum(total) as s from orders group by cube (state, clerk)',
      'select t1.state, t1.clerk, grouping(t1.state) as gs, grouping_id(t1.state, t1.clerk) as g, sum(t1.s) as s from mv0 as t1 group by grouping sets ((t1.state, t1.clerk), (t1.state), (t1.clerk), ())',
    ],
    [
      'keep only the totals',
      'select state, count(*) as n from orders group by rollup (state) having grouping(state) = 1',
      'select t1.state, cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 group by grouping sets ((t1.state), ()) having grouping(t1.state) = 1',
    ],
  ])('%s', async (_title, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [FINE], query })).toBe(sql);
  });

  it('tell their sets over single rows, too', async () => {
    const mvs = ['select state, clerk, total from orders'];
    const query =
      'select clerk, grouping(clerk) as g, sum(total) as s from orders group by rollup (clerk)';

    expect(await provedOutcome({ bench, mvs, query })).toBe(
      'select t1.clerk, grouping(t1.clerk) as g, sum(t1.total) as s from mv0 as t1 group by grouping sets ((t1.clerk), ())',
    );
  });
});

describe('a mart of grouping sets', () => {
  const CUBE = `select state, clerk, grouping_id(state, clerk) as g, count(*) as n, sum(total) as s, median(total) as m
    from orders group by cube (state, clerk)`;

  it.each([
    [
      'gives one of its grains',
      'select state, median(total) as m from orders group by state',
      'select t1.state, t1.m from mv0 as t1 where t1.g = 1',
    ],
    [
      'gives a finer one where a filter needs it',
      'select state, sum(total) as s from orders where clerk > 1 group by state',
      'select t1.state, sum(t1.s) as s from mv0 as t1 where t1.clerk > 1 and t1.g = 0 group by t1.state',
    ],
    [
      'is added up where nothing is grouped',
      'select sum(total) as s, count(*) as n from orders',
      'select sum(t1.s) as s, cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 where t1.g = 1',
    ],
    [
      'is filtered on the keys of the grain',
      'select state, count(*) as n from orders where state is null group by state',
      'select t1.state, t1.n from mv0 as t1 where t1.state is null and t1.g = 1',
    ],
    [
      'does not hold what is no key',
      'select customer, sum(total) as s from orders group by customer',
      'COLUMN_NOT_IN_MART',
    ],
  ])('%s', async (_title, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [CUBE], query })).toBe(sql);
  });

  it('tells its grains by keys that are never NULL', async () => {
    const mvs = [
      'select customer, id, sum(total) as s from orders group by grouping sets ((customer, id), (customer))',
    ];
    const query = 'select customer, sum(total) as s from orders group by customer';

    expect(await provedOutcome({ bench, mvs, query })).toBe(
      'select t1.customer, t1.s from mv0 as t1 where t1.id is null',
    );
  });

  const OUTER = `select c.region, sum(o.total) as s from orders o left join customers c on o.customer = c.id
    where o.clerk > 1 group by c.region`;

  it.each([
    [
      'the grain that a filter and a joined table both need',
      'cube (clerk, customer)',
      'select t2.region, sum(t1.s) as s from mv0 as t1 join customers as t2 on t1.customer = t2.id where t1.clerk > 1 and t1.g = 0 group by t2.region',
    ],
    [
      'none where a joined table needs a column that the filter’s grain leaves NULL',
      'grouping sets ((clerk), (customer))',
      'MART_GROUPING_SETS',
    ],
  ])('gives %s', async (_title, sets, sql) => {
    const mv = `select clerk, customer, grouping_id(clerk, customer) as g, sum(total) as s from orders group by ${sets}`;

    expect(await provedOutcome({ bench, mvs: [mv], query: OUTER })).toBe(sql);
  });

  it.each([
    [
      'whose NULLs may be of the data',
      'select state, clerk, sum(total) as s from orders group by rollup (state, clerk)',
    ],
    [
      'that tells only some of them',
      'select state, clerk, grouping(state) as g, sum(total) as s from orders group by cube (state, clerk)',
    ],
    [
      'that holds a grain twice',
      'select state, grouping(state) as g, sum(total) as s from orders group by grouping sets ((state), (state))',
    ],
    [
      'that dropped groups',
      'select state, grouping(state) as g, sum(total) as s from orders group by rollup (state) having sum(total) > 1',
    ],
  ])('is refused: one %s', async (_title, mv) => {
    const query = 'select state, sum(total) as s from orders group by state';

    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe('MART_GROUPING_SETS');
  });
});

describe('any value of a group', () => {
  it.each([
    [
      'is the key where it is one',
      'select state, clerk, sum(total) as s from orders group by state, clerk',
      'select any_value(state) as st, sum(total) as s from orders group by state',
      'select t1.state as st, sum(t1.s) as s from mv0 as t1 group by t1.state',
    ],
    [
      'is the constant it equals',
      'select state, clerk, total from orders',
      "select clerk, any_value(state) as st from orders where state = 'a' group by clerk",
      "select t1.clerk, min(t1.state) as st from mv0 as t1 where t1.state = 'a' group by t1.clerk",
    ],
    [
      'is NULL of no rows',
      'select state, clerk, total from orders',
      "select any_value(state) as st from orders where state = 'a'",
      "select min(t1.state) as st from mv0 as t1 where t1.state = 'a'",
    ],
    [
      'is refused where rows differ',
      'select state, clerk, total from orders',
      'select clerk, any_value(state) as st from orders group by clerk',
      'NOT_UNIQUE',
    ],
    [
      'is refused where a grouping set mixes the key',
      'select state, clerk, total from orders',
      'select clerk, any_value(clerk) as c from orders group by rollup (clerk)',
      'NOT_UNIQUE',
    ],
    [
      'is refused for a zero, which may have a sign',
      'select state, clerk, weight from orders',
      'select clerk, any_value(weight) as w from orders where weight = 0 group by clerk',
      'NOT_UNIQUE',
    ],
  ])('%s', async (_title, mv, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe(sql);
  });
});
