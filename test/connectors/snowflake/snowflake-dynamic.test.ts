import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { snowflakeWording } from '../../../src/connectors/snowflake/snowflake-wording.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const options = { purpose: 'build' } as const;
const TOTALS = relationId({ schema: 'PUBLIC', name: 'TOTALS' });
const SELECT = 'select region, sum(amount) as total from public.sales group by region';

describe('a dynamic table, in our words', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
    await connector.execute('create table sales (region varchar, amount decimal(12, 2))', options);
    await connector.execute("insert into sales values ('n', 1), ('s', 2)", options);
    for (const sql of made(TOTALS, SELECT)) {
      await connector.execute(sql, options);
    }
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  const rowsOf = async (sql: string) => (await connector.query(sql, options)).rows;
  const totals = () => rowsOf('select region, total from totals order by region');

  it('is made with its mode, its lag and who pays said', () => {
    expect(made(TOTALS, SELECT)).toEqual([
      `create transient dynamic table "PUBLIC"."TOTALS" target_lag = '3600 seconds' warehouse = "GOLDSMITH_WH" refresh_mode = incremental initialize = on_create comment = 'it''s ours' as\n${SELECT}`,
    ]);
  });

  it('is found by its kind and comment, and tells its text and no trouble', async () => {
    const { objects, native: [native] = [] } = snowflakeWording;
    expect(await rowsOf(objects.find(TOTALS))).toEqual([['dynamic table', "it's ours"]]);
    const [[ddl] = []] = await rowsOf(native?.text(TOTALS) ?? '');
    expect(ddl).toContain(SELECT);
    expect(await rowsOf(native?.trouble?.(TOTALS) ?? '')).toEqual([[null]]);
  });

  it('holds what it held until it is told, or its lag has passed', async () => {
    await connector.execute("insert into sales values ('n', 10)", options);
    expect(await totals()).toEqual([
      ['n', '1.00'],
      ['s', '2.00'],
    ]);

    await connector.execute(snowflakeWording.native?.[0]?.refresh?.(TOTALS) ?? '', options);
    expect((await totals())[0]).toEqual(['n', '11.00']);

    await connector.execute("insert into sales values ('n', 100)", options);
    await account.server.lagsPass();
    expect((await totals())[0]).toEqual(['n', '111.00']);
  });

  it('says that it is suspended, and is still refreshed when it is told', async () => {
    const trouble = snowflakeWording.native?.[0]?.trouble?.(TOTALS) ?? '';
    await connector.execute('alter dynamic table "PUBLIC"."TOTALS" suspend', options);
    await connector.execute("insert into sales values ('n', 1000)", options);
    await account.server.lagsPass();

    expect(await rowsOf(trouble)).toEqual([['it is suspended (USER_SUSPENDED)']]);
    expect((await totals())[0]).toEqual(['n', '111.00']);
    await connector.execute(snowflakeWording.native?.[0]?.refresh?.(TOTALS) ?? '', options);
    expect((await totals())[0]).toEqual(['n', '1111.00']);
    await connector.execute('alter dynamic table "PUBLIC"."TOTALS" resume', options);
    expect(await rowsOf(trouble)).toEqual([[null]]);
  });

  it.for<readonly [string, string]>([
    ['a first so many', `${SELECT} limit 1`],
    ['a query in a condition', 'select region from public.sales where exists (select 1)'],
    [
      'several groupings',
      'select region, sum(amount) as t from public.sales group by rollup (region)',
    ],
  ])('is refused by an account that is to compute changes alone, of %s', async ([, select]) => {
    const name = relationId({ schema: 'PUBLIC', name: 'STRANGE' });

    await expect(connector.execute(made(name, select)[0] ?? '', options)).rejects.toMatchObject({
      code: 'CONNECTOR_BAD_SQL',
    });
    expect(await rowsOf(snowflakeWording.objects.find(name))).toEqual([]);
  });

  it('is written to by nobody, and is no table to be dropped', async () => {
    for (const sql of ["insert into totals values ('x', 1)", 'drop table "PUBLIC"."TOTALS"']) {
      await expect(connector.execute(sql, options)).rejects.toMatchObject({
        code: 'CONNECTOR_BAD_SQL',
      });
    }
  });
});

function made(relation: RelationId, select: string): readonly string[] {
  const shape = { kind: 'dynamic table', lagMs: 3_600_000, compute: 'GOLDSMITH_WH' } as const;
  return (
    snowflakeWording.native?.[0]?.create({
      ...shape,
      relation,
      comment: "it's ours",
      select,
      definition: select,
    }) ?? []
  );
}
