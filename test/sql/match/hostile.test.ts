import { describe, expect, it } from 'vitest';
import { answerMatchLine } from '../../../src/cli/match-line.ts';
import { outcomeOf, parse } from './ask.ts';

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

describe('a mart grouped by values that are equal and yet differ', () => {
  const ddl =
    'create table runs (id integer primary key, f double, took interval, began timestamp, ended timestamp, parts double[], n integer)';
  const BY_F = 'select f, n, count(*) as k from runs group by f, n';
  const BY_TOOK = 'select took, n, count(*) as k from runs group by took, n';

  it.each([
    [
      'the text of a zero',
      BY_F,
      'select cast(f as varchar) as x, count(*) as k from runs group by 1',
    ],
    ['a division by zero', BY_F, 'select 1 / f as x, count(*) as k from runs group by 1'],
    [
      'a share of a negative zero',
      BY_F,
      'select n / (f * 2) as x, count(*) as k from runs group by 1',
    ],
    ['a condition on the sign of zero', BY_F, 'select count(*) as k from runs where 1 / f > 0'],
    ['an angle', 'select distinct f, n from runs', 'select distinct atan2(f, -1) as x from runs'],
    [
      'a value computed of the group’s own zero',
      'select f, 1 / f as x, count(*) as k from runs group by f',
      'select 1 / f as x, count(*) as k from runs group by 1',
    ],
    [
      'the text of a month',
      BY_TOOK,
      'select cast(took as varchar) as x, count(*) as k from runs group by 1',
    ],
    [
      'the days of a month',
      BY_TOOK,
      'select extract(day from took) as x, count(*) as k from runs group by 1',
    ],
    [
      'a month added to a day',
      BY_TOOK,
      'select began + took as x, count(*) as k from runs group by 1',
    ],
    [
      'a condition on its months',
      BY_TOOK,
      'select count(*) as k from runs where extract(month from took) = 1',
    ],
    [
      'the days between two moments',
      'select ended - began as took, count(*) as k from runs group by 1',
      'select extract(day from ended - began) as x, count(*) as k from runs group by 1',
    ],
    [
      'what stands in a list',
      'select parts, count(*) as k from runs group by parts',
      'select 1 / parts[1] as x, count(*) as k from runs group by 1',
    ],
  ])('does not answer %s', async (_title, mv, query) => {
    const refused = await outcomeOf({ ddl, mvs: [mv], query });
    expect(['GROUPS_EQUAL_VALUES', 'COLUMN_NOT_IN_MART']).toContain(refused);
  });

  it.each([
    ['the values themselves', BY_F, 'select f, count(*) as k from runs group by f'],
    ['a comparison', BY_F, 'select count(*) as k from runs where f > 1'],
    ['its multiples', BY_F, 'select f * 2 as x, count(*) as k from runs group by 1'],
    ['a part of it', BY_F, 'select f / 2 as x, count(*) as k from runs group by 1'],
    [
      'whole numbers of it',
      BY_F,
      'select cast(round(f) as integer) as x, count(*) as k from runs group by 1',
    ],
    ['how many there are', BY_F, 'select count(distinct f) as k from runs'],
    ['a longest time', BY_TOOK, 'select n, max(took) as t from runs group by n'],
    [
      'a bound of time',
      BY_TOOK,
      "select n, count(*) as k from runs where took > interval '1 day' group by n",
    ],
    ['other keys', BY_TOOK, 'select cast(n as varchar) as x, count(*) as k from runs group by 1'],
  ])('answers %s', async (_title, mv, query) => {
    expect(await outcomeOf({ ddl, mvs: [mv], query })).toMatch(/^select .* from mv0/);
  });
});

describe('a decimal without a scale, where each value keeps its own', () => {
  const ddl =
    'create table paid (id integer, n numeric, m numeric(10,2)); create table due (id integer, n numeric, m numeric(10,2))';
  const asked = async (mv: string, query: string): Promise<string> => {
    const line = { id: 1, dialect: 'postgres', ddl, mvs: [mv], query };
    const { sql, because } = await answerMatchLine(line, { parse, trustDeclaredKeys: true });
    return sql === undefined ? (because?.[0]?.code ?? '') : 'rewritten';
  };

  it.each([
    [
      'does not write the group’s own zeros for all',
      'select n, count(*) as k from paid group by n',
      'select cast(n as text) as x, count(*) as k from paid group by 1',
      'GROUPS_EQUAL_VALUES',
    ],
    [
      'does not stand for another it equals',
      'select p.id, d.n as dn from paid p join due d on p.n = d.n',
      'select p.id, cast(p.n as text) as x from paid p join due d on p.n = d.n',
      'COLUMN_NOT_IN_MART',
    ],
    [
      'is counted and compared like any other',
      'select n, count(*) as k from paid group by n',
      'select n, count(*) as k from paid where n > 1 group by n',
      'rewritten',
    ],
    [
      'with a declared scale is one value',
      'select m, count(*) as k from paid group by m',
      'select cast(m as text) as x, count(*) as k from paid group by 1',
      'rewritten',
    ],
    [
      'with a declared scale stands for what it equals',
      'select p.id, d.m as dm from paid p join due d on p.m = d.m',
      'select p.id, cast(p.m as text) as x from paid p join due d on p.m = d.m',
      'rewritten',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    expect(await asked(mv, query)).toBe(expected);
  });
});

it('a column whose name needs quotes is called by it', async () => {
  const mv =
    'select state as "the state", day as "a.day", count(*) as "n" from orders group by all';

  expect(
    await outcomeOf({ mvs: [mv], query: 'select state, count(*) as k from orders group by state' }),
  ).toBe(
    'select t1."the state" as state, cast(sum(t1.n) as bigint) as k from mv0 as t1 group by t1."the state"',
  );
});
