import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slimQuery } from '../../src/prune/slim-query.ts';
import { printQuery } from '../../src/sql/print/print-query.ts';
import { aDefinition, openShop, type Shop } from './a-definition.ts';

const joined = (grouped: string, on: string) =>
  `select s.id, s.store, g.total from sales s left join (${grouped}) g on ${on}`;
const BY_PRODUCT = 'select product, sum(amount) as total from sales group by product';

describe('a left join to groups', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  async function rowsOf(sql: string): Promise<readonly string[]> {
    return (await shop.rows(sql)).map((row) => JSON.stringify(row)).toSorted();
  }

  async function slim(sql: string): Promise<{ readonly sql: string; readonly joins: number }> {
    const { query, facts, types } = await aDefinition(sql);
    const outcome = slimQuery(query, { keep: new Set(['id', 'store']), facts, types });
    const printed = printQuery(outcome.query, 'duckdb');
    if (printed.kind === 'unprintable') {
      throw new Error(printed.because);
    }
    expect(await rowsOf(printed.sql)).toEqual(await rowsOf(`select id, store from (${sql})`));
    return { sql: printed.sql, joins: outcome.removed.length };
  }

  it('goes where it pins all of them, without any fact', async () => {
    expect(await slim(joined(BY_PRODUCT, 'g.product = s.product'))).toMatchObject({ joins: 1 });
    expect(
      await slim(
        joined(
          'select product, customer, sum(amount) as total from sales group by 1, 2',
          'g.product = s.product and s.customer = g.customer',
        ),
      ),
    ).toMatchObject({ joins: 1 });
  });

  it('goes where the rows are distinct and all of them are pinned', async () => {
    const distinct = 'select distinct product as total from sales';

    expect(await slim(joined(distinct, 'g.total = s.product'))).toMatchObject({ joins: 1 });
  });

  it('stays where a group is not pinned, or not by equality, or not shown', async () => {
    const byTwo = 'select product, customer, sum(amount) as total from sales group by 1, 2';
    const unshown = 'select product, sum(amount) as total from sales group by product, customer';

    expect(await slim(joined(byTwo, 'g.product = s.product'))).toMatchObject({ joins: 0 });
    expect(await slim(joined(BY_PRODUCT, 'g.product >= s.product'))).toMatchObject({ joins: 0 });
    expect(await slim(joined(unshown, 'g.product = s.product'))).toMatchObject({ joins: 0 });
  });

  it('is no matter where an item makes rows: that stays', async () => {
    const sql = 'select id, store, unnest([id, store]) as each_of from sales';

    expect((await slim(sql)).sql).toContain('unnest');
  });

  it('stays where it is an inner join, which may lose rows', async () => {
    const sql = joined(BY_PRODUCT, 'g.product = s.product').replace('left join', 'join');

    expect(await slim(sql)).toMatchObject({ joins: 0 });
  });
});
