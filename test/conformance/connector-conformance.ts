import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import type { CallOptions, Connector } from '../../src/connectors/connector.ts';
import { IN_TIME_MS } from '../in-time.ts';

export interface ConformanceSubject {
  readonly name: string;
  readonly database: string;
  readonly schema: string;
  open(): Promise<Connector>;
  /** How it names these types; absent: in capitals, `VARCHAR` for text of any length. */
  readonly types?: { readonly bigint: string; readonly integer: string; readonly text: string };
  /** `false`: it estimates the rows of tables. */
  readonly countsRows?: boolean;
  /** A statement that would run for minutes. */
  readonly endlessSql: string;
  /** `count` rows of one 64-bit integer `n`, from 0. */
  rowsSql(count: number): string;
}

/** What every connector owes its callers. A new warehouse starts by failing this. */
export function connectorConformance(subject: ConformanceSubject): void {
  describe(`${subject.name} connector`, () => {
    const options: CallOptions = { purpose: 'catalog' };
    const { database, schema } = subject;
    const types = subject.types ?? { bigint: 'BIGINT', integer: 'INTEGER', text: 'VARCHAR' };
    const rowsOf = (rows: number): unknown =>
      subject.countsRows === false ? expect.any(Number) : rows;
    /** Ids leave the connection's own database out. */
    const relation = (name: string) => relationId({ schema, name });
    let connector: Connector;

    beforeAll(async () => {
      connector = await subject.open();
    });
    afterAll(() => connector.close());

    async function cellsOf(sql: string) {
      return (await connector.query(sql, options)).rows;
    }

    describe('values', () => {
      it('keeps every digit of the largest 64-bit integer', async () => {
        const sql =
          'select cast(9223372036854775807 as bigint), cast(-9223372036854775808 as bigint)';

        expect(await cellsOf(sql)).toEqual([['9223372036854775807', '-9223372036854775808']]);
      });

      it('gives counts as text and small integers as numbers', async () => {
        expect(await cellsOf('select count(*), cast(7 as integer)')).toEqual([['1', 7]]);
      });

      it('keeps every digit of a decimal with 38 places', async () => {
        const sql = "select cast('12345678901234567890123456789.123456789' as decimal(38, 9))";

        expect(await cellsOf(sql)).toEqual([['12345678901234567890123456789.123456789']]);
      });

      it('gives dates and times as ISO text, to the microsecond', async () => {
        const sql = `select date '2024-02-29', timestamp '2024-02-29 23:59:59.123456'`;

        expect(await cellsOf(sql)).toEqual([['2024-02-29', '2024-02-29T23:59:59.123456']]);
      });

      it('tells null from an empty text', async () => {
        expect(await cellsOf("select cast(null as varchar), ''")).toEqual([[null, '']]);
      });

      it('names the columns with their types', async () => {
        const { columns } = await connector.query('select cast(1 as bigint) as "Id"', options);

        expect(columns).toEqual([{ name: 'Id', type: types.bigint }]);
      });

      it('gives an empty result its columns', async () => {
        const result = await connector.query('select 1 as a where 1 = 0', options);

        expect(result.columns.map(({ name }) => name)).toEqual(['a']);
        expect(result.rows).toEqual([]);
      });
    });

    describe('streams', () => {
      it('yields 100,000 rows in order, a chunk at a time', async () => {
        let rows = 0;
        let largestChunk = 0;
        for await (const chunk of connector.stream(subject.rowsSql(100_000), options)) {
          expect(chunk[0]).toEqual([String(rows)]);
          rows += chunk.length;
          largestChunk = Math.max(largestChunk, chunk.length);
        }

        expect(rows).toBe(100_000);
        expect(largestChunk).toBeLessThan(20_000);
      });

      it('holds a chunk, not the result: 2 million rows grow the memory by less than 100 MB', async () => {
        const before = process.memoryUsage.rss();
        let rows = 0;
        for await (const chunk of connector.stream(subject.rowsSql(2_000_000), options)) {
          rows += chunk.length;
        }

        expect(rows).toBe(2_000_000);
        expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
      });

      it('can be left early, and the connector goes on working', async () => {
        for await (const chunk of connector.stream(subject.rowsSql(1_000_000), options)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }

        expect(await cellsOf('select 1')).toEqual([[1]]);
      });
    });

    describe('cancelling', () => {
      it('runs nothing once the signal has aborted', async () => {
        const aborted = { ...options, signal: AbortSignal.abort() };

        await expect(connector.execute('select 1', aborted)).rejects.toMatchObject({
          name: 'AbortError',
        });
      });

      it('ends a running statement within 2 seconds of the abort', async () => {
        const controller = new AbortController();
        const running = connector.query(subject.endlessSql, {
          ...options,
          signal: controller.signal,
        });
        setTimeout(() => controller.abort(), 100);
        const startedAt = performance.now();

        await expect(running).rejects.toMatchObject({ name: 'AbortError' });
        expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
      });

      it('ends a statement within 2 seconds of its time limit, names the limit, and may be retried', async () => {
        const startedAt = performance.now();

        await expect(
          connector.query(subject.endlessSql, { ...options, timeoutMs: 100 }),
        ).rejects.toMatchObject({
          code: 'CONNECTOR_TIMEOUT',
          retryable: true,
          message: expect.stringContaining('limit 100 ms'),
        });
        expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
      });

      it('ends a stream in the middle', async () => {
        const controller = new AbortController();
        const stream = connector.stream(subject.rowsSql(50_000_000), {
          ...options,
          signal: controller.signal,
        });

        const reading = (async () => {
          for await (const _chunk of stream) {
            controller.abort();
          }
        })();

        await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
      });

      it('leaves the connector working', async () => {
        expect(await cellsOf('select 1')).toEqual([[1]]);
      });
    });

    describe('errors', () => {
      it('names a missing relation as such, and says it is not worth retrying', async () => {
        const missing = connector.query(`select * from ${relation('nowhere')}`, options);

        await expect(missing).rejects.toMatchObject({
          code: 'CONNECTOR_RELATION_MISSING',
          retryable: false,
          message: expect.stringContaining('nowhere'),
        });
      });

      it('calls unreadable SQL the statement’s fault and keeps its literals out of the message', async () => {
        const error = await connector
          .query("selekt 'secret-literal'", options)
          .catch((caught: unknown) => caught);

        expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
        expect(String(error)).not.toContain('secret-literal');
      });

      it('keeps literals out of a conversion error too', async () => {
        const error = await connector
          .query("select cast('secret-literal' as integer)", options)
          .catch((caught: unknown) => caught);

        expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
        expect(String(error)).not.toContain('secret-literal');
      });
    });

    describe('catalog', () => {
      it('tells columns, keys, foreign keys, exact rows and comments of tables', async () => {
        const customers = relation('customers');
        const orders = relation('order');
        await connector.execute(
          `create table ${customers} (id integer primary key, "First Name" varchar not null, unique ("First Name"))`,
          options,
        );
        await connector.execute(
          `create table ${database}.${schema}."order" (id bigint, customer_id integer references customers (id))`,
          options,
        );
        await connector.execute(`insert into ${customers} values (1, 'a'), (2, 'b')`, options);
        await connector.execute(`delete from ${customers} where id = 2`, options);
        await connector.execute(`comment on table ${customers} is 'who buys'`, options);

        const catalog = await connector.readCatalog(options);

        expect(catalog.find(({ id }) => id === customers)).toEqual({
          id: customers,
          kind: 'table',
          columns: [
            { name: 'id', type: types.integer, notNull: true },
            { name: 'First Name', type: types.text, notNull: true },
          ],
          keys: [
            { columns: ['id'], primary: true },
            { columns: ['First Name'], primary: false },
          ],
          foreignKeys: [],
          rows: rowsOf(1),
          bytes: expect.any(Number),
          comment: 'who buys',
        });
        expect(catalog.find(({ id }) => id === orders)).toMatchObject({
          rows: rowsOf(0),
          foreignKeys: [
            { columns: ['customer_id'], references: customers, referencedColumns: ['id'] },
          ],
        });
      });

      it('tells a view’s SELECT, which gives the view’s own columns and rows', async () => {
        const view = relation('named');
        await connector.execute(
          `create view ${view} (a, "as (b") as select 1 as x, ';' as y union all select 2, 'it''s' -- why`,
          options,
        );

        const catalog = await connector.readCatalog(options);
        const { definitionSql = '', columns } = catalog.find(({ id }) => id === view) ?? {};

        expect(columns?.map(({ name }) => name)).toEqual(['a', 'as (b']);
        const fromDefinition = await connector.query(definitionSql, options);
        const fromView = await connector.query(`select * from ${view}`, options);
        expect(fromDefinition.columns).toEqual(fromView.columns);
        expect(fromDefinition.rows).toEqual(fromView.rows);
      });

      it('leaves the warehouse’s own relations out', async () => {
        const catalog = await connector.readCatalog(options);

        expect(
          catalog.filter(({ id }) => /information_schema|pg_catalog|duckdb_/.test(id)),
        ).toEqual([]);
      });
    });

    describe('transactions', () => {
      const writing = { ...options, readOnly: false };
      const reading = { ...options, readOnly: true };

      beforeAll(async () => {
        await connector.execute(`create table ${relation('counted')} (n integer)`, options);
      });

      async function counted() {
        return (await cellsOf(`select count(*) from ${relation('counted')}`))[0]?.[0];
      }

      it('keep what was done when the work resolves, tables and views alike', async () => {
        const answer = await connector.transaction(async (session) => {
          await session.execute(`insert into ${relation('counted')} values (1)`, options);
          await session.execute(
            `create view ${relation('flipped')} as select * from ${relation('counted')}`,
            options,
          );
          return 'done';
        }, writing);

        expect(answer).toBe('done');
        expect(await counted()).toBe('1');
        expect(await cellsOf(`select * from ${relation('flipped')}`)).toEqual([[1]]);
      });

      it('undo everything when the work rejects, and pass its error on', async () => {
        const cause = new Error('not equal');

        const failing = connector.transaction(async (session) => {
          await session.execute(`insert into ${relation('counted')} values (2)`, options);
          await session.execute(`create table ${relation('half_built')} (n integer)`, options);
          throw cause;
        }, writing);

        await expect(failing).rejects.toBe(cause);
        expect(await counted()).toBe('1');
        await expect(cellsOf(`select * from ${relation('half_built')}`)).rejects.toMatchObject({
          code: 'CONNECTOR_RELATION_MISSING',
        });
      });

      it('see one snapshot from their beginning, whatever others commit', async () => {
        const seen = await connector.transaction(async (session) => {
          await connector.execute(`insert into ${relation('counted')} values (3)`, options);
          const first = await session.query(`select count(*) from ${relation('counted')}`, options);
          await connector.execute(`insert into ${relation('counted')} values (4)`, options);
          const again = await session.query(`select count(*) from ${relation('counted')}`, options);
          return [first.rows, again.rows];
        }, reading);

        expect(seen).toEqual([[['1']], [['1']]]);
        expect(await counted()).toBe('3');
      });

      it('refuse a write when they are read-only, by the warehouse’s own word', async () => {
        const refused = connector.transaction(
          (session) => session.execute(`insert into ${relation('counted')} values (5)`, options),
          reading,
        );

        await expect(refused).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
        expect(await counted()).toBe('3');
      });

      it('that write the same row conflict, and the loser may be retried', async () => {
        const losing = connector.transaction(async (session) => {
          await session.query(`select * from ${relation('counted')}`, options);
          await connector.execute(`update ${relation('counted')} set n = 10 where n = 1`, options);
          await session.execute(`update ${relation('counted')} set n = 20 where n = 1`, options);
        }, writing);

        await expect(losing).rejects.toMatchObject({
          code: 'CONNECTOR_CONFLICT',
          retryable: true,
        });
      });

      it('run statements asked for at once one after the other', async () => {
        const results = await connector.transaction(
          (session) => Promise.all([1, 2, 3].map((n) => session.query(`select ${n}`, options))),
          reading,
        );

        expect(results.map(({ rows }) => rows[0]?.[0])).toEqual([1, 2, 3]);
      });

      it('say so when a statement is asked for while a stream is open', async () => {
        const clumsy = connector.transaction(async (session) => {
          for await (const _chunk of session.stream(subject.rowsSql(10_000), options)) {
            await session.query('select 1', options);
          }
        }, reading);

        await expect(clumsy).rejects.toMatchObject({ code: 'CONNECTOR_BUSY' });
      });

      it('that were aborted leave nothing behind', async () => {
        const controller = new AbortController();
        const aborted = connector.transaction(
          async (session) => {
            await session.execute(`delete from ${relation('counted')}`, options);
            controller.abort();
          },
          { ...writing, signal: controller.signal },
        );

        await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
        expect(await counted()).toBe('3');
      });
    });

    describe('concurrency', () => {
      it('answers a light statement while heavy ones run', async () => {
        const controller = new AbortController();
        const heavy = [1, 2].map(() =>
          connector
            .query(subject.endlessSql, { ...options, signal: controller.signal })
            .catch((error: unknown) => error),
        );

        expect(await cellsOf('select 1')).toEqual([[1]]);
        controller.abort();
        await Promise.all(heavy);
      });

      it('serves more callers than it has connections', async () => {
        const answers = await Promise.all(
          Array.from({ length: 40 }, (_, n) => cellsOf(`select ${n}`)),
        );

        expect(answers.map((rows) => rows[0]?.[0])).toEqual(
          Array.from({ length: 40 }, (_, n) => n),
        );
      });
    });

    describe('cost', () => {
      it('tells how long a statement took and how many rows it gave', async () => {
        const { cost } = await connector.query(subject.rowsSql(1000), options);

        expect(cost.rowsReturned).toBe(1000);
        expect(cost.durationMs).toBeGreaterThan(0);
        expect(cost.cpuMs).toBeGreaterThanOrEqual(0);
      });
    });

    describe('closing', () => {
      it('waits for what runs, then refuses; closing twice is closing once', async () => {
        const closing = await subject.open();
        const running = closing.query(subject.rowsSql(100_000), options);

        await Promise.all([closing.close(), closing.close()]);

        expect((await running).rows).toHaveLength(100_000);
        await expect(closing.query('select 1', options)).rejects.toMatchObject({
          code: 'CONNECTOR_CLOSED',
        });
      });
    });
  });
}
