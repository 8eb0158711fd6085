import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Needs } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { grantsIn } from '../../servers/databricks-grants.ts';
import { startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const needs: Needs = {
  schemas: ['gold', 'gold_data', 'goldsmith'],
  makes: [{ schema: 'gold_data', kinds: ['table', 'materialized view'] }],
  adoptable: [],
  writes: true,
  history: 'system.query.history',
};
// What is commented out goes with native shapes.
const FILE = readFileSync('config/grants/databricks.sql', 'utf8').replaceAll(
  /^-- (grant .*;)$/gm,
  '$1',
);
/** What it makes there it owns, and the way there is granted on the catalog, too. */
const OF_ITS_OWN =
  /^(use schema|select|modify) on shop\.(gold|gold_data|goldsmith) to goldsmith-writer$/;

it('leaves nothing missing, and each grant of the file is named by the doctor when it is gone', async () => {
  const server = await startDatabricks();
  await server.seed('create schema if not exists shop.gold_data');
  await server.seed('create schema if not exists shop.goldsmith');
  await server.seed('create table shop.sales.orders (id bigint)');
  const ended = "now()::timestamp - interval '30 minutes'";
  await server.seed(`insert into lakehouse.query.history by name select 's' as statement_id, 'FINISHED' as execution_status,
  'ann' as executed_by, ${ended} as start_time, ${ended} as end_time`);
  await server.grant(FILE);
  const connector = await openDatabricks(targetOn(server));

  const missing = async () => {
    const found = (await connector.diagnose?.(needs, { purpose: 'catalog' })) ?? [];
    const prices = await connector.readPrices?.({ purpose: 'catalog' });
    const remedies = [
      ...found.filter(({ ok, isWarning }) => !ok || isWarning).flatMap(({ remedy }) => remedy),
      ...(prices !== undefined && 'remedy' in prices ? prices.remedy : []),
    ];
    return grantsIn(remedies.join('\n')).map(
      ({ privilege, on, to }) =>
        `${privilege} on ${on.includes('.') || SOLE.has(on) ? on : `shop.${on}`} to ${to}`,
    );
  };
  expect(await missing()).toEqual([]);

  const grants = grantsIn(FILE);
  const kindOf = (on: string) => (on.includes('.') ? 'schema' : 'catalog');
  // What one identity lacks of one privilege, in several places.
  const lacks = Map.groupBy(grants, ({ privilege, to, on }) => `${privilege} ${kindOf(on)} ${to}`);
  for (const gone of lacks.values()) {
    const each = (verb: string, how: string) =>
      gone
        .map(({ privilege, on, to }) => `${verb} ${privilege} on ${kindOf(on)} ${on} ${how} ${to};`)
        .join('\n');
    await server.grant(each('revoke', 'from'));
    const said = gone.map(({ privilege, on, to }) => `${privilege} on ${on} to ${to}`);
    expect(await missing()).toEqual(
      expect.arrayContaining(said.filter((one) => !OF_ITS_OWN.test(one))),
    );
    await server.grant(each('grant', 'to'));
  }

  expect(await missing()).toEqual([]);
  expect(grants.length).toBeGreaterThan(25);
  await connector.close();
  await server.close();
});

/** Catalogs; a schema named alone is the warehouse's own catalog's. */
const SOLE: ReadonlySet<string> = new Set(['shop', 'system']);
