import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../corpus/match-corpus.ts';
import { ask } from './ask.ts';
import { openShop, provedOutcome } from './proved.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openShop();
});
afterAll(() => bench.scratch.close());

const BY_CUSTOMER = `select c.id, c.name, c.region, median(o.total) as m from customers c left join orders o on o.customer = c.id
  group by c.id, c.name, c.region`;

describe('a mart that groups by more columns than the query', () => {
  it.each([
    [
      'has its grain where a key settles them',
      BY_CUSTOMER,
      'select c.id, median(o.total) as m from customers c left join orders o on o.customer = c.id group by c.id',
      true,
      'select t1.id, t1.m from mv0 as t1',
    ],
    [
      'has its grain where what equals the key is grouped by',
      'select o.customer, c.name, median(o.total) as m from orders o join customers c on o.customer = c.id group by o.customer, c.name',
      'select c.id, median(o.total) as m from orders o join customers c on o.customer = c.id group by c.id',
      true,
      'select t1.customer as id, t1.m from mv0 as t1',
    ],
    [
      'has a finer one where nobody verified the key',
      BY_CUSTOMER,
      'select c.id, median(o.total) as m from customers c left join orders o on o.customer = c.id group by c.id',
      false,
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'has a finer one where the column is of another table',
      'select o.customer, o.state, median(o.total) as m from orders o group by o.customer, o.state',
      'select o.customer, median(o.total) as m from orders o group by o.customer',
      true,
      'AGGREGATE_NOT_DERIVABLE',
    ],
    [
      'has a finer one where the rows joined to the key are many',
      'select o.id, l.sku, median(l.price) as m from orders o join lines l on l.order_id = o.id group by o.id, l.sku',
      'select o.id, median(l.price) as m from orders o join lines l on l.order_id = o.id group by o.id',
      true,
      'AGGREGATE_NOT_DERIVABLE',
    ],
  ])('%s', async (_title, mv, query, trust, sql) => {
    expect(await provedOutcome({ bench, mvs: [mv], query, trust })).toBe(sql);
  });

  it('cites the key', async () => {
    const { certificate } = await ask({
      mvs: [BY_CUSTOMER],
      query:
        'select c.id, median(o.total) as m from customers c left join orders o on o.customer = c.id group by c.id',
    });

    expect(certificate?.entries.find(({ step }) => step === 'settled-by-keys')?.facts).toEqual([
      'declared: id is unique in customers',
    ]);
  });
});
