import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { whyUnsafe } from '../../../src/connectors/snowflake/replay-guard.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const own = new Set(['my_rate']);

describe('replaying strangers’ statements on Snowflake', () => {
  it.each([
    "select sum(price) from sales.orders where region = 'a@b' -- select system$wait(1)",
    'with w as (select 1 as a) select a, count(*) from w group by a',
    "select date_trunc('day', at), row_number() over (partition by a order by b) from s.t",
    '(select 1) union all (select 2)',
  ])('lets %s pass', (sql) => {
    expect(whyUnsafe(sql, own)).toBeUndefined();
  });

  it.each([
    ['insert into t values (1)', 'it is not a SELECT'],
    ['show tables', 'it is not a SELECT'],
    ['call p()', 'it is not a SELECT'],
    ["select system$cancel_query('x')", 'it calls a function of the system'],
    ['select s.nextval', 'it draws numbers from a sequence'],
    ['select $1 from @stage/file.csv', 'it reads files of a stage'],
    ['select db.s.f(a) from s.t', 'it calls a function of somebody’s own'],
    ['select "F"(a) from s.t', 'it calls a function by a quoted name'],
    ['select * from table(p())', 'it reads from a table function'],
    ['select 1; drop table t', 'it is more than one statement'],
    ['select * from identifier($t)', 'it names things by variables'],
    ['select my_rate(a) from s.t', 'it calls my_rate, which somebody made'],
  ])('refuses %s: %s', (sql, because) => {
    expect(whyUnsafe(sql, own)).toBe(because);
  });

  describe('over a connection', () => {
    let account: SnowflakeAccount;
    let connector: Connector;

    beforeAll(async () => {
      account = await snowflakeAccount();
      connector = await account.open({ writer: undefined });
    });
    afterAll(async () => {
      await connector.close();
      await account.server.stop();
    });

    it('is refused before anything of it is sent', async () => {
      await expect(
        connector.query("select system$wait(10) as 'x'", { purpose: 'replay' }),
      ).rejects.toMatchObject({ code: 'CONNECTOR_UNSAFE_REPLAY' });

      expect(account.server.statements.filter(({ sql }) => sql.includes('system$'))).toEqual([]);
    });
  });
});
