import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const options: CallOptions = { purpose: 'catalog' };

describe('a Snowflake connector', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  it('tells the size of decimals, which tells whether one comes as a number', async () => {
    const { columns, rows } = await connector.query(
      `select cast(1 as decimal(9, 2)) as "Price", cast(1 as decimal(1, 0)) as one`,
      options,
    );

    expect(columns.map(({ type }) => type)).toEqual(['NUMBER(9,2)', 'NUMBER(1,0)']);
    expect(rows[0]?.[1]).toBe(1);
  });

  it('tags every statement with what it is for, and lets none run longer than it may', async () => {
    await connector.query("select 'tagged'", { purpose: 'facts', timeoutMs: 1500 });
    await connector.query("select 'capped'", { purpose: 'facts' });
    const sent = (text: string) =>
      account.server.statements.find(({ sql }) => sql.includes(text))?.parameters;

    expect(sent('tagged')).toMatchObject({
      QUERY_TAG: '{"app":"goldsmith","purpose":"facts"}',
      STATEMENT_TIMEOUT_IN_SECONDS: 2,
    });
    expect(sent('capped')).toMatchObject({ STATEMENT_TIMEOUT_IN_SECONDS: 3600 });
  });

  it('stands in its own schema again after it made another', async () => {
    const written = { purpose: 'publish' } as const;
    const bare = 'create table "MADE_HERE"."BESIDE" as select n from bare';
    await connector.execute('create table bare as select 1 as n', written);
    await connector.execute('create schema if not exists "MADE_HERE"', written);
    await connector.execute(bare, written);
    await connector.transaction(
      async (session) => {
        await session.execute('create schema if not exists "MADE_THERE"', written);
        await session.execute(bare.replaceAll('_HERE', '_THERE'), written);
      },
      { ...written, readOnly: false, commits: 'each' },
    );

    const made = 'select n from "MADE_HERE"."BESIDE" union all select n from "MADE_THERE"."BESIDE"';
    expect((await connector.query(made, options)).rows).toEqual([['1'], ['1']]);
  });

  it('sends nothing by the way: no telemetry, no search for a cloud', async () => {
    const quiet = await snowflakeAccount();
    const opened = await quiet.open();
    await opened.query("select 9223372036854775807, 'x', true, date '2024-01-01'", options);
    await opened.close();

    expect([...new Set(quiet.server.paths)]).toEqual([
      '/session/v1/login-request',
      '/queries/v1/query-request',
      '/session',
    ]);
    await quiet.server.stop();
  });

  describe('identities', () => {
    it('are apart: the reader is refused what writes, the writer may', async () => {
      await connector.execute('create table made_by_writer (n integer)', options);

      await expect(
        connector.query('insert into made_by_writer values (1)', options),
      ).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
      expect(
        account.server.statements.find(({ sql }) => sql.includes('made_by_writer'))?.user,
      ).toBe('GOLDSMITH_WRITES');
    });

    it('without a writer nothing is written, and the sentence says which setting is missing', async () => {
      const reading = await account.open({ writer: undefined });

      expect(reading.capabilities.canWrite).toBe(false);
      await expect(reading.execute('create table t (n integer)', options)).rejects.toMatchObject({
        code: 'CONNECTOR_READ_ONLY',
        message: expect.stringContaining('warehouse.snowflake.writer'),
      });
      await reading.close();
    });
  });
});
