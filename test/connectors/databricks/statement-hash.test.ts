import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { groupsSql } from '../../../src/connectors/databricks/query-history-sql.ts';
import { statementHash } from '../../../src/connectors/databricks/statement-hash.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { fingerprint } from '../../../src/sql/fingerprint.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { APART, TOGETHER } from './hashed-texts.ts';
import { targetOn } from './open-server.ts';

const dialect = dialectOf('databricks');

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

/** How many the warehouse tells apart, and how many our fingerprint does, by the first text of each. */
async function toldOf(groups: readonly (readonly string[])[]) {
  const texts = groups.flat();
  const selects = texts.map(
    (text, at) => `select ${at} as place, '${text.replaceAll("'", "''")}' as text`,
  );
  await server.seed('drop table if exists sales.texts');
  await server.seed(`create table sales.texts as ${selects.join(' union all ')}`);
  const sql = `select ${statementHash('t.text')} from sales.texts as t order by t.place`;
  const { rows } = await connector.query(sql, { purpose: 'history' });
  const hashes = rows.map(([hash]) => hash);
  let from = 0;
  return groups.map((some) => {
    const own = hashes.slice(from, from + some.length);
    from += some.length;
    const printed = some.map((text) => fingerprint(text, dialect).fingerprint);
    return [some[0], new Set(own).size, new Set(printed).size];
  });
}

it('keeps texts apart that are different statements by our fingerprint', async () => {
  const all = APART.map((some) => [some[0], some.length, some.length]);

  expect(await toldOf(APART)).toEqual(all);
});

it('asks for patterns that turn in Java and do not recurse: no group repeats without a bound', () => {
  const hours = { from: 0, to: 3_600_000 };
  const texts = groupsSql('system.query.history', hours).matchAll(/'((?:[^'\\]|\\.)*)'/g);
  const patterns = [...texts].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
  const bare = patterns.map((one) => one.replaceAll(/\\./g, 'x').replaceAll(/\[[^\]]*\]/g, 'x'));

  expect(bare.filter((one) => /\([^)]*\)[*+?]/.test(one)).length).toBeGreaterThan(0);
  expect(bare.filter((one) => /\)(?:[*+]|\{\d+,\})/.test(one))).toEqual([]);
});

it('takes texts for one that differ from run to run', async () => {
  expect(await toldOf(TOGETHER)).toEqual(TOGETHER.map(([first]) => [first, 1, 1]));
});
