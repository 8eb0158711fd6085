import { describe, expect, it } from 'vitest';
import { outcomeOf } from './ask.ts';

describe('a mart whose definition is the query', () => {
  it.each([
    [
      'is told whatever the order of joins and conditions',
      'select rank() over (order by o.day) as r, c.name from orders as o join customers as c on o.customer = c.id where o.clerk > 1 and c.vip',
      'select rank() over (order by o.day) as r, c.name from customers as c join orders as o on c.id = o.customer where c.vip and o.clerk > 1',
      'select t1.r, t1.name from mv0 as t1',
    ],
    [
      'is told whatever the side on which members of a union stand',
      'select id from orders union all select id from customers union all select id from regions',
      'select id from regions union all (select id from customers union all select id from orders)',
      'select t1.id from mv0 as t1',
    ],
    [
      'is another where EXCEPT is turned round',
      'select id from orders except select id from customers',
      'select id from customers except select id from orders',
      'ONLY_WHOLE',
    ],
    [
      'is another where only some copies are removed',
      'select id from orders union select id from customers union all select id from regions',
      'select id from orders union all select id from customers union select id from regions',
      'ONLY_WHOLE',
    ],
    [
      'is another where a self join stands the other way round',
      'select rank() over (order by a.day) as r from orders as a join orders as b on a.clerk = b.id',
      'select rank() over (order by b.day) as r from orders as a join orders as b on a.clerk = b.id',
      'ONLY_WHOLE',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    expect(await outcomeOf({ mvs: [mv], query })).toBe(expected);
  });
});

describe('a mart that holds the first rows', () => {
  const FIRST =
    'select state, count(*) as n from orders group by state order by state limit 8 offset 1';

  it.each([
    [
      'gives some of them',
      'limit 4 offset 2',
      'select t1.state, t1.n from mv0 as t1 order by t1.state limit 4 offset 1',
    ],
    [
      'gives the first of them',
      'limit 4 offset 1',
      'select t1.state, t1.n from mv0 as t1 order by t1.state limit 4',
    ],
    [
      'gives all of them',
      'limit 8 offset 1',
      'select t1.state, t1.n from mv0 as t1 order by t1.state',
    ],
    ['lacks rows before them', 'limit 2', 'ONLY_WHOLE'],
    ['lacks rows after them', 'limit 8 offset 2', 'ONLY_WHOLE'],
  ])('%s', async (_title, limit, expected) => {
    const query = `select state, count(*) as n from orders group by state order by state ${limit}`;

    expect(await outcomeOf({ mvs: [FIRST], query })).toBe(expected);
  });

  it('is no use where another order chooses', async () => {
    const query =
      'select state, count(*) as n from orders group by state order by state desc limit 4 offset 2';

    expect(await outcomeOf({ mvs: [FIRST], query })).toBe('ONLY_WHOLE');
  });

  it('is no use where ties decide what it holds', async () => {
    const mv = 'select state, clerk from orders order by state limit 8';

    expect(await outcomeOf({ mvs: [mv], query: `${mv}` })).toBe('LIMIT_NOT_UNIQUE');
  });
});
