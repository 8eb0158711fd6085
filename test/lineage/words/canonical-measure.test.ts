import { describe, expect, it } from 'vitest';
import { keyOf, wordsIn } from './measures-in.ts';

describe('the normal form of a measure', () => {
  it.for([
    ['sum(price * (1 - discount))', 'sum(price - price * discount)'],
    ['sum(price * (1 - discount))', 'sum(price) - sum(discount * price)'],
    ['sum(quantity * price)', 'sum(price * quantity) * 1.0'],
    ['100 * sum(net) / sum(price)', '(sum(net) * 100.0) / nullif(sum(price), 0)'],
    ['sum(net)', 'coalesce(sum(net), 0)'],
    ['sum(net)', 'sum(coalesce(net, 0))'],
    ['sum(net)', 'round(sum(net)::double, 2)'],
    ['avg(net)', 'sum(net) / count(net)'],
    ['count(*)', 'sum(1)'],
    ['count(*)', 'count(line_id)'],
    ["sum(net) filter (product = 'a')", "sum(case when product = 'a' then net end)"],
    ["sum(case when product = 'a' then net else 0 end)", "sum(if(product = 'a', net, 0))"],
    ["count(*) filter (product = 'a')", "sum(case when product = 'a' then 1 else 0 end)"],
    ["count(case when 'a' = product then line_id end)", "count_if(product in ('a'))"],
    [
      "sum(net) filter (product = 'a' and price between 1 and 2)",
      "sum(case product when 'a' then net end) filter (price <= 2 and price >= 1)",
    ],
    ['count(distinct product)', 'count(distinct lines.product)'],
  ])('takes %s for %s', async ([one = '', other = '']) => {
    expect(await keyOf(one)).toBe(await keyOf(other));
  });

  it.for([
    ['sum(net - tax)', 'sum(net) - sum(tax)', 'a NULL in one of them drops the whole line'],
    ['sum(net)', 'sum(price)', 'other columns'],
    ['sum(net)', 'avg(net)', 'another aggregate'],
    ['count(net)', 'count(*)', 'a NULL is not counted'],
    ['count(distinct product)', 'count(product)', 'each value once'],
    [
      "avg(case when product = 'a' then net else 0 end)",
      "avg(net) filter (product = 'a')",
      'zeros',
    ],
    ["count(case when product = 'a' then 1 else 0 end)", "count_if(product = 'a')", 'zeros count'],
    ["sum(net) filter (product = 'a')", "sum(net) filter (product <> 'a')", 'other rows'],
    ['sum(round(net, 2))', 'round(sum(net), 2)', 'rounded before it is added up'],
    ['sum(net) / 100', 'sum(net)', 'another unit'],
    ['sum(net) / sum(price)', 'sum(net / price)', 'a quotient of sums is no sum of quotients'],
    ['sum(cast(net as int))', 'sum(net)', 'cut off before it is added up'],
  ])('tells %s from %s: %s', async ([one = '', other = '']) => {
    expect(await keyOf(one)).not.toBe(await keyOf(other));
  });

  it('is the same through a view, a CTE and a sum of sums', async () => {
    const plain = await keyOf('sum(net)', 'lines');

    for (const sql of [
      'select sum(revenue) as it from daily',
      'select revenue as it from daily',
      'with d as (select product, sum(net) as s from lines group by 1) select sum(s) as it from d',
      'select sum(n) as it from (select net as n from lines) as l',
    ]) {
      const [word] = await wordsIn(sql);
      expect(word?.key).toBe(plain);
    }
  });

  it('keeps the grain of an average of sums', async () => {
    const [daily] = await wordsIn('select avg(revenue) as it from daily');
    const [perOrder] = await wordsIn(
      'select avg(s) as it from (select order_id, sum(net) as s from lines group by 1) as o',
    );

    expect(daily?.key).toContain('per [orders.day]');
    expect(perOrder?.key).toContain('per [lines.order_id]');
  });

  it('gives the words of a view that is read under another name, too', async () => {
    const words = await wordsIn('select revenue as r, line_count as n from daily');
    expect(words.map(({ name }) => name)).toEqual(['r', 'revenue', 'n', 'line_count']);
  });

  it('tells an order total from one that a join repeats for every line', async () => {
    const once = await keyOf('sum(orders.total)', 'orders');
    const withCustomer = await keyOf(
      'sum(orders.total)',
      'orders join customers using (customer_id)',
    );
    const repeated = await keyOf('sum(orders.total)', 'orders join lines using (order_id)');

    expect(withCustomer).toBe(once);
    expect(repeated).not.toBe(once);
    expect(repeated).toContain('of lines x orders');
  });

  it('does not mind repeated rows where each value counts once', async () => {
    const once = await keyOf('max(orders.total)', 'orders');
    expect(await keyOf('max(orders.total)', 'orders join lines using (order_id)')).toBe(once);
  });

  it('says which joins may multiply where no key is known', async () => {
    const [word] = await wordsIn(
      'select sum(total) as it from orders join visits on visits.visitor = orders.status',
    );
    expect(word?.unsure).toEqual(['visits']);
  });

  it('counts the rows of the table that brings the others along', async () => {
    const lines = await keyOf('count(*)', 'lines');
    const joined = await keyOf(
      'count(*)',
      'orders join lines using (order_id) join customers using (customer_id)',
    );
    expect(joined).toBe(lines);
    expect(await keyOf('count(*)', 'orders')).not.toBe(lines);
  });

  it('is written as people write it, through what stands between', async () => {
    const [word] = await wordsIn(
      "select sum(case when l.product = 'a' then l.quantity * l.price end) / count(distinct l.order_id) as it from lines as l",
    );
    expect(word?.text).toBe(
      "sum(case when lines.product = 'a' then lines.quantity * lines.price end) / count(distinct lines.order_id)",
    );
  });
});
