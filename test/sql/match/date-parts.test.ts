import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../corpus/match-corpus.ts';
import { openShop, provedOutcome } from './proved.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openShop();
});
afterAll(() => bench.scratch.close());

const HOURS = "select date_trunc('hour', placed) as h, count(*) as n from orders group by 1";
const MONTHS = "select date_trunc('month', day) as m, count(*) as n from orders group by 1";

describe('a date computed from a finer one', () => {
  it.each([
    [
      'the day of an hour',
      HOURS,
      "select date_trunc('day', placed) as d, count(*) as n from orders group by 1",
      "select date_trunc('day', t1.h) as d, cast(sum(t1.n) as bigint) as n from mv0 as t1 group by date_trunc('day', t1.h)",
    ],
    [
      'the text of a month',
      MONTHS,
      "select strftime(day, '%Y-%m') as m, count(*) as n from orders group by 1",
      "select strftime(t1.m, '%Y-%m') as m, cast(sum(t1.n) as bigint) as n from mv0 as t1 group by strftime(t1.m, '%Y-%m')",
    ],
    [
      'the last day and the name of a month',
      MONTHS,
      'select last_day(day) as l, monthname(day) as w, count(*) as n from orders group by 1, 2',
      'select last_day(t1.m) as l, monthname(t1.m) as w, cast(sum(t1.n) as bigint) as n from mv0 as t1 group by last_day(t1.m), monthname(t1.m)',
    ],
    [
      'a bound that begins an hour',
      HOURS,
      "select count(*) as n from orders where placed >= '2024-02-01 12:00:00' and placed < '2024-02-02'",
      "select cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 where t1.h >= timestamp '2024-02-01 12:00:00' and t1.h < date '2024-02-02'",
    ],
    [
      'a last day that ends a month',
      MONTHS,
      "select count(*) as n from orders where day between '2024-02-01' and '2024-03-31'",
      "select cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 where t1.m >= date '2024-02-01' and t1.m < date '2024-04-01'",
    ],
    [
      'days after one that ends a month',
      MONTHS,
      "select count(*) as n from orders where day > '2024-02-29'",
      "select cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 where t1.m >= date '2024-03-01'",
    ],
    [
      'a bound that begins a quarter',
      "select date_trunc('quarter', day) as q, count(*) as n from orders group by 1",
      "select count(*) as n from orders where day >= '2024-04-01'",
      "select cast(coalesce(sum(t1.n), 0) as bigint) as n from mv0 as t1 where t1.q >= date '2024-04-01'",
    ],
  ])('%s', async (_title, mv, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe(sql);
  });

  it.each([
    [
      'a bound inside an hour',
      HOURS,
      "select count(*) as n from orders where placed >= '2024-02-01 12:30:00'",
      'FILTER_COLUMN_NOT_IN_MART',
    ],
    [
      'a last moment of a day, which leaves out what is later in it',
      "select date_trunc('day', placed) as d, count(*) as n from orders group by 1",
      "select count(*) as n from orders where placed <= '2024-02-01'",
      'FILTER_COLUMN_NOT_IN_MART',
    ],
    [
      'a day that ends no month',
      MONTHS,
      "select count(*) as n from orders where day <= '2024-02-28'",
      'FILTER_COLUMN_NOT_IN_MART',
    ],
    [
      'a quarter by a bound that begins only a month',
      "select date_trunc('quarter', day) as q, count(*) as n from orders group by 1",
      "select count(*) as n from orders where day >= '2024-05-01'",
      'FILTER_COLUMN_NOT_IN_MART',
    ],
    [
      'the day from a month',
      MONTHS,
      "select strftime(day, '%Y-%m-%d') as d, count(*) as n from orders group by 1",
      'COLUMN_NOT_IN_MART',
    ],
    [
      'a text by a directive nobody agrees on',
      MONTHS,
      "select strftime(day, '%Y-%M') as d, count(*) as n from orders group by 1",
      'COLUMN_NOT_IN_MART',
    ],
    [
      'the month of weeks',
      "select date_trunc('week', day) as w, count(*) as n from orders group by 1",
      "select date_trunc('month', day) as m, count(*) as n from orders group by 1",
      'COLUMN_NOT_IN_MART',
    ],
    [
      'the year of months of the year',
      'select extract(month from day) as m, count(*) as n from orders group by 1',
      'select extract(year from day) as y, count(*) as n from orders group by 1',
      'COLUMN_NOT_IN_MART',
    ],
  ])('is refused: %s', async (_title, mv, query, code) => {
    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe(code);
  });
});
