import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerMatchLine } from '../../src/cli/match-line.ts';
import type { Prover } from '../../src/cli/prover.ts';
import { openProver } from '../../src/cli/prover.ts';
import { ask, outcomeOf, parse, SHOP } from '../sql/match/ask.ts';

const SETS = `
  create macro to_bitmap(x) as x;
  create macro bitmap_union(x) as list(distinct x);
  create macro bitmap_union_count(x) as count(distinct x);
  create macro bitmap_count(x) as len(x);
`;

let prover: Prover;
beforeAll(() => {
  prover = openProver({ databases: 16, seed: 1 });
});
afterAll(() => prover.close());

async function proved({ ddl, mv, query }: { ddl: string; mv: string; query: string }) {
  const line = { id: 1, dialect: 'duckdb', ddl, mvs: [mv], query };
  const answer = await answerMatchLine(line, { parse, trustDeclaredKeys: true, prover });
  return { sql: answer.sql?.replaceAll(/\s+/g, ' '), proof: answer.proof?.verdict };
}

describe('functions written in SQL', () => {
  it('are read as what they stand for, and the outputs keep the names of their calls', async () => {
    const ddl = `create macro net(t, r) as t * (1 - r); create macro total_of(x) as sum(x); ${SHOP}`;

    expect(
      await proved({
        ddl,
        mv: 'select state, customer, sum(total * (1 - 0.1)) as s from orders group by all',
        query: 'select state, total_of(net(total, 0.1)) from orders group by all',
      }),
    ).toEqual({
      sql: 'select t1.state, sum(t1.s) as "total_of(net(total, 0.1))" from mv0 as t1 group by t1.state',
      proof: 'equal',
    });
  });

  it('make bitmaps exact where they stand in for them: distinct values are counted from their lists', async () => {
    const mv =
      'select state, day, bitmap_union(to_bitmap(customer)) as b from orders group by state, day';
    const query = 'select state, count(distinct customer) as n from orders group by rollup (state)';

    expect(await outcomeOf({ mvs: [mv], query })).toBe('SET_MAY_LOSE_VALUES');
    expect(await proved({ ddl: `${SETS}${SHOP}`, mv, query })).toEqual({
      sql: expect.stringContaining('list_distinct(flatten(list(t1.b)))'),
      proof: 'equal',
    });
  });

  it('stay sets whose order means nothing where they are only handed on', async () => {
    const mv = 'select state, bitmap_union(to_bitmap(customer)) as b from orders group by state';
    const query =
      'select state, bitmap_count(bitmap_union(to_bitmap(customer))) as n from orders group by state';

    expect(await outcomeOf({ mvs: [mv], query, ddl: `${SETS}${SHOP}` })).toBe(
      'select t1.state, bitmap_count(t1.b) as n from mv0 as t1',
    );
  });

  it('are never read by their names where they mean something else', async () => {
    const mv = 'select state, day, bitmap_union(total) as b from orders group by state, day';
    const query = 'select state, bitmap_union(total) as b from orders group by state';
    const sums = 'create macro bitmap_union(x) as sum(x);';
    const averages = 'create macro bitmap_union(x) as avg(x);';

    expect(await proved({ ddl: `${sums}${SHOP}`, mv, query })).toMatchObject({
      sql: 'select t1.state, sum(t1.b) as b from mv0 as t1 group by t1.state',
      proof: 'equal',
    });
    expect(await outcomeOf({ mvs: [mv], query, ddl: `${averages}${SHOP}` })).toBe(
      'AVERAGE_NEEDS_SUM_AND_COUNT',
    );
  });

  it('hide the engine’s own functions of the same name, in what is asked and in what is answered', async () => {
    const mv = 'select state, day, list(distinct customer) as b from orders group by state, day';
    const query = 'select state, count(distinct customer) as n from orders group by state';
    const hidden = 'create macro list_distinct(x) as x;';

    expect(await outcomeOf({ mvs: [mv], query })).toContain('list_distinct(');
    expect((await ask({ mvs: [mv], query, ddl: `${hidden}${SHOP}` })).answer).toBe('refuse');
  });

  it.each([
    ['with DISTINCT', 'select state, total_of(distinct total) as s from orders group by state'],
    ['as windows', 'select state, total_of(total) over () as s from orders'],
    ['with other arguments', 'select state, total_of(total, 1) as s from orders group by state'],
  ])('are not known where they are called %s', async (_how, query) => {
    const ddl = `create macro total_of(x) as sum(x); ${SHOP}`;
    const mv = 'select state, customer, total, sum(total) as s from orders group by all';

    expect((await ask({ mvs: [mv], query, ddl })).answer).toBe('refuse');
  });

  it('cost a refusal where they multiply without end', async () => {
    const ddl = `create macro twice(x) as x + x; ${SHOP}`;
    const deep = `${'twice('.repeat(25)}total${')'.repeat(25)}`;

    expect(
      await outcomeOf({ mvs: ['select * from orders'], query: `select ${deep} from orders`, ddl }),
    ).not.toContain('select');
  });
});
