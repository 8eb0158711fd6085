import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import type { CallOptions, Connector } from '../../src/connectors/connector.ts';
import { liveBytes, stillHeld } from '../connectors/live-bytes.ts';
import { IN_TIME_MS } from '../in-time.ts';
import { readCatalogConformance } from './read-catalog-conformance.ts';
import { transactionConformance } from './transaction-conformance.ts';
import { valuesConformance } from './values-conformance.ts';
import { type WaysIn, waysInConformance } from './ways-in-conformance.ts';

/** A warehouse of its own for one suite. */
export interface ConformanceWarehouse {
  readonly connector: Connector;
  /** Other people's statement, in DuckDB's words, where the warehouse is a server of our own. */
  readonly people?: (sql: string) => Promise<void>;
  /** Statements that arrived so far, where the warehouse counts them. */
  readonly received?: () => number;
  /** Looks into the warehouse: what was asked last does not run there any more. */
  readonly expectStopped?: () => Promise<void>;
  /** Absent: nobody signs in to it. */
  readonly waysIn?: WaysIn;
  close(): Promise<void>;
}

/** One warehouse, and what it says or does in its own way. */
export interface ConformanceSubject {
  readonly name: string;
  /** Where bare names lie. */
  readonly schema: string;
  /** How it stores names that are written without quotes. Absent: as they are. */
  readonly cased?: (name: string) => string;
  /** Types as they stand in CAST. */
  readonly written: {
    readonly text: string;
    readonly double: string;
    /** Before a literal: a moment without a zone. */
    readonly moment: string;
    /** Before a literal: a moment of a zone. Absent: as `moment`. */
    readonly zoned?: string;
  };
  /** Types as it tells them. */
  readonly told: { readonly bigint: string; readonly integer: string; readonly text: string };
  /** Who gets in knows where the file lies. */
  readonly hasNoSignIn?: true;
  /** Every whole number may have 64 bits, and comes as text. */
  readonly isWide?: true;
  /** Where what it makes of unreadable SQL and of a value that does not fit is named in its message. */
  readonly says?: { readonly unreadable: string; readonly misfit: string };
  /** A statement that would run for minutes. */
  readonly endlessSql: string;
  /** `count` rows of one 64-bit integer `n`, from 0. */
  rowsSql(count: number): string;
  readonly catalog: CatalogSubject;
  readonly transactions: TransactionSubject;
  open(): Promise<ConformanceWarehouse>;
}

export interface CatalogSubject {
  /**
   * Makes `customers` with its keys, its comment and one row, a table that refers to it, and a view `named` of two rows over no
   * table, with columns `a` and `b`. Absent: as standard SQL does, with odder names.
   */
  readonly make?: (warehouse: ConformanceWarehouse) => Promise<void>;
  /** Keys that are not primary are not told. */
  readonly onlyPrimaryKeys?: true;
  /** Rows of tables are estimated. */
  readonly estimatesRows?: true;
}

export interface TransactionSubject {
  /** Nothing that writes can be undone: such transactions are refused. */
  readonly onlyRead?: true;
  /** Code with which it refuses to make relations within one. Absent: it takes them back, too. */
  readonly refusesDdlAs?: string;
  /** Each statement sees what others committed meanwhile. */
  readonly seesOthers?: true;
}

/** What the parts of the suite share. */
export interface ConformanceParts {
  readonly subject: ConformanceSubject;
  readonly warehouse: () => ConformanceWarehouse;
  readonly connector: () => Connector;
  readonly relation: (name: string) => RelationId;
  readonly cellsOf: (sql: string) => Promise<readonly (readonly unknown[])[]>;
  /** A whole number below 2^31, as it comes. */
  readonly small: (value: number) => unknown;
}

const options: CallOptions = { purpose: 'catalog' };

/** What every connector owes its callers. A new warehouse starts by failing this. */
export function connectorConformance(subject: ConformanceSubject): void {
  const { cased = same, schema } = subject;
  const small = (value: number) => (subject.isWide === true ? String(value) : value);

  describe(`${subject.name} connector`, () => {
    let warehouse: ConformanceWarehouse;
    let connector: Connector;

    beforeAll(async () => {
      warehouse = await subject.open();
      ({ connector } = warehouse);
    });
    afterAll(() => warehouse.close());

    const cellsOf = async (sql: string) => (await connector.query(sql, options)).rows;
    const relation = (name: string) => relationId({ schema: cased(schema), name: cased(name) });
    const parts = {
      subject,
      warehouse: () => warehouse,
      connector: () => connector,
      relation,
      cellsOf,
      small,
    };
    const failure = (sql: string) => cellsOf(sql).catch((caught: unknown) => caught);

    describe.skipIf(subject.hasNoSignIn)('sign-in', () => {
      waysInConformance(() => {
        const { waysIn } = warehouse;
        if (waysIn === undefined) {
          throw new Error('it is not said how somebody fails to sign in');
        }
        return waysIn;
      });
    });

    valuesConformance(parts);

    describe('streams', () => {
      it('yields 150,000 rows in order, and holds a chunk, not the result', async () => {
        const chunks: WeakRef<object>[] = [];
        let rows = 0;
        let before = 0;
        let grown = 0;
        let held = 0;
        for await (const chunk of connector.stream(subject.rowsSql(150_000), options)) {
          // A server of our own, in this process too, holds the whole result from the first chunk on.
          before = rows === 0 ? liveBytes() : before;
          expect(chunk[0]).toEqual([String(rows)]);
          expect(chunk.length).toBeLessThan(20_000);
          chunks.push(new WeakRef(chunk));
          rows += chunk.length;
          if (rows === 150_000) {
            held = await stillHeld(chunks);
            grown = liveBytes() - before;
          }
        }

        expect(rows).toBe(150_000);
        expect(held).toBeLessThan(10);
        expect(grown).toBeLessThan(10 * 1024 * 1024);
      });

      it('can be left early, and the connector goes on working', async () => {
        for await (const chunk of connector.stream(subject.rowsSql(100_000), options)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }

        expect(await cellsOf('select 1 as one')).toEqual([[small(1)]]);
      });
    });

    describe('cancelling', () => {
      it('runs nothing once the signal has aborted', async () => {
        const before = warehouse.received?.();
        const aborted = { ...options, signal: AbortSignal.abort() };

        await expect(connector.execute('select 1', aborted)).rejects.toMatchObject({
          name: 'AbortError',
        });
        expect(warehouse.received?.()).toBe(before);
      });

      it('ends a running statement within 2 seconds of the abort, in the warehouse too', async () => {
        const controller = new AbortController();
        const running = connector.query(subject.endlessSql, {
          ...options,
          signal: controller.signal,
        });
        setTimeout(() => controller.abort(), 500);
        const startedAt = performance.now();

        await expect(running).rejects.toMatchObject({ name: 'AbortError' });
        expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
        await warehouse.expectStopped?.();
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
        await warehouse.expectStopped?.();
      });

      it('ends a stream in the middle, and leaves the connector working', async () => {
        const controller = new AbortController();
        const stream = connector.stream(subject.rowsSql(100_000), {
          ...options,
          signal: controller.signal,
        });

        const reading = (async () => {
          for await (const _chunk of stream) {
            controller.abort();
          }
        })();

        await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
        expect(await cellsOf('select 1 as one')).toEqual([[small(1)]]);
      });
    });

    describe('errors', () => {
      it('names a missing relation as such, and says it is not worth retrying', async () => {
        expect(await failure(`select * from ${relation('nowhere')}`)).toMatchObject({
          code: 'CONNECTOR_RELATION_MISSING',
          retryable: false,
          message: expect.stringMatching(/nowhere/i),
        });
      });

      it.each([
        ['unreadable SQL', "selekt 'secret-literal'", subject.says?.unreadable],
        [
          'a value that does not fit',
          "select cast('secret-literal' as integer) as i",
          subject.says?.misfit,
        ],
      ])(
        'calls %s the statement’s fault and keeps its literals out of the message',
        async (_what, sql, says = '') => {
          const error = await failure(sql);

          expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
          expect(String(error)).toContain(says);
          expect(String(error)).not.toContain('secret-literal');
        },
      );
    });

    readCatalogConformance(parts);
    transactionConformance(parts);

    describe('concurrency', () => {
      it('answers a light statement while heavy ones run', async () => {
        const controller = new AbortController();
        const heavy = [1, 2].map(() =>
          connector
            .query(subject.endlessSql, { ...options, signal: controller.signal })
            .catch((error: unknown) => error),
        );

        expect(await cellsOf('select 1 as one')).toEqual([[small(1)]]);
        controller.abort();
        await Promise.all(heavy);
      });

      it('serves more callers than it has connections', async () => {
        const numbers = Array.from({ length: 20 }, (_, n) => n);
        const answers = await Promise.all(numbers.map((n) => cellsOf(`select ${n} as n`)));

        expect(answers.map((rows) => rows[0]?.[0])).toEqual(numbers.map(small));
      });
    });

    describe('closing', () => {
      it('waits for what runs, then refuses; closing twice is closing once', async () => {
        const another = await subject.open();
        const closing = another.connector;
        const running = closing.query(subject.rowsSql(20_000), options);

        await Promise.all([closing.close(), closing.close()]);

        const { rows, cost } = await running;
        expect(rows).toHaveLength(20_000);
        expect(cost).toMatchObject({ rowsReturned: 20_000, durationMs: expect.any(Number) });
        expect(cost.durationMs).toBeGreaterThan(0);
        expect(cost.cpuMs).toBeGreaterThanOrEqual(0);
        await expect(closing.query('select 1', options)).rejects.toMatchObject({
          code: 'CONNECTOR_CLOSED',
        });
        await another.close();
      });
    });
  });
}

function same(name: string): string {
  return name;
}
