import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { part } from '../part.ts';
import { type Fakesnow, startFakesnow } from './fakesnow.ts';

const options: CallOptions = { purpose: 'catalog' };

part({ variable: 'GOLDSMITH_FAKESNOW', against: 'Snowflake, as fakesnow (PyPI) has it' }, () => {
  describe('a connector to fakesnow', () => {
    let fakesnow: Fakesnow;
    let connector: Connector;
    const run = (sql: string) => connector.execute(sql, { purpose: 'build' });
    const cellsOf = async (sql: string) => (await connector.query(sql, options)).rows;

    beforeAll(async () => {
      fakesnow = await startFakesnow();
      connector = await fakesnow.open('SHOP');
    });
    afterAll(async () => {
      await connector.close();
      await fakesnow.stop();
    });

    it('reads 64-bit integers, decimals with 38 places, times, nulls and booleans', async () => {
      const sql = `select 9223372036854775807::bigint, '-9223372036854775808'::bigint, 12345678901234567890123456789.123456789::number(38, 9),
  date '2024-02-29', '2024-02-29 23:59:59.123456'::timestamp_ntz, '1969-12-31 23:59:58.5'::timestamp_ntz, null::varchar, '', true, 0.5::float`;

      expect(await cellsOf(sql)).toEqual([
        [
          '9223372036854775807',
          '-9223372036854775808',
          '12345678901234567890123456789.123456789',
          '2024-02-29',
          '2024-02-29T23:59:59.123456',
          '1969-12-31T23:59:58.5',
          null,
          '',
          true,
          0.5,
        ],
      ]);
    });

    it('streams 100,000 rows, a few thousand at a time', async () => {
      let rows = 0;
      for await (const chunk of connector.stream(
        'select seq4() from table(generator(rowcount => 100000))',
        options,
      )) {
        expect(chunk.length).toBeLessThanOrEqual(2_000);
        rows += chunk.length;
      }

      expect(rows).toBe(100_000);
    });

    it('tells a missing relation from a statement that is none, and keeps literals out', async () => {
      await expect(connector.query('select * from nowhere', options)).rejects.toMatchObject({
        code: 'CONNECTOR_RELATION_MISSING',
      });
      const error = await connector
        .query("selekt 'secret-literal'", options)
        .catch((caught: unknown) => caught);

      expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
      expect(String(error)).not.toContain('secret-literal');
    });

    it('keeps changes of rows when the work resolves, and undoes them when it rejects', async () => {
      await run('create table counted (n integer)');
      const writing = { purpose: 'build', readOnly: false } as const;
      await connector.transaction(
        (session) => session.execute('insert into counted values (1), (2)', writing),
        writing,
      );
      const cause = new Error('not equal');
      const failing = connector.transaction(async (session) => {
        await session.execute('insert into counted values (3)', writing);
        throw cause;
      }, writing);

      await expect(failing).rejects.toBe(cause);
      expect(await cellsOf('select count(*) from counted')).toEqual([['2']]);
    });

    it('reads the catalog of what people made', async () => {
      await run('create schema sales');
      await run(
        'create table sales.orders (id integer not null, amount number(12, 2), said varchar, made timestamp_ntz)',
      );
      await run('create view sales.big as select id, amount from sales.orders where amount > 10');

      const catalog = await connector.readCatalog(options);

      expect(catalog.filter(({ id }) => id.startsWith('SALES.'))).toMatchObject([
        { id: 'SALES.BIG', kind: 'view', definitionSql: expect.stringContaining('amount > 10') },
        {
          id: 'SALES.ORDERS',
          kind: 'table',
          columns: [
            { name: 'ID', notNull: true },
            { name: 'AMOUNT', type: 'NUMBER(12,2)' },
            { name: 'SAID', type: 'VARCHAR' },
            { name: 'MADE', type: 'TIMESTAMP_NTZ' },
          ],
        },
      ]);
    });
  });
});
