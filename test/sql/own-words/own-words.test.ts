import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../match/ask.ts';

const WIDE = `select o.id as key, o.total as amount, o.state as st, o.day as d, o.placed as at, o.customer as who, o.weight as w from orders o`;

function rewritten(query: string): Promise<string> {
  return outcomeOf({ mvs: { wide: WIDE }, query });
}

describe('an answer from a mart', () => {
  it.each([
    [
      'a CASE with its case and comments',
      `SELECT o.id, CASE WHEN o.state = 'P' /* paid */ THEN Round(o.total*1.190, 2) ELSE NULL END AS gross FROM orders o`,
      `select t1.key as id, CASE WHEN t1.st = 'P' /* paid */ THEN Round(t1.amount*1.190, 2) ELSE NULL END as gross from wide as t1`,
    ],
    [
      'an aggregate over an expression',
      'select state, SUM( total * 2 ) s from orders group by state',
      'select t1.st as state, SUM( t1.amount * 2 ) as s from wide as t1 group by t1.st',
    ],
    [
      'a condition',
      `select id from orders where Lower(state)  In ('a','b') and total+1>5`,
      `select t1.key as id from wide as t1 where Lower(t1.st)  In ('a','b') and t1.amount+1>5`,
    ],
    [
      'a range',
      'select id, case when total BETWEEN 1.50 and 2.50 AND weight*2 > 3 then 1 end as x from orders',
      'select t1.key as id, case when t1.amount BETWEEN 1.50 and 2.50 AND t1.w*2 > 3 then 1 end as x from wide as t1',
    ],
    [
      'an operand that is the same, of a call that is not',
      `select count(*), sum(total::DOUBLE) + 1 as x from orders`,
      `select count(*) as "count_star()", sum(t1.amount::DOUBLE) + 1 as x from wide as t1`,
    ],
  ])('keeps %s as it was written', async (_what, query, answer) => {
    expect(await rewritten(query)).toBe(answer.replaceAll(/\s+/g, ' '));
  });

  it('is written in our words where a word is a column in one place and none in another', async () => {
    expect(await rewritten('select id, EXTRACT(day FROM day) AS n from orders')).toBe(
      'select t1.key as id, extract(day from t1.d) as n from wide as t1',
    );
  });

  it('leaves out comments that stand between expressions', async () => {
    expect(await rewritten('select id, /* before */ total + 1 /* after */ as n from orders')).toBe(
      'select t1.key as id, total + 1 as n from wide as t1'.replace('total', 't1.amount'),
    );
  });

  it('says in the words that were said of the very column, where two differ in nothing else', async () => {
    expect(
      await rewritten('select ABS(total) as a, abs( weight ) as b from orders where Abs(id)=1'),
    ).toMatch(/^select ABS\(t1\.amount\) as a, /);
  });
});
