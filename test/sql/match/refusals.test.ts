import { describe, expect, it } from 'vitest';
import { ask, outcomeOf } from './ask.ts';

const ALL = 'select id, customer, placed, day, total, weight, state, clerk from orders';

describe('a query whose answer cannot be claimed equal', () => {
  it.each([
    ['a limit that cuts ties', 'select id from orders order by total limit 3', 'LIMIT_NOT_UNIQUE'],
    ['a limit without order', 'select id from orders limit 3', 'LIMIT_NOT_UNIQUE'],
    ['a random number', 'select id, random() as r from orders', 'VOLATILE'],
    ['a sample', 'select count(*) as n from orders using sample 10 rows', 'VOLATILE'],
    ['a function nobody knows', 'select frobnicate(id) as f from orders', 'VOLATILE'],
    ['the session’s user', 'select id from orders where state = current_user', 'VOLATILE'],
    ['a list in no order', "select string_agg(state, ',') as l from orders", 'NOT_UNIQUE'],
    ['any value', 'select any_value(state) as s from orders', 'NOT_UNIQUE'],
    [
      'row numbers that ties may swap',
      'select id, row_number() over (order by total) as r from orders',
      'NOT_UNIQUE',
    ],
  ])('is refused for %s', async (_title, query, code) => {
    expect(await outcomeOf({ mvs: [ALL], query })).toBe(code);
  });

  it('is answered where the order settles every row', async () => {
    expect(
      await outcomeOf({
        mvs: [ALL],
        query: 'select id, total from orders order by total desc, id limit 3',
      }),
    ).toBe('select t1.id, t1.total from mv0 as t1 order by t1.total desc, t1.id limit 3');
  });

  it('is answered for a clock read at the moment of asking, but never from a mart that froze one', async () => {
    const query = 'select id from orders where day = current_date';

    expect(await outcomeOf({ mvs: [ALL], query })).toBe(
      'select t1.id from mv0 as t1 where t1.day = current_date',
    );
    expect(await outcomeOf({ mvs: [query], query })).toBe('MART_FROZEN_VALUE');
  });
});

describe('a refusal', () => {
  it('tells the nearest mart first', async () => {
    const far = 'select state, sum(total) as s from orders where clerk = 7 group by state';
    const near = 'select id, total from orders';

    const { because } = await ask({ mvs: { far, near }, query: 'select id, state from orders' });

    expect(because?.map(({ code }) => code)).toEqual([
      'COLUMN_NOT_IN_MART',
      'PREDICATE_NOT_IMPLIED',
    ]);
    expect(because?.[0]?.text).toBe(
      'near: the query needs state, which the mart does not hold; with that column it may match',
    );
  });

  it('says which table a mart lacks and that no mart is near', async () => {
    expect(
      await outcomeOf({ mvs: ['select id from regions'], query: 'select id from orders' }),
    ).toBe('NO_MART_OVER_TABLES');
  });

  it('answers a bad line with what was expected', async () => {
    const { answer, because } = await ask({ mvs: [], query: 'selec id frm orders' });

    expect(answer).toBe('refuse');
    expect(because?.[0]?.code).toBe('NOT_PARSED');
  });
});

describe('texts that compare without case', () => {
  const ddl = 'create table people (name varchar collate nocase, age integer)';

  it('are not grouped: which text stands for a group is not determined', async () => {
    const query = 'select name, count(*) as n from people group by name';

    expect(await outcomeOf({ ddl, mvs: [query], query })).toBe('COLLATED_TEXT');
  });

  it('are still filtered row by row', async () => {
    const mv = 'select name, age from people';

    expect(
      await outcomeOf({ ddl, mvs: [mv], query: "select age from people where name = 'bob'" }),
    ).toBe("select t1.age from mv0 as t1 where t1.name = 'bob'");
  });
});
