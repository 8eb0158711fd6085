import { describe, expect, it } from 'vitest';
import { addedSql, type Growable, growableBy } from '../../src/candidates/grown-by.ts';
import { readView, rowsOf } from './events-view.ts';

type Columns = readonly (readonly [string, string])[];

async function growable(sql: string, columns: Columns): Promise<Growable> {
  return growableBy(await readView(sql, columns), { rowsOf });
}

const TOTAL = ['total', 'DECIMAL(38,2)'] as const;
const KIND = ['kind', 'VARCHAR'] as const;
const BY_REGION =
  'select u.region, sum(e.amount) as total, count(*) as n, min(e.day) as first from shop.s.events e join shop.s.users u using (user_id) where e.amount > 0 group by u.region';
const REGION: Columns = [['region', 'VARCHAR'], TOTAL, ['n', 'BIGINT'], ['first', 'DATE']];

describe('what is added to a source can be added to a mart', () => {
  it('of sums, counts and least values, grouped by what another source tells', async () => {
    expect(await growable(BY_REGION, REGION)).toMatchObject({
      kind: 'grown',
      by: {
        source: 'shop.s.events',
        keys: ['region'],
        measures: [
          { column: 'total', how: 'sum' },
          { column: 'n', how: 'sum' },
          { column: 'first', how: 'min' },
        ],
      },
    });
  });

  it('of rows joined to others, without a group', async () => {
    const sql =
      'select e.amount, u.region from shop.s.events e left join shop.s.users u using (user_id)';

    expect(
      await growable(sql, [
        ['amount', 'DECIMAL(12,2)'],
        ['region', 'VARCHAR'],
      ]),
    ).toMatchObject({ kind: 'grown', by: { source: 'shop.s.events', measures: [] } });
  });

  it('by the definition over the added rows alone', async () => {
    const view = await readView(BY_REGION, REGION);
    const found = growableBy(view, { rowsOf });
    const occ = found.kind === 'grown' ? found.occ : -1;

    const sql = addedSql(view.query, { occ, place: 'rowid', end: '400', dialect: 'duckdb' });

    expect(sql).toMatch(/and (\w+)\.rowid >= 400\ngroup by/);
    expect(sql).toContain('amount > 0');
  });
});

describe('everything is computed again', () => {
  it.for<readonly [string, string, Columns, string]>([
    [
      'where floating-point sums depend on the order',
      'select kind, sum(amount::double) as total from shop.s.events group by 1',
      [KIND, ['total', 'DOUBLE']],
      'values of total (DOUBLE) cannot be added up from parts exactly',
    ],
    [
      'where values are counted once',
      'select kind, count(distinct user_id) as users from shop.s.events group by 1',
      [KIND, ['users', 'BIGINT']],
      'values of users (BIGINT)',
    ],
    [
      'where a mean stands without what it is made of',
      'select kind, avg(amount) as mean from shop.s.events group by 1',
      [KIND, ['mean', 'DOUBLE']],
      'values of mean (DOUBLE)',
    ],
    [
      'where a number is made of two sums',
      'select kind, sum(amount) / count(*) as total from shop.s.events group by 1',
      [KIND, TOTAL],
      'values of total',
    ],
    [
      'where texts are compared, of which equal ones may differ',
      'select day, max(kind) as last from shop.s.events group by 1',
      [
        ['day', 'DATE'],
        ['last', 'VARCHAR'],
      ],
      'values of last (VARCHAR)',
    ],
    [
      'where groups are left out that added rows would bring in',
      'select kind, count(*) as n from shop.s.events group by 1 having count(*) > 9',
      [KIND, ['n', 'BIGINT']],
      'it leaves out rows',
    ],
    [
      'where it shows each value once',
      'select distinct kind from shop.s.events',
      [KIND],
      'it leaves out rows',
    ],
    [
      'where it groups by what it does not show',
      'select kind, count(*) as n from shop.s.events group by kind, day',
      [KIND, ['n', 'BIGINT']],
      'it groups by what is none of its columns',
    ],
    [
      'where it groups by a floating-point number',
      'select amount::double as amount, count(*) as n from shop.s.events group by 1',
      [
        ['amount', 'DOUBLE'],
        ['n', 'BIGINT'],
      ],
      'it groups by amount, a floating-point number',
    ],
    [
      'where a row is looked at beside another of its source',
      'select a.kind, count(*) as n from shop.s.events a join shop.s.events b using (user_id) group by 1',
      [KIND, ['n', 'BIGINT']],
      'it reads shop.s.events more than once',
    ],
    [
      'where added rows fill in what others were found to lack',
      'select u.region, count(e.id) as n from shop.s.users u left join shop.s.events e using (user_id) group by 1',
      [
        ['region', 'VARCHAR'],
        ['n', 'BIGINT'],
      ],
      'are looked up by those of another',
    ],
    ['of totals', 'select sum(amount) as total from shop.s.events', [TOTAL], 'one row of totals'],
  ])('%s', async ([, sql, columns, because]) => {
    expect(await growable(sql, columns)).toMatchObject({
      kind: 'whole',
      because: expect.stringContaining(because),
    });
  });
});
