import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { IN_TIME_MS } from '../../in-time.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';
import { liveBytes, stillHeld } from '../live-bytes.ts';

const options: CallOptions = { purpose: 'catalog' };
const ENDLESS = 'select count(*) from range(1000000000000) as a(n) where n % 7 = 3';
const rowsSql = (count: number) => `select n from range(${count}) as a(n)`;

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

  const cellsOf = async (sql: string) => (await connector.query(sql, options)).rows;

  describe('values', () => {
    it('keep every digit of 64-bit integers and of decimals with 38 places', async () => {
      const sql = `select cast(9223372036854775807 as bigint), cast(-9223372036854775808 as bigint),
  cast('12345678901234567890123456789.123456789' as decimal(38, 9))`;

      expect(await cellsOf(sql)).toEqual([
        ['9223372036854775807', '-9223372036854775808', '12345678901234567890123456789.123456789'],
      ]);
    });

    it('are dates and times as ISO text, before 1970 too', async () => {
      const sql = `select date '2024-02-29', timestamp '2024-02-29 23:59:59.123456', timestamp '1969-12-31 23:59:58.5',
  timestamptz '2024-02-29 23:59:59+02', timestamp '2024-02-29 00:00:00'`;

      expect(await cellsOf(sql)).toEqual([
        [
          '2024-02-29',
          '2024-02-29T23:59:59.123456',
          '1969-12-31T23:59:58.5',
          '2024-02-29T21:59:59Z',
          '2024-02-29T00:00:00',
        ],
      ]);
    });

    it('tell null from an empty text, and booleans, doubles and bytes as such', async () => {
      const sql = `select cast(null as varchar), '', true, cast(0.5 as double), cast(null as date), cast('\\x07' as blob)`;

      expect((await cellsOf(sql))[0]?.slice(0, 5)).toEqual([null, '', true, 0.5, null]);
    });

    it('tell missing numbers from every other', async () => {
      const sql =
        'select cast(null as bigint), cast(null as decimal(10, 2)), cast(null as double), cast(null as boolean)';

      expect(await cellsOf(sql)).toEqual([[null, null, null, null]]);
    });

    it('come with the columns’ names as stored and types as SQL writes them', async () => {
      const { columns } = await connector.query(
        'select cast(1 as bigint) as id, cast(1 as decimal(9, 2)) as "Price", \'x\' as t where 1 = 0',
        options,
      );

      expect(columns).toEqual([
        { name: 'ID', type: 'NUMBER(38,0)' },
        { name: 'Price', type: 'NUMBER(9,2)' },
        { name: 'T', type: 'VARCHAR' },
      ]);
    });
  });

  describe('streams', () => {
    it('yield 100,000 rows over chunks in order, a few thousand at a time', async () => {
      let rows = 0;
      for await (const chunk of connector.stream(rowsSql(100_000), options)) {
        expect(chunk[0]).toEqual([String(rows)]);
        expect(chunk.length).toBeLessThanOrEqual(2_000);
        rows += chunk.length;
      }

      expect(rows).toBe(100_000);
    });

    it('hold a chunk, not the result: the last of 100,000 rows find less than 10 MB held', async () => {
      const chunks: WeakRef<object>[] = [];
      let rows = 0;
      let held = 0;
      let atTheEnd = 0;
      for await (const chunk of connector.stream(rowsSql(100_000), options)) {
        chunks.push(new WeakRef(chunk));
        rows += chunk.length;
        if (rows === 100_000) {
          held = await stillHeld(chunks);
          atTheEnd = liveBytes();
        }
      }

      expect(rows).toBe(100_000);
      expect(held).toBeLessThan(10);
      // Our server, in this process too, has let go of each chunk it was asked for.
      expect(atTheEnd - liveBytes()).toBeLessThan(10 * 1024 * 1024);
    });

    it('can be left early, and the connector goes on working', async () => {
      for await (const chunk of connector.stream(rowsSql(100_000), options)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }

      expect(await cellsOf('select cast(1 as decimal(1, 0))')).toEqual([[1]]);
    });
  });

  describe('cancelling', () => {
    it('runs nothing once the signal has aborted', async () => {
      const before = account.server.statements.length;

      await expect(
        connector.query('select 1', { ...options, signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ name: 'AbortError' });
      expect(account.server.statements.length).toBe(before);
    });

    it('ends a running statement on the server within 2 seconds of the abort', async () => {
      const controller = new AbortController();
      const running = connector.query(ENDLESS, { ...options, signal: controller.signal });
      setTimeout(() => controller.abort(), 500);
      const startedAt = performance.now();

      await expect(running).rejects.toMatchObject({ name: 'AbortError' });
      expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
      expect(account.server.paths.filter((path) => path.endsWith('/abort-request'))).toHaveLength(
        1,
      );
    });

    it('ends a statement within 2 seconds of its time limit, names the limit, and may be retried', async () => {
      const startedAt = performance.now();

      await expect(connector.query(ENDLESS, { ...options, timeoutMs: 100 })).rejects.toMatchObject({
        code: 'CONNECTOR_TIMEOUT',
        retryable: true,
        message: expect.stringContaining('limit 100 ms'),
      });
      expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
    });
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

  describe('errors', () => {
    it('name a missing relation as such, and say it is not worth retrying', async () => {
      await expect(connector.query('select * from nowhere', options)).rejects.toMatchObject({
        code: 'CONNECTOR_RELATION_MISSING',
        retryable: false,
        message: expect.stringContaining('NOWHERE'),
      });
    });

    it('keep literals out of the message', async () => {
      for (const sql of ["selekt 'secret-literal'", "select cast('secret-literal' as integer)"]) {
        const error = await connector.query(sql, options).catch((caught: unknown) => caught);

        expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
        expect(String(error)).not.toContain('secret-literal');
      }
    });
  });

  describe('transactions', () => {
    const writing = { ...options, readOnly: false };
    const count = async () => (await cellsOf('select count(*) from counted'))[0]?.[0];

    beforeAll(async () => {
      await connector.execute('create table counted (n integer)', options);
    });

    it('keep changes of rows when the work resolves, and undo them when it rejects', async () => {
      await connector.transaction(async (session) => {
        const { rowsReturned } = await session.execute(
          'insert into counted values (1), (2)',
          options,
        );
        expect(rowsReturned).toBe(2);
      }, writing);
      const cause = new Error('not equal');
      const failing = connector.transaction(async (session) => {
        await session.execute('insert into counted values (3)', options);
        throw cause;
      }, writing);

      await expect(failing).rejects.toBe(cause);
      expect(await count()).toBe('2');
    });

    it('refuse what Snowflake would keep whatever became of them', async () => {
      const making = connector.transaction(
        (session) => session.execute('create table half (n integer)', options),
        writing,
      );

      await expect(making).rejects.toMatchObject({ code: 'CONNECTOR_NOT_TRANSACTIONAL' });
      expect(connector.capabilities.transactionalDdl).toBe(false);
    });

    it('refuse a write when they are read-only', async () => {
      const refused = connector.transaction(
        (session) => session.execute('insert into counted values (5)', options),
        { ...options, readOnly: true },
      );

      await expect(refused).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
      expect(await count()).toBe('2');
    });

    it('run statements asked for at once one after the other, and say so while a stream is open', async () => {
      const reading = { ...options, readOnly: true };
      const results = await connector.transaction(
        (session) => Promise.all([1, 2, 3].map((n) => session.query(`select ${n}`, options))),
        reading,
      );
      const clumsy = connector.transaction(async (session) => {
        for await (const _chunk of session.stream(rowsSql(10_000), options)) {
          await session.query('select 1', options);
        }
      }, reading);

      expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(['1', '2', '3']);
      await expect(clumsy).rejects.toMatchObject({ code: 'CONNECTOR_BUSY' });
    });
  });

  describe('concurrency and closing', () => {
    it('serves more callers than it has connections', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => cellsOf(`select '${n}'`)),
      );

      expect(answers.map((rows) => rows[0]?.[0])).toEqual(
        Array.from({ length: 20 }, (_, n) => String(n)),
      );
    });

    it('waits for what runs, then refuses; no session is left on the server', async () => {
      const before = account.server.openSessions();
      const closing = await account.open();
      const running = closing.query(rowsSql(20_000), options);

      await Promise.all([closing.close(), closing.close()]);

      expect((await running).rows).toHaveLength(20_000);
      await expect(closing.query('select 1', options)).rejects.toMatchObject({
        code: 'CONNECTOR_CLOSED',
      });
      expect(account.server.openSessions()).toBe(before);
    });
  });
});
