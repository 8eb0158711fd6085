import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { IN_TIME_MS } from '../../in-time.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { liveBytes } from '../live-bytes.ts';
import { targetOn } from './open-server.ts';

/** Spark's words for what `connectorConformance` asks of warehouses that quote names as standard SQL does. */
describe('a Databricks warehouse', () => {
  const options: CallOptions = { purpose: 'catalog' };
  const endless = 'select count(*) from range(1000000000000)';
  let server: DatabricksServer;
  let connector: Connector;

  beforeAll(async () => {
    server = await startDatabricks();
    connector = await openDatabricks(targetOn(server));
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });

  async function cellsOf(sql: string) {
    return (await connector.query(sql, options)).rows;
  }
  const relation = (name: string) => relationId({ schema: 'sales', name });

  describe('values', () => {
    it('keep every digit of 64-bit integers, of counts and of decimals with 38 places', async () => {
      const sql = `select cast(9223372036854775807 as bigint) as largest, cast(-9223372036854775808 as bigint) as least, count(*) as n,
cast(7 as int) as seven, cast('12345678901234567890123456789.123456789' as decimal(38, 9)) as exact`;

      expect(await cellsOf(sql)).toEqual([
        [
          '9223372036854775807',
          '-9223372036854775808',
          '1',
          7,
          '12345678901234567890123456789.123456789',
        ],
      ]);
    });

    it('are ISO text where they are dates and times, to the microsecond', async () => {
      const sql = `select date '2024-02-29' as d, timestamp '2024-02-29 23:59:59.123456' as t, timestamp '2024-02-29 23:59:59' as s`;

      expect(await cellsOf(sql)).toEqual([
        ['2024-02-29', '2024-02-29T23:59:59.123456', '2024-02-29T23:59:59'],
      ]);
    });

    it('tell null from an empty text, and numbers that are none', async () => {
      const sql = "select cast(null as string) as n, '' as e, double('NaN') as x, true as b";

      expect(await cellsOf(sql)).toEqual([[null, '', 'NaN', true]]);
    });

    it('come with their columns and types, even where there are none', async () => {
      const sql =
        'select cast(1 as bigint) as `Id`, cast(1 as decimal(12, 2)) as d, 1 as i where 1 = 0';
      const { columns, rows } = await connector.query(sql, options);

      expect(columns).toEqual([
        { name: 'Id', type: 'bigint' },
        { name: 'd', type: 'decimal(12,2)' },
        { name: 'i', type: 'int' },
      ]);
      expect(rows).toEqual([]);
    });

    it('are refused where two columns have one name, since the driver would lose one', async () => {
      await expect(cellsOf('select 1 as a, 2 as a')).rejects.toMatchObject({
        code: 'CONNECTOR_BAD_SQL',
        message: expect.stringContaining('name them apart'),
      });
    });
  });

  describe('streams', () => {
    const rowsSql = (count: number) => `select * from range(${count})`;

    it('yield 150,000 rows in order, and hold a chunk, not the result: the last find less than 10 MB held', async () => {
      let rows = 0;
      let before = 0;
      let held = 0;
      for await (const chunk of connector.stream(rowsSql(150_000), options)) {
        // Our server, in this process too, holds the whole result from the first chunk on.
        before = rows === 0 ? liveBytes() : before;
        expect(chunk[0]).toEqual([String(rows)]);
        expect(chunk.length).toBeLessThan(20_000);
        rows += chunk.length;
        held = rows < 140_000 ? held : Math.max(held, liveBytes() - before);
      }

      expect(rows).toBe(150_000);
      expect(before).toBeGreaterThan(0);
      expect(held).toBeLessThan(10 * 1024 * 1024);
    });

    it('can be left early, and the connector goes on working', async () => {
      for await (const chunk of connector.stream(rowsSql(100_000), options)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }

      expect(await cellsOf('select 1 as one')).toEqual([[1]]);
    });
  });

  describe('cancelling', () => {
    it('runs nothing once the signal has aborted', async () => {
      const aborted = { ...options, signal: AbortSignal.abort() };

      await expect(connector.execute('select 1', aborted)).rejects.toMatchObject({
        name: 'AbortError',
      });
    });

    it('ends a running statement within 2 seconds of the abort, in the warehouse too', async () => {
      const controller = new AbortController();
      const running = connector.query(endless, { ...options, signal: controller.signal });
      setTimeout(() => controller.abort(), 100);
      const startedAt = performance.now();

      await expect(running).rejects.toMatchObject({ name: 'AbortError' });
      expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
      await expect
        .poll(() => server.statements.findLast(({ text }) => text.includes(endless))?.state)
        .toBe('cancelled');
    });

    it('ends a statement within 2 seconds of its time limit, names the limit, and may be retried', async () => {
      const startedAt = performance.now();

      await expect(connector.query(endless, { ...options, timeoutMs: 100 })).rejects.toMatchObject({
        code: 'CONNECTOR_TIMEOUT',
        retryable: true,
        message: expect.stringContaining('limit 100 ms'),
      });
      expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
    });

    it('is left to the warehouse, too: a statement has its time limit there', async () => {
      await connector.query('select 5 as five', { ...options, timeoutMs: 41_500 });

      const texts = server.statements.map(({ text }) => text);
      const sent = texts.findIndex((text) => text.includes('select 5 as five'));
      expect(texts[sent - 1]).toBe('set statement_timeout = 42');
    });
  });

  describe('errors', () => {
    it('name a missing relation as such, and say it is not worth retrying', async () => {
      await expect(cellsOf('select * from sales.nowhere')).rejects.toMatchObject({
        code: 'CONNECTOR_RELATION_MISSING',
        retryable: false,
        message: expect.stringContaining('nowhere'),
      });
    });

    it.each([
      ["selekt 'secret-literal'", 'PARSE_SYNTAX_ERROR'],
      ["select cast('secret-literal' as int) as i", 'CAST_INVALID_INPUT'],
    ])('keep the literals of %s out of the message', async (sql, says) => {
      const error = await cellsOf(sql).catch((caught: unknown) => caught);

      expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
      expect(String(error)).toContain(says);
      expect(String(error)).not.toContain('secret-literal');
    });
  });

  describe('catalog', () => {
    it('asks no table for its size where nobody needs it', async () => {
      await server.seed('create table sales.sized (id bigint)');
      const isAboutSizes = ({ text }: { readonly text: string }) =>
        /describe detail|count\(/.test(text);
      const before = server.statements.filter(isAboutSizes).length;

      const catalog = await connector.readCatalog({ ...options, withoutSizes: true });

      expect(server.statements.filter(isAboutSizes)).toHaveLength(before);
      const sized = catalog.find(({ id }) => id === relation('sized'));
      expect(sized).toMatchObject({ kind: 'table', columns: [{ name: 'id' }] });
      expect(sized?.rows).toBeUndefined();
      expect(sized?.bytes).toBeUndefined();
    });

    it('tells columns, keys, foreign keys, rows, sizes and comments of tables', async () => {
      await server.seed(
        'create table sales.customers (id integer primary key, "First Name" varchar not null)',
      );
      await server.seed(
        'create table sales."order" (id bigint, customer_id integer references sales.customers (id), amount decimal(10, 2))',
      );
      await server.seed("insert into shop.sales.customers values (1, 'a'), (2, 'b')");
      await server.seed("comment on table shop.sales.customers is 'who buys'");

      const catalog = await connector.readCatalog(options);

      expect(catalog.find(({ id }) => id === relation('customers'))).toEqual({
        id: relation('customers'),
        kind: 'table',
        columns: [
          { name: 'id', type: 'int', notNull: true },
          { name: 'First Name', type: 'string', notNull: true },
        ],
        keys: [{ columns: ['id'], primary: true }],
        foreignKeys: [],
        rows: 2,
        bytes: expect.any(Number),
        comment: 'who buys',
      });
      expect(catalog.find(({ id }) => id === relation('order'))).toMatchObject({
        rows: 0,
        columns: [{ type: 'bigint' }, { type: 'int' }, { type: 'decimal(10,2)' }],
        foreignKeys: [
          {
            columns: ['customer_id'],
            references: relation('customers'),
            referencedColumns: ['id'],
          },
        ],
      });
    });

    it('tells a view’s SELECT', async () => {
      await server.seed("create view shop.sales.named as select 1 as a, 'it''s' as b");

      const catalog = await connector.readCatalog(options);
      const { kind, definitionSql = '' } = catalog.find(({ id }) => id === relation('named')) ?? {};

      expect(kind).toBe('view');
      expect(definitionSql).toMatch(/^select 1 as a/i);
    });

    it('leaves the warehouse’s own relations out', async () => {
      const catalog = await connector.readCatalog(options);

      expect(catalog.filter(({ id }) => /information_schema|duckdb_|unity/.test(id))).toEqual([]);
    });
  });

  describe('transactions', () => {
    it('that write are refused, since nothing would be undone', async () => {
      await expect(
        connector.transaction(async () => 'done', { ...options, readOnly: false }),
      ).rejects.toMatchObject({ code: 'CONNECTOR_NOT_TRANSACTIONAL' });
    });

    it('that read refuse a write', async () => {
      await expect(
        connector.transaction((session) => session.execute('drop table sales.customers', options), {
          ...options,
          readOnly: true,
        }),
      ).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
    });

    it('are told truthfully: no snapshot over tables, no keys that hold, no DDL to roll back', () => {
      const { transactionalDdl, oneStatementOneSnapshot, enforcesKeys } = connector.capabilities;

      expect(transactionalDdl).toBe(false);
      expect([oneStatementOneSnapshot, enforcesKeys]).toEqual([undefined, undefined]);
    });
  });

  describe('writing', () => {
    it('makes Delta tables and views with comments, as the writer, with a tag', async () => {
      const table = 'gold_data.sales__v1';
      await connector.execute(
        `create or replace table ${table} using delta cluster by (region) comment 'goldsmith: it''s ours' as select 'north' as region, 3 as n`.replace(
          "''",
          String.raw`\'`,
        ),
        { purpose: 'build' },
      );
      await connector.execute(`create or replace view gold.sales as select * from ${table}`, {
        purpose: 'publish',
      });
      const { rowsReturned } = await connector.execute(`insert into ${table} values ('south', 4)`, {
        purpose: 'build',
      });

      expect(rowsReturned).toBe(1);
      expect(await cellsOf('select * from gold.sales order by region')).toEqual([
        ['north', 3],
        ['south', 4],
      ]);
      const sent = server.statements.find(({ text }) => text.includes('create or replace table'));
      expect(sent?.user).toBe('goldsmith-writer');
      expect(sent?.text).toMatch(/^\/\* goldsmith='build',request='[0-9a-f-]{36}' \*\/ /);
      expect(server.tags.get(sent?.id ?? '')).toContain('goldsmith:build');
    });

    it('needs a writer', async () => {
      const { writer: _, ...reading } = targetOn(server);
      const reader = await openDatabricks(reading);

      await expect(reader.execute('drop table sales.x', { purpose: 'drop' })).rejects.toMatchObject(
        {
          code: 'CONNECTOR_READ_ONLY',
          message: expect.stringContaining('warehouse.databricks.writer'),
        },
      );
      expect(reader.capabilities.canWrite).toBe(false);
      await reader.close();
    });

    it('replays what only computes, and says why it replays nothing else', async () => {
      const answered = await connector.query('select 1 as a', { purpose: 'replay' });
      const strange = connector.query("select http_request('x') as a", { purpose: 'replay' });

      expect(answered.rows).toEqual([[1]]);
      await expect(strange).rejects.toMatchObject({
        code: 'CONNECTOR_UNSAFE_REPLAY',
        message: expect.stringContaining('http_request'),
      });
    });
  });

  it('asks the host for nothing but statements', () => {
    expect(server.strange).toEqual([]);
  });
});
