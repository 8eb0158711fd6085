import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';

/** The reason in the error's own words. */
const REFUSED: readonly (readonly [string, string])[] = [
  [`select * from read_csv('/etc/hosts')`, 'it may not call the table function read_csv'],
  [`select * from '/etc/hosts'`, 'it may not read a file'],
  ['select * from export.parquet', 'it may not read a file'],
  [
    `with x as (select * from glob('*')) select * from x`,
    'it may not call the table function glob',
  ],
  [
    `select a, (select count(*) from read_text('/etc/hosts')) from t`,
    'it may not call the table function read_text',
  ],
  [
    `select lines('/etc/hosts')`,
    "it may not call lines, which is not one of the warehouse's own functions",
  ],
  [`select * from peek('/etc/hosts')`, 'it may not call the table function peek'],
  ['insert into t values (2)', 'it must be a SELECT that the warehouse can parse'],
  [`copy t to 'x.csv'`, 'it must be a SELECT that the warehouse can parse'],
  ['selekt 1', 'it must be a SELECT that the warehouse can parse'],
  ['select 1; select 2', 'it must be exactly one SELECT'],
  [`select nextval('s')`, 'it may not call nextval, which does more than compute'],
  [`select getenv('HOME')`, 'it may not call getenv, which does more than compute'],
  [`select * from query('select 1')`, 'it may not call the table function query'],
];

const ALLOWED: readonly string[] = [
  `select a, count(*) filter (where a > 1) over (order by a), a || 'x', date_trunc('day', now()), a in (1, 2),
     a between 1 and 2, case when a = 1 then 2 end, list_transform([1], lambda x: x + 1), extract(year from current_date),
     trim('a'), substring('abc' from 2), position('a' in 'ba'), a::varchar, cast(a as decimal(9, 2)), -a, {'k': a}.k, [1, 2][1]
   from main.t where a::varchar like '1%' or exists (select 1 from t) or a is distinct from 3`,
  'select sum(a) from t group by grouping sets ((a), ()) having sum(a) > 0 union all select 1 order by 1 limit 3',
  'select * from range(3) r(n), unnest([1, 2]) u(x), t',
  'with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select * from n',
  'from t select a',
  'values (1), (2)',
];

describe('a replayed statement', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await openDuckdb({
      name: 'shop',
      path: ':memory:',
      memoryLimit: '500MB',
      threads: 1,
      externalAccess: true,
    });
    for (const sql of [
      'create table t as select 1 as a',
      'create sequence s',
      'create macro lines(f) as (select count(*) from read_text(f))',
      'create macro peek(f) as table select * from read_text(f)',
    ]) {
      await connector.execute(sql, { purpose: 'build' });
    }
  });
  afterAll(() => connector.close());

  it.for(REFUSED)('is refused: %s', async ([sql, because]) => {
    await expect(connector.query(sql, { purpose: 'replay' })).rejects.toMatchObject({
      code: 'CONNECTOR_UNSAFE_REPLAY',
      message: `shop: the warehouse was not asked, since the statement is not safe to replay (${because})`,
    });
  });

  it.for(ALLOWED)('runs: %s', async (sql) => {
    const { rows } = await connector.query(sql, { purpose: 'replay' });

    expect(rows.length).toBeGreaterThanOrEqual(0);
  });

  it('is checked when streamed and executed too', async () => {
    const sql = `select * from read_text('/etc/hosts')`;

    await expect(connector.execute(sql, { purpose: 'replay' })).rejects.toMatchObject({
      code: 'CONNECTOR_UNSAFE_REPLAY',
    });
    await expect(
      connector.stream(sql, { purpose: 'replay' })[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject({ code: 'CONNECTOR_UNSAFE_REPLAY' });
  });

  it('may read a file through a view of the warehouse, which is the warehouse’s own choice', async () => {
    await connector.execute(`create view hosts as select * from read_text('/etc/hosts')`, {
      purpose: 'build',
    });

    const { rows } = await connector.query('select count(*) from hosts', { purpose: 'replay' });
    expect(rows).toEqual([['1']]);
  });
});
