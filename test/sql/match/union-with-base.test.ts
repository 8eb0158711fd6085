import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { Bench } from '../../corpus/match-corpus.ts';
import { ask } from './ask.ts';
import { matchViews } from './match-views.ts';
import { openShop, provedOutcome } from './proved.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openShop();
});
afterAll(() => bench.scratch.close());

const NEW = "select id, state, day, total, clerk from orders where day >= '2024-02-01'";
const NEW_SUMS = `select state, clerk, count(*) as n, count(total) as nt, sum(total) as s, max(total) as hi from orders
  where day >= '2024-02-01' group by state, clerk`;

describe('a query that asks for more rows than a mart holds', () => {
  it.each([
    [
      'reads the others from base, NULLs with them',
      NEW,
      'select id, total from orders',
      "select t1.id, t1.total from mv0 as t1 union all select t2.id, t2.total from orders as t2 where (t2.day < '2024-02-01' or t2.day is null)",
    ],
    [
      'asks only for what it needs of them',
      NEW,
      "select id from orders where day >= '2024-01-01' and clerk = 1",
      "select t1.id from mv0 as t1 where t1.clerk = 1 union all select t2.id from orders as t2 where t2.day >= '2024-01-01' and t2.clerk = 1 and t2.day < '2024-02-01'",
    ],
    [
      'asks whether a condition is true that has no other side',
      'select id, weight from orders where weight > 1',
      'select id from orders',
      'select t1.id from mv0 as t1 union all select t2.id from orders as t2 where (t2.weight > 1) is not true',
    ],
    [
      'does not turn a list that holds a NULL',
      "select id, state from orders where state in ('a', null)",
      'select id from orders',
      "select t1.id from mv0 as t1 union all select t2.id from orders as t2 where (t2.state in ('a', null)) is not true",
    ],
    [
      'orders all of them',
      NEW,
      'select id, total from orders order by total desc, id',
      "select t1.c1 as id, t1.c2 as total from ( select t2.id as c1, t2.total as c2 from mv0 as t2 union all select t3.id as c1, t3.total as c2 from orders as t3 where (t3.day < '2024-02-01' or t3.day is null) ) as t1 order by t1.c2 desc, t1.c1",
    ],
    [
      'cuts all of them',
      NEW,
      'select id, total from orders order by total desc, id limit 2',
      "select t1.c1 as id, t1.c2 as total from ( select t2.id as c1, t2.total as c2 from mv0 as t2 union all select t3.id as c1, t3.total as c2 from orders as t3 where (t3.day < '2024-02-01' or t3.day is null) ) as t1 order by t1.c2 desc, t1.c1 limit 2",
    ],
    [
      'takes distinct rows of both',
      NEW,
      'select distinct state from orders',
      "select t1.c1 as state from ( select t2.state as c1 from mv0 as t2 union all select t3.state as c1 from orders as t3 where (t3.day < '2024-02-01' or t3.day is null) ) as t1 group by t1.c1",
    ],
    [
      'aggregates rows of both, whatever the aggregate',
      NEW,
      'select state, median(total) as m from orders group by state',
      "select t1.c1 as state, median(t1.c2) as m from ( select t2.state as c1, t2.total as c2 from mv0 as t2 union all select t3.state as c1, t3.total as c2 from orders as t3 where (t3.day < '2024-02-01' or t3.day is null) ) as t1 group by t1.c1",
    ],
    [
      'adds up groups of both',
      NEW_SUMS,
      'select state, sum(total) as s, count(*) as n from orders group by state having count(*) > 1',
      "select t1.c1 as state, sum(t1.c2) as s, cast(sum(t1.c3) as bigint) as n from ( select t2.state as c1, sum(t2.s) as c2, cast(sum(t2.n) as bigint) as c3 from mv0 as t2 group by t2.state union all select t3.state as c1, sum(t3.total) as c2, count(*) as c3 from orders as t3 where (t3.day < '2024-02-01' or t3.day is null) group by t3.state ) as t1 group by t1.c1 having cast(sum(t1.c3) as bigint) > 1",
    ],
    [
      'counts nothing as 0',
      NEW_SUMS,
      "select count(*) as n, avg(total) as a from orders where state = 'none'",
      "select cast(coalesce(sum(t1.c1), 0) as bigint) as n, cast(sum(t1.c2) as double) / nullif(sum(t1.c3), 0) as a from ( select cast(coalesce(sum(t2.n), 0) as bigint) as c1, sum(t2.s) as c2, cast(coalesce(sum(t2.nt), 0) as bigint) as c3 from mv0 as t2 where t2.state = 'none' union all select count(*) as c1, sum(t3.total) as c2, count(t3.total) as c3 from orders as t3 where t3.state = 'none' and (t3.day < '2024-02-01' or t3.day is null) ) as t1",
    ],
    [
      'counts distinct keys of both once',
      NEW_SUMS,
      'select state, count(distinct clerk) as c from orders group by state',
      "select t1.c1 as state, count(distinct t1.c2) as c from ( select t2.state as c1, t2.clerk as c2 from mv0 as t2 union all select t3.state as c1, t3.clerk as c2 from orders as t3 where (t3.day < '2024-02-01' or t3.day is null) group by t3.state, t3.clerk ) as t1 group by t1.c1",
    ],
    [
      'unites below a join',
      "select o.id, o.total, c.name from orders o join customers c on o.customer = c.id where o.day >= '2024-02-01'",
      'select c.name, sum(o.total) as s from orders o join customers c on o.customer = c.id group by c.name',
      "select t1.c1 as name, sum(t1.c2) as s from ( select t2.name as c1, t2.total as c2 from mv0 as t2 union all select t4.name as c1, t3.total as c2 from orders as t3 join customers as t4 on t3.customer = t4.id where (t3.day < '2024-02-01' or t3.day is null) ) as t1 group by t1.c1",
    ],
  ])('%s', async (_title, mv, query, sql) => {
    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe(sql);
  });

  it('is put together from several marts, without base where they hold all', async () => {
    const mvs = [
      "select id, total from orders where day >= '2024-01-01' and day < '2024-02-01'",
      "select id, total from orders where day >= '2024-02-01'",
    ];

    expect(
      await provedOutcome({ bench, mvs, query: "select id from orders where day >= '2024-01-01'" }),
    ).toBe('select t1.id from mv0 as t1 union all select t2.id from mv1 as t2');
  });

  it('says how it was put together', async () => {
    const { certificate } = await ask({ mvs: [NEW], query: 'select id from orders' });

    expect(certificate?.entries.map(({ step }) => step)).toContain('united-with-base');
  });

  it.each([
    [
      'a distinct sum of what is no key',
      NEW_SUMS,
      'select state, sum(distinct total) as s from orders group by state',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'floating-point sums of two halves',
      "select state, sum(weight) as s from orders where day >= '2024-02-01' group by state",
      'select state, sum(weight) as s from orders group by state',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'windows over half of the rows',
      NEW,
      'select id, rank() over (order by total) as r from orders',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'a mart that dropped groups',
      `${NEW_SUMS} having count(*) > 1`,
      'select state, count(*) as n from orders group by state',
      'PREDICATE_NOT_IMPLIED',
    ],
    [
      'a condition that ties two tables',
      'select o.id from orders o join customers c on o.clerk = c.region where o.customer = c.id',
      'select o.id from orders o join customers c on o.customer = c.id',
      'PREDICATE_NOT_IMPLIED',
    ],
  ])('is refused: %s', async (_title, mv, query, code) => {
    expect(await provedOutcome({ bench, mvs: [mv], query })).toBe(code);
  });

  it('is refused where the mart may be of an earlier moment than its sources', async () => {
    const mvs = [{ sql: NEW, sameSnapshot: false }];

    expect(await matchViews({ mvs, query: 'select id from orders' })).toMatchObject({
      kind: 'refuse',
      because: [{ code: 'PREDICATE_NOT_IMPLIED' }],
    });
  });

  it('reads the others from base where another mart is of an earlier moment', async () => {
    const mvs = [
      { sql: NEW, sameSnapshot: true },
      { sql: "select id, day from orders where day < '2024-02-01'", sameSnapshot: false },
    ];

    expect(await matchViews({ mvs, query: 'select id from orders' })).toMatchObject({
      kind: 'rewrite',
      marts: [relationId({ name: 'mv0' })],
    });
  });
});
