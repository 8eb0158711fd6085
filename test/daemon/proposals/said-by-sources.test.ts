import { afterAll, beforeAll, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { type Engine, openEngine } from '../../../src/daemon/engine.ts';
import { quietLogger } from '../../../src/daemon/logger.ts';
import { saidBySources } from '../../../src/daemon/proposals/said-by-sources.ts';
import type { MartDefinition } from '../../../src/marts/mart.ts';
import { SmallWorld } from '../../scenarios/small-world.ts';

let world: SmallWorld;
let engine: Engine;
beforeAll(async () => {
  world = await SmallWorld.open({ orderLines: 10 });
  engine = await openEngine({
    config: world.configWith({}),
    clock: world.clock,
    log: quietLogger('silent'),
    instance: world.instance,
  });
});
afterAll(async () => {
  await engine.close();
  await world.close();
});

it('tells what the catalog says of columns that a mart passes on, by its own names, and of no other', async () => {
  for (const sql of [
    "comment on column silver.order_lines.product_id is 'what was bought'",
    "comment on column silver.order_lines.net_amount is 'without tax'",
    'create view silver.lines as select product_id as product, net_amount from silver.order_lines',
  ]) {
    await engine.connector.execute(sql, { purpose: 'publish' });
  }
  const definition: MartDefinition = {
    relation: relationId({ schema: 'gold', name: 'by_product' }),
    origin: 'candidate',
    sql: 'select product, sum(net_amount) as revenue from silver.lines group by product',
    columns: [
      { name: 'bought', type: 'integer' },
      { name: 'revenue', type: 'decimal(38,2)' },
    ],
    sources: [],
    obligations: [],
    maxStalenessMs: 0,
  };

  const said = await saidBySources(engine, { definitions: [definition], marts: [] });

  expect(said).toEqual(
    new Map([[definition.sql, new Map([['bought', { description: 'what was bought' }]])]]),
  );
  expect(await saidBySources(engine, { definitions: [], marts: [] })).toEqual(new Map());
});

it('tells nothing where nobody knows which output is which: a star over what has unknown columns', async () => {
  const definition: MartDefinition = {
    relation: relationId({ schema: 'gold', name: 'with_files' }),
    origin: 'candidate',
    sql: "select f.*, l.product_id from read_csv('files.csv') as f, silver.order_lines as l",
    columns: ['a', 'b', 'product_id'].map((name) => ({ name, type: 'integer' })),
    sources: [],
    obligations: [],
    maxStalenessMs: 0,
  };
  const sql = "comment on column silver.order_lines.product_id is 'what was bought'";
  await engine.connector.execute(sql, { purpose: 'publish' });

  expect(await saidBySources(engine, { definitions: [definition], marts: [] })).toEqual(new Map());
});
