import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { keptInText } from '../../../src/connectors/bigquery/kept-in-text.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { fingerprint } from '../../../src/sql/fingerprint.ts';
import { understand } from '../../servers/bigquery-sql.ts';
import { APART, TOGETHER } from './kept-texts.ts';

const dialect = dialectOf('bigquery');

/** What the service computes for each of these texts. */
async function keptIn(texts: readonly string[]): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('create macro farm_fingerprint(x) as (hash(x) >> 1)::bigint');
  const listed = texts.map((text, at) => `(${at}, '${text.replaceAll("'", "''")}')`);
  await connection.run(
    `create table texts as select * from (values ${listed.join(', ')}) as t(place, query)`,
  );
  const [sql = ''] = understand(
    `select cast(${keptInText('t.query')} as string) from texts as t order by t.place`,
  ).sql;
  const rows = (await connection.runAndReadAll(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows.map(([kept]) => String(kept));
}

/** How many the service tells apart, and how many our fingerprint does, by the first text of each. */
async function toldOf(groups: readonly (readonly string[])[]) {
  const kept = await keptIn(groups.flat());
  let from = 0;
  return groups.map((some) => {
    const own = kept.slice(from, from + some.length);
    from += some.length;
    const printed = some.map((sql) => fingerprint(sql, dialect).fingerprint);
    return [some[0], new Set(own).size, new Set(printed).size];
  });
}

it('keeps texts apart that are different statements by our fingerprint', async () => {
  const all = APART.map((some) => [some[0], some.length, some.length]);

  expect(await toldOf(APART)).toEqual(all);
});

it('takes texts for one that differ from run to run, so that the number of groups stays bounded', async () => {
  expect(await toldOf(TOGETHER)).toEqual(TOGETHER.map(([first]) => [first, 1, 1]));
});

it.each([
  ['functions that people made', 'shop.net(x)', 'shop.gross(x)'],
  ['functions named as one', '`shop-1.shop.net`(x)', '`shop-1.shop.gross`(x)'],
])('tells %s apart, which the service’s hash leaves out', async (_what, one, other) => {
  const kept = await keptIn([one, other].map((value) => `select ${value} from t`));

  expect(new Set(kept).size).toBe(2);
});
