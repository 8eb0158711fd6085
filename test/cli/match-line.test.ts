import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerMatchLine } from '../../src/cli/match-line.ts';
import type { ScratchDatabase } from '../../src/prove/scratch-database.ts';
import { openScratchDatabase } from '../../src/prove/scratch-database.ts';
import { ask, outcomeOf, parse, SHOP } from '../sql/match/ask.ts';

let database: ScratchDatabase;
beforeAll(async () => {
  database = await openScratchDatabase();
  for (const statement of SHOP.replaceAll(/,\s*foreign key \([^)]*\) references \w+ \([^)]*\)/g, '')
    .split(';')
    .filter((text) => text.trim() !== '')) {
    await database.run(statement);
  }
  await database.run(`insert into orders values (1, 1, '2024-01-05', '2024-01-05', 2.50, 1, 'a', 1),
    (2, 1, '2024-02-05', '2024-02-05', 4, 2, 'b', null), (3, 2, null, null, null, null, null, 2)`);
});
afterAll(() => database.close());

it.each([
  'select state, sum(total) from orders group by state',
  'select count(*), max(total) as "Most Of It", "state" from orders group by all',
  'select o.*, o.id as again from orders as o where clerk is null',
  'select total as id, id as total from orders order by 1',
])('keeps the engine’s own column names and types: %s', async (query) => {
  const mart =
    'select id, customer, placed, day, total, weight, state, clerk from orders where true';
  await database.run(`create or replace table mv0 as ${mart}`);

  const { sql } = await ask({ mvs: [mart], query });

  expect(sql).toContain('mv0');
  const described = 'select column_name, column_type from (describe';
  expect(await database.rows(`${described} ${sql})`)).toEqual(
    await database.rows(`${described} ${query})`),
  );
});

it('reads a mart over another mart through to the tables', async () => {
  const mvs = {
    wide: 'select o.id, o.total, o.state, c.region from orders as o join customers as c on o.customer = c.id',
    by_region: 'select region, sum(total) as s from wide group by region',
  };
  const base = 'from orders as o join customers as c on o.customer = c.id group by c.region';

  expect(await outcomeOf({ mvs, query: `select c.region, sum(o.total) as s ${base}` })).toBe(
    'select t1.region, t1.s from by_region as t1',
  );
  expect(
    await outcomeOf({ mvs, query: 'select region, sum(total) as s from wide group by 1' }),
  ).toBe('select t1.region, t1.s from by_region as t1');
  expect(await outcomeOf({ mvs, query: `select c.region, max(o.total) as m ${base}` })).toBe(
    'select t1.region, max(t1.total) as m from wide as t1 group by t1.region',
  );
});

it.each([
  ['no object', 7],
  ['null', null],
  ['an empty object', {}],
  ['marts of another kind', { id: 1, mvs: 'select 1', query: 'select 1' }],
  ['an empty query', { id: 1, mvs: [], query: '' }],
  ['a mart that is not SQL', { id: 1, mvs: ['\u0000((('], query: 'select id from orders' }],
  ['two statements', { id: 1, mvs: [], query: 'select 1; select 2' }],
  ['a mart that reads itself', { id: 1, mvs: { m: 'select * from m' }, query: 'select * from m' }],
  ['an unknown dialect', { id: 1, dialect: 'klingon', mvs: [], query: 'select 1' }],
])('answers %s with one refusal and a reason', async (_title, line) => {
  const told = await answerMatchLine(line, { parse, trustDeclaredKeys: false });

  expect(told.answer).toBe('refuse');
  expect(told.because?.[0]?.code).toMatch(/^[A-Z_]+$/);
  expect(told.because?.[0]?.text).toMatch(/\w+ \w+/);
});
