import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { printQuery } from '../../../src/sql/print/print-query.ts';
import { boundOf } from './bind.ts';

/** The normal form, as text on one line. */
async function normalText(sql: string): Promise<string> {
  const printed = printQuery(normalize(await boundOf(sql)), 'duckdb');
  return printed.kind === 'printed' ? printed.sql.replaceAll(/\s+/g, ' ') : printed.because;
}

describe('the normal form', () => {
  it.each([
    [
      'merges plain derived tables, CTEs and their filters',
      'with o as (select id, total from orders where total > 1) select id from (select * from o) as x where id < 9',
      'select t1.id from orders as t1 where t1.total > 1 and t1.id < 9',
    ],
    [
      'splits BETWEEN and pushes NOT in',
      "select id from orders where id between 1 and 5 and not (state = 'x' or clerk in (1, 2))",
      "select t1.id from orders as t1 where t1.id >= 1 and t1.id <= 5 and t1.state <> 'x' and t1.clerk not in (1, 2)",
    ],
    [
      'puts constants on the right',
      'select id from orders where 5 < id',
      'select t1.id from orders as t1 where t1.id > 5',
    ],
    [
      'turns a left join to an inner one where a filter rejects its NULLs',
      'select o.id from orders o left join customers c on o.customer = c.id where c.region = 3',
      'select t1.id from orders as t1 join customers as t2 on t1.customer = t2.id where t2.region = 3',
    ],
    [
      'keeps a left join where the filter lets NULLs through',
      'select o.id from orders o left join customers c on o.customer = c.id where c.region is null',
      'select t1.id from orders as t1 left join customers as t2 on t1.customer = t2.id where t2.region is null',
    ],
    [
      'moves a filter inside the right side of a left join to its ON',
      'select o.id, c.name from orders o left join (select * from customers where vip) c on o.customer = c.id',
      'select t1.id, t2.name from orders as t1 left join customers as t2 on t2.vip and t1.customer = t2.id',
    ],
    [
      'does not merge a computed column below a left join: its NULL must stay NULL',
      "select o.id, c.n from orders o left join (select id, coalesce(name, 'x') as n from customers) c on o.customer = c.id",
      "select t1.id, t2.n from orders as t1 left join ( select t3.id, coalesce(t3.name, 'x') as n from customers as t3 ) as t2 on t1.customer = t2.id",
    ],
    [
      'does not merge a source that limits',
      'select id from (select id from orders order by id limit 3) as o',
      'select t1.id from ( select t2.id from orders as t2 order by t2.id limit 3 ) as t1',
    ],
    [
      'makes a filter over groups a HAVING, and one on their keys a WHERE',
      "select state from (select state, sum(total) as s from orders group by state) as g where s > 5 and state <> 'x'",
      "select t1.state from orders as t1 where t1.state <> 'x' group by t1.state having sum(t1.total) > 5",
    ],
    [
      'does not take the aggregate of a subquery for one of the block',
      'select id from orders where total > (select avg(total) from orders)',
      'select t1.id from orders as t1 where t1.total > ( select avg(t2.total) as "avg(total)" from orders as t2 )',
    ],
  ])('%s', async (_title, sql, text) => {
    expect(await normalText(sql)).toBe(text);
  });

  it.each([
    ['a sample', 'select id from orders using sample 10 rows', /^volatile/],
    ['QUALIFY', 'select id from orders qualify rank() over (order by total) = 1', /^qualify/],
    ['a file', "select * from read_csv('x.csv')", /^volatile: table function read_csv/],
  ])('keeps %s opaque', async (_title, sql, because) => {
    const { body } = normalize(await boundOf(sql));

    expect(body.kind === 'opaque' ? body.because : body.kind).toMatch(because);
  });

  it('says what a block holds besides joins and groups', async () => {
    const { body } = normalize(
      await boundOf('select sum(total) over (partition by state) as s, random() as r from orders'),
    );

    expect(body.kind === 'block' ? body.block.barriers : []).toEqual([
      'window',
      'volatile: volatile function random',
    ]);
  });
});
