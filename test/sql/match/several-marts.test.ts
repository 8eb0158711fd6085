import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { Bench } from '../../corpus/match-corpus.ts';
import { matchViews } from './match-views.ts';
import { openShop, provedOutcome } from './proved.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openShop();
});
afterAll(() => bench.scratch.close());

const ORDERS = `select o.id, o.customer, o.total, c.name, c.region from orders o join customers c on o.customer = c.id`;
const BIG_LINES = 'select order_id, sku, price, quantity from lines where quantity > 1';
const SUMS = 'select customer, sum(total) as s, count(*) as n from orders group by customer';
const PLACES = 'select c.id, c.name, r.label from customers c join regions r on c.region = r.id';

describe('a block that several marts hold the tables of', () => {
  it.each([
    [
      'reads each from its own',
      [ORDERS, BIG_LINES],
      'select c.name, l.sku, sum(l.price) as p from orders o join customers c on o.customer = c.id join lines l on l.order_id = o.id where l.quantity > 1 group by c.name, l.sku',
      'select t2.name, t1.sku, sum(t1.price) as p from mv1 as t1 join mv0 as t2 on t1.order_id = t2.id group by t2.name, t1.sku',
    ],
    [
      'joins groups to wide rows',
      [SUMS, PLACES],
      'select r.label, sum(o.total) as s, count(*) as n from orders o join customers c on o.customer = c.id join regions r on c.region = r.id group by r.label',
      'select t1.label, sum(t2.s) as s, cast(sum(t2.n) as bigint) as n from mv1 as t1 join mv0 as t2 on t2.customer = t1.id group by t1.label',
    ],
    [
      'joins groups to base where no mart holds that',
      [SUMS],
      'select c.region, sum(o.total) as s from orders o join customers c on o.customer = c.id group by c.region',
      'select t2.region, sum(t1.s) as s from mv0 as t1 join customers as t2 on t1.customer = t2.id group by t2.region',
    ],
  ])('%s', async (_title, mvs, query, sql) => {
    for (const trust of [true, false]) {
      expect(await provedOutcome({ bench, mvs, query, trust })).toBe(sql);
    }
  });

  it('does not count groups as rows across a join', async () => {
    const query =
      'select l.sku, count(*) as n, sum(l.price) as p from orders o join lines l on l.order_id = o.id group by l.sku';
    const mvs = ['select id, count(*) as n from orders group by id', BIG_LINES];

    expect(await provedOutcome({ bench, mvs, query, trust: false })).not.toContain('mv1');
  });

  it('leaves out a mart of another moment', async () => {
    const mvs = [
      { sql: SUMS, sameSnapshot: true },
      { sql: PLACES, sameSnapshot: false },
    ];
    const query =
      'select r.label, sum(o.total) as s from orders o join customers c on o.customer = c.id join regions r on c.region = r.id group by r.label';

    expect(await matchViews({ mvs, query })).toMatchObject({
      kind: 'rewrite',
      marts: [relationId({ name: 'mv0' })],
    });
  });
});
