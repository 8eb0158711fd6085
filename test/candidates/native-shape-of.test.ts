import { describe, expect, it } from 'vitest';
import { type NativeForm, nativeFormOf } from '../../src/candidates/native-shape-of.ts';
import { readView } from './events-view.ts';

type Columns = readonly (readonly [string, string])[];

const WHOLE = { kind: 'materialized view', refresh: 'whole', needsKey: true } as const;
const CHANGES = { kind: 'dynamic table', refresh: 'incremental', leastLagMs: 60_000 } as const;

const ALONE = { kind: 'materialized view', refresh: 'incremental', oneTable: true } as const;

async function formOf(
  shape: typeof WHOLE | typeof CHANGES | typeof ALONE,
  of: { readonly sql: string; readonly columns: Columns },
): Promise<NativeForm> {
  return nativeFormOf(await readView(of.sql, of.columns), shape);
}

const N = ['n', 'BIGINT'] as const;
const REGION = ['region', 'VARCHAR'] as const;
const BY_REGION = {
  sql: 'select u.region, count(*) as n from shop.s.events e join shop.s.users u using (user_id) where e.amount > 0 group by u.region',
  columns: [REGION, N],
};
const ROWS = {
  sql: 'select e.amount, u.region from shop.s.events e left join shop.s.users u on u.user_id = e.user_id',
  columns: [['amount', 'DECIMAL(12,2)'], REGION] as Columns,
};

describe('the shape that computes all of it again', () => {
  it('tells rows apart by what they are grouped by', async () => {
    expect(await formOf(WHOLE, BY_REGION)).toEqual({ kind: 'native', key: ['region'] });
  });

  it.for<readonly [string, { sql: string; columns: Columns }, RegExp]>([
    ['rows without a key', ROWS, /no columns are known that tell its rows apart/],
    [
      'one row of totals',
      { sql: 'select count(*) as n from shop.s.events', columns: [N] },
      /no columns are known/,
    ],
    [
      'a group that is no column',
      {
        sql: 'select count(*) as n from shop.s.events e group by e.kind',
        columns: [N],
      },
      /groups by what is none of its columns/,
    ],
    [
      'a first so many',
      {
        sql: 'select e.kind, count(*) as n from shop.s.events e group by e.kind order by 2 limit 3',
        columns: [['kind', 'VARCHAR'], N],
      },
      /more than one block/,
    ],
  ])('does not take %s', async ([, of, because]) => {
    expect(await formOf(WHOLE, of)).toMatchObject({
      kind: 'table',
      because: expect.stringMatching(because),
    });
  });
});

describe('the shape that computes changes alone', () => {
  it.for<readonly [string, { sql: string; columns: Columns }]>([
    ['sums over inner joins', BY_REGION],
    ['rows of a left join on equal columns', ROWS],
  ])('takes %s', async ([, of]) => {
    expect(await formOf(CHANGES, of)).toEqual({ kind: 'native' });
  });

  it.for<readonly [string, string, Columns, RegExp]>([
    [
      'distinct counts',
      'select u.region, count(distinct u.joined) as n from shop.s.users u group by u.region',
      [REGION, N],
      /changes of count\(\) are not certainly/,
    ],
    [
      'aggregates that are not on the list',
      'select u.region, median(u.user_id) as n from shop.s.users u group by u.region',
      [REGION, N],
      /changes of median\(\)/,
    ],
    [
      'a full join',
      'select u.region, count(*) as n from shop.s.events e full join shop.s.users u on u.user_id = e.user_id group by u.region',
      [REGION, N],
      /joins otherwise/,
    ],
    [
      'a left join on more than equal columns',
      'select u.region, e.amount from shop.s.events e left join shop.s.users u on u.user_id = e.user_id and u.joined < e.day',
      [REGION, ['amount', 'DECIMAL(12,2)']],
      /joins otherwise/,
    ],
    [
      'a table read twice',
      'select a.region, count(*) as n from shop.s.users a join shop.s.users b on a.joined = b.joined group by a.region',
      [REGION, N],
      /more than once/,
    ],
    [
      'groups left out',
      'select u.region, count(*) as n from shop.s.users u group by u.region having count(*) > 3',
      [REGION, N],
      /leaves out rows or groups/,
    ],
  ])('does not take %s', async ([, sql, columns, because]) => {
    expect(await formOf(CHANGES, { sql, columns })).toMatchObject({
      kind: 'table',
      because: expect.stringMatching(because),
    });
  });
});

describe('the shape that is of one table', () => {
  it.for<readonly [string, { sql: string; columns: Columns }, RegExp | undefined]>([
    [
      'groups it gives',
      {
        sql: 'select e.kind, count(*) as n from shop.s.events e where e.amount > 0 group by e.kind',
        columns: [['kind', 'VARCHAR'], N],
      },
      undefined,
    ],
    [
      'rows of its own',
      {
        sql: 'select e.kind, e.amount from shop.s.events e where e.amount > 0',
        columns: [['kind', 'VARCHAR'], N],
      },
      undefined,
    ],
    ['a join', BY_REGION, /reads more than one table/],
    [
      'a group that is no column',
      { sql: 'select count(*) as n from shop.s.events e group by e.kind', columns: [N] },
      /groups by what is none of its columns/,
    ],
    [
      'different values counted',
      {
        sql: 'select e.kind, count(distinct e.user_id) as n from shop.s.events e group by e.kind',
        columns: [['kind', 'VARCHAR'], N],
      },
      /changes of count\(\) are not certainly computed alone/,
    ],
    [
      'a filter on groups',
      {
        sql: 'select e.kind, count(*) as n from shop.s.events e group by e.kind having count(*) > 1',
        columns: [['kind', 'VARCHAR'], N],
      },
      /leaves out rows or groups/,
    ],
  ])('is judged by %s', async ([, of, because]) => {
    const form = await formOf(ALONE, of);
    expect(form.kind === 'table' ? form.because : 'taken').toMatch(because ?? /^taken$/);
  });
});
