import { describe, expect, it } from 'vitest';
import { isOrderFree } from '../../src/materializer/order-free.ts';

describe('a view follows from the rows it reads, whatever their order', () => {
  it.for([
    'select region, sum(amount) as amount from gold.sales where region in (select name from people) group by region',
    "select coalesce(note, 'limit (1)') as note, count(distinct id) from gold.sales group by 1",
    'select "limit" from gold.sales order by "limit"',
  ])('%s', (sql) => {
    expect(isOrderFree(sql)).toBe(true);
  });

  it.for([
    'select region from gold.sales order by amount limit 3',
    'select distinct on (region) region, amount from gold.sales',
    'select string_agg(region, $$,$$) from gold.sales',
    'select sum(amount) over (order by region) from gold.sales',
    'select (amount)::double precision as amount from gold.sales',
    'select our_own_function(region) from gold.sales',
  ])('not so: %s', (sql) => {
    expect(isOrderFree(sql)).toBe(false);
  });
});
