import { beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions } from '../../src/connectors/connector.ts';
import type { ConformanceParts } from './connector-conformance.ts';

const options: CallOptions = { purpose: 'catalog' };
const writing = { ...options, readOnly: false };
const reading = { ...options, readOnly: true };

/** What holds within a transaction, as far as the warehouse has any. */
export function transactionConformance(parts: ConformanceParts): void {
  const { subject, relation, cellsOf, connector, small } = parts;
  const { onlyRead = false, refusesDdlAs, seesOthers = false } = subject.transactions;
  const table = relation('counted');
  const insert = (n: number) => `insert into ${table} (n) values (${n})`;
  const countSql = `select count(*) as n from ${table}`;
  const counted = async () => (await cellsOf(countSql))[0]?.[0];

  describe('transactions', () => {
    beforeAll(async () => {
      await connector().execute(`create table ${table} (n bigint)`, options);
    });

    it('say truthfully what they can', () => {
      const { transactionalDdl } = connector().capabilities;

      expect(transactionalDdl).toBe(!onlyRead && refusesDdlAs === undefined);
    });

    it.skipIf(!onlyRead)('that write are refused, since nothing would be undone', async () => {
      await expect(connector().transaction(async () => 'done', writing)).rejects.toMatchObject({
        code: 'CONNECTOR_NOT_TRANSACTIONAL',
      });
    });

    it.skipIf(onlyRead)('keep what was done when the work resolves', async () => {
      const answer = await connector().transaction(async (session) => {
        const { rowsReturned } = await session.execute(insert(1), options);
        return rowsReturned;
      }, writing);

      expect(answer).toBe(1);
      expect(await counted()).toBe('1');
    });

    it.skipIf(onlyRead)('undo everything when it rejects, and pass its error on', async () => {
      const cause = new Error('not equal');

      const failing = connector().transaction(async (session) => {
        await session.execute(insert(2), options);
        throw cause;
      }, writing);

      await expect(failing).rejects.toBe(cause);
      expect(await counted()).toBe('1');
    });

    it.skipIf(onlyRead || refusesDdlAs !== undefined)(
      'keep and undo tables and views alike',
      async () => {
        const half = relation('half_built');
        const flipped = relation('flipped');
        await connector().transaction(
          (session) => session.execute(`create view ${flipped} as select * from ${table}`, options),
          writing,
        );
        const failing = connector().transaction(async (session) => {
          await session.execute(`create table ${half} (n integer)`, options);
          throw new Error('not equal');
        }, writing);

        await expect(failing).rejects.toThrow('not equal');
        expect(await cellsOf(`select * from ${flipped}`)).toEqual([['1']]);
        await expect(cellsOf(`select * from ${half}`)).rejects.toMatchObject({
          code: 'CONNECTOR_RELATION_MISSING',
        });
      },
    );

    it.skipIf(refusesDdlAs === undefined)(
      'refuse what would stay whatever became of them',
      async () => {
        const making = connector().transaction(
          (session) => session.execute(`create table ${relation('half')} (n bigint)`, options),
          writing,
        );

        await expect(making).rejects.toMatchObject({ code: refusesDdlAs });
      },
    );

    it.skipIf(onlyRead || seesOthers)('see one snapshot, whatever others commit', async () => {
      const seen = await connector().transaction(async (session) => {
        const first = await session.query(countSql, options);
        await connector().execute(insert(3), options);
        const again = await session.query(countSql, options);
        return [first.rows, again.rows];
      }, reading);

      expect(seen).toEqual([[['1']], [['1']]]);
      expect(await counted()).toBe('2');
    });

    it('refuse a write when they are read-only', async () => {
      const before = await counted();
      const refused = connector().transaction(
        (session) => session.execute(insert(5), options),
        reading,
      );

      // By ourselves, or by a warehouse whose reader may not write.
      await expect(refused).rejects.toMatchObject({
        code: expect.stringMatching(/^CONNECTOR_(READ_ONLY|PERMISSION_DENIED)$/),
      });
      expect(await counted()).toBe(before);
    });

    it.skipIf(onlyRead || seesOthers)(
      'that write the same row conflict, and the loser may be retried',
      async () => {
        const losing = connector().transaction(async (session) => {
          await session.query(`select * from ${table}`, options);
          await connector().execute(`update ${table} set n = 10 where n = 1`, options);
          await session.execute(`update ${table} set n = 20 where n = 1`, options);
        }, writing);

        await expect(losing).rejects.toMatchObject({ code: 'CONNECTOR_CONFLICT', retryable: true });
      },
    );

    it('run statements asked for at once one after the other', async () => {
      const results = await connector().transaction(
        (session) => Promise.all([1, 2, 3].map((n) => session.query(`select ${n} as n`, options))),
        reading,
      );

      expect(results.map(({ rows }) => rows[0]?.[0])).toEqual([1, 2, 3].map(small));
    });

    it('take none beside an open stream where they have one connection, and say so', async () => {
      const clumsy = connector().transaction(async (session) => {
        for await (const _chunk of session.stream(subject.rowsSql(10_000), options)) {
          await session.query('select 1 as one', options);
        }
        return 'answered';
      }, reading);

      const code = await clumsy.catch((error: { readonly code?: string }) => error.code);
      expect(code).toBe(onlyRead ? 'answered' : 'CONNECTOR_BUSY');
    });

    it.skipIf(onlyRead)('that were aborted leave nothing behind', async () => {
      const before = await counted();
      const controller = new AbortController();
      const aborted = connector().transaction(
        async (session) => {
          await session.execute(`delete from ${table} where n > 0`, options);
          controller.abort();
        },
        { ...writing, signal: controller.signal },
      );

      await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
      expect(await counted()).toBe(before);
    });
  });
}
