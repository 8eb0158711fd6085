import { describe, expect, it } from 'vitest';
import type { CallOptions } from '../../src/connectors/connector.ts';
import type { ConformanceParts } from './connector-conformance.ts';

const options: CallOptions = { purpose: 'catalog' };

/** What is in a warehouse comes out of it with every digit. */
export function valuesConformance({ subject, connector, cellsOf, small }: ConformanceParts): void {
  const { written, told, cased = (name: string) => name } = subject;

  describe('values', () => {
    it('keeps every digit of 64-bit integers, of counts, and of decimals with 38 places', async () => {
      const sql = `select cast(9223372036854775807 as bigint) as largest, cast(-9223372036854775808 as bigint) as least,
  count(*) as n, cast(7 as integer) as seven, cast('12345678901234567890123456789.123456789' as decimal(38, 9)) as exact`;

      expect(await cellsOf(sql)).toEqual([
        [
          '9223372036854775807',
          '-9223372036854775808',
          '1',
          small(7),
          '12345678901234567890123456789.123456789',
        ],
      ]);
    });

    it('gives dates and times as ISO text, to the microsecond, before 1970 and at midnight too', async () => {
      const { moment } = written;
      const sql = `select date '2024-02-29' as a, ${moment} '2024-02-29 23:59:59.123456' as b,
  ${moment} '1969-12-31 23:59:58.5' as c, ${moment} '2024-02-29 00:00:00' as d`;

      expect(await cellsOf(sql)).toEqual([
        [
          '2024-02-29',
          '2024-02-29T23:59:59.123456',
          '1969-12-31T23:59:58.5',
          '2024-02-29T00:00:00',
        ],
      ]);
    });

    it.skipIf(written.zoned === undefined)('gives moments of a zone in UTC', async () => {
      const sql = `select ${written.zoned} '2024-02-29 23:59:59.123456+02:00' as a, ${written.zoned} '1969-12-31 23:59:59.5+00:00' as b`;

      expect(await cellsOf(sql)).toEqual([
        ['2024-02-29T21:59:59.123456Z', '1969-12-31T23:59:59.5Z'],
      ]);
    });

    it('tells null from an empty text, and what is missing from every other value', async () => {
      const nulls = [written.text, 'bigint', 'decimal(10, 2)', written.double, 'date', 'boolean']
        .map((type, at) => `cast(null as ${type}) as n${at}`)
        .join(', ');
      const sql = `select ${nulls}, '' as e, true as t, cast(0.5 as ${written.double}) as d`;

      expect(await cellsOf(sql)).toEqual([[...Array(6).fill(null), '', true, 0.5]]);
    });

    it('names the columns with their types, even where there are no rows', async () => {
      const id = connector().wording.names.quote('Id');
      const sql = `select cast(1 as bigint) as ${id}, cast('x' as ${written.text}) as t where 1 = 0`;

      expect(await connector().query(sql, options)).toMatchObject({
        columns: [
          { name: 'Id', type: told.bigint },
          { name: cased('t'), type: told.text },
        ],
        rows: [],
      });
    });
  });
}
