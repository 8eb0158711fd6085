import { expect, it } from 'vitest';
import { readDdl } from '../../../src/cli/read-ddl.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { misread } from '../../../src/sql/match/read-back.ts';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { boundOf } from '../normalize/bind.ts';
import { parse, SHOP } from './ask.ts';

async function readAs(sql: string): Promise<string | undefined> {
  const dialect = dialectOf('duckdb');
  const query = normalize(await boundOf('select id, total from orders where clerk = 1'));
  const schema = await readDdl({ ddl: SHOP, dialect, names: {} }, parse);
  const reason = await misread({ sql, query, dialect, names: {}, schema, marts: [] }, parse);
  return reason === undefined ? undefined : `${reason.code}: ${reason.text}`;
}

it.each([
  ['the same text', 'select id, total from orders where clerk = 1', undefined],
  ['the same in other words', 'select o.id, o.total from orders o where 1 = o.clerk', undefined],
  ['text no grammar accepts', 'select (((id from', /^NOT_READ_BACK: .* no reader accepts/],
  ['two statements', 'select 1; select 2', /it is not one SELECT$/],
  [
    'another output name',
    'select id as key, total from orders where clerk = 1',
    /gives key, total instead of id, total$/,
  ],
  ['another table', 'select id, region as total from customers where vip', /reads customers$/],
  [
    'another condition',
    'select id, total from orders where clerk = 2',
    /means something else when it is read again$/,
  ],
  ['a column nobody knows', 'select id, total from orders where x = 1', /not wholly resolved/],
])('a text written for a query is read back: %s', async (_title, sql, reason) => {
  const told = await readAs(sql);

  if (reason === undefined) {
    expect(told).toBeUndefined();
  } else {
    expect(told).toMatch(reason);
  }
});
