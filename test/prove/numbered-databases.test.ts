import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { noFacts } from '../../src/marts/facts.ts';
import { contentOf } from '../../src/prove/equal-answers.ts';
import { databaseMaker } from '../../src/prove/random-databases.ts';
import { openScratchDatabase } from '../../src/prove/scratch-database.ts';
import { openTrialGround } from '../../src/prove/trial-ground.ts';
import type { SchemaRelation } from '../../src/sql/schema.ts';

const relations = [
  table('t', { a: 'integer', b: 'varchar', d: 'date' }),
  table('u', { a: 'integer', x: 'decimal(10,2)', "o'dd": 'boolean' }),
];
const make = databaseMaker({
  relations,
  facts: noFacts,
  literals: { numbers: ['2'], strings: ['k'], dates: [] },
});
const databases = Array.from({ length: 24 }, (_, at) => make(at));
const ground = openTrialGround({ relations });
afterAll(() => ground.close());

const marts = [
  {
    name: relationId({ name: 'm' }),
    sql: 'select t.a, b, sum(x) as s from t left join u on t.a = u.a group by all',
  },
  { name: relationId({ name: 'n' }), sql: 'select a, max(s) as s from m group by a' },
];

describe('many databases answered at once', () => {
  it.each([
    'select * from t',
    'select count(*) from t where a > 2',
    'select a, sum(x) from u group by a having count(*) > 1',
    'select t.a, u.x from t join u using (a)',
    'select * from t left join u on t.a = u.a and u.x > 1',
    'select * from t where exists (select 1 from u where u.a = t.a and x > 0)',
    'select * from t where a not in (select a from u)',
    'select a, (select max(x) from u where u.a < t.a) as m from t',
    'select distinct b from t union all select cast(x as varchar) from u',
    'select a from t intersect all select a from u',
    'select a, row_number() over (partition by b order by a, d) as r from t',
    'with q as (select a, count(*) as n from t group by a) select x.n, y.n from q as x join q as y on x.a = y.a + 1',
    'with t as (select a from u) select sum(a) from t',
    'select b, a, count(*) from t group by rollup (b, a)',
    'select * from m',
    'select s from n where a = 2',
    'select "o\'dd", count(*) from u group by all',
    'select min(d), count(distinct b) filter (where a > 1) from t -- to the end',
    'select 7 as seven',
    'select * from t full join u on t.a = u.a and x > 1',
    'select a from t where a = any (select a from u where b is null or x > 0)',
    'select * from t, (select max(a) as m from u where u.a > t.a) as q',
    'select count(*) from t where (a, b) in (select a, b from t where d is null)',
    'select x.b, (select count(*) from t as y where y.b = x.b and y.a in (select a from u)) as n from t as x',
  ])('gives each the answer it gives alone: %s', async (sql) => {
    const asking = { marts: /from [mn]\b/.test(sql) ? marts : [], statements: [sql] };

    const together = await ground.together(databases, asking);

    expect(together).toHaveLength(databases.length);
    for (const [at, database] of databases.entries()) {
      const alone = await ground.alone(database, asking);
      const [rows] = alone.kind === 'answered' ? alone.answers : [];
      expect(contentOf(together?.[at]?.[0] ?? [], { approximate: true })).toBe(
        contentOf(rows ?? [], { approximate: true }),
      );
    }
  });

  it.each([
    ['a name with its schema, which is not replaced', 'select * from main.t'],
    ['a table that was not made', 'select * from elsewhere'],
  ])('has no answer at all for %s', async (_what, sql) => {
    expect(await ground.together(databases, { marts: [], statements: [sql] })).toBeUndefined();
  });

  it('is not stopped for good by a statement that never ends', async () => {
    const endless =
      'with recursive r(n) as (select 1 union all select n from r) select count(*) from r';
    const scratch = await openScratchDatabase({ statementMs: 200, memory: '256MB' });

    await expect(scratch.rows(endless)).rejects.toThrow(/interrupt/i);
    expect(await scratch.rows('select 1')).toEqual([['1']]);
    scratch.close();
  });
});

function table(name: string, columns: Readonly<Record<string, string>>): SchemaRelation {
  return {
    id: relationId({ name }),
    kind: 'table',
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      notNull: false,
    })),
    keys: [],
    foreignKeys: [],
  };
}
