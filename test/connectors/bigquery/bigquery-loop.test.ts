import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/base/digest.ts';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import { findObject } from '../../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import { loopConformance } from '../../conformance/loop-conformance.ts';
import {
  build,
  DAY,
  idOf,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  toVersion,
  versionTable,
} from '../../conformance/loop-world.ts';
import { nativeConformance } from '../../conformance/native-conformance.ts';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { BIGQUERY, GRANTED } from './loop-subject.ts';

loopConformance(GRANTED);
nativeConformance({
  ...BIGQUERY,
  native: { kind: 'materialized view' },
  live: true,
  refused: {
    native: { kind: 'materialized view' },
    first: "update bq_info.edition set name = 'STANDARD'",
    because: /Materialized views are not supported by the STANDARD edition/,
  },
  alter: () =>
    "update bq_info.recorded_options set option_value = 'true' where option_name = 'enable_refresh'",
  // The service would have to be wrong.
  spoil: () =>
    `update bq_info.recorded_materialized set query = 'select * from (' || query || ') as wrong limit 3'`,
});
stagedConformance(BIGQUERY);
rangesConformance({
  ...BIGQUERY,
  kinds: [
    { column: 'day', type: 'DATE' },
    { column: 'moment', type: 'DATETIME' },
    { column: 'shop_id', type: 'INT64' },
  ],
});

describe('a mart that BigQuery keeps', () => {
  it('gives its readers the definition back once a table it is made of was made anew, and is dropped later', async () => {
    const world = await openLoopWorld(BIGQUERY);
    const mart = salesOf(BIGQUERY);
    const table = versionTable(1, BIGQUERY);
    const definition = salesDefinition(BIGQUERY);
    const native = { kind: 'materialized view' } as const;
    const readers = () => world.rows(`select region, orders from ${mart} order by region`);
    await world.apply([
      { kind: 'create-mart', mart, definition },
      { ...build(1, 'promote', BIGQUERY), native } as Action,
      toVersion(1, START + DAY, BIGQUERY),
    ]);
    const before = await readers();
    await world.people(
      "create or replace table shop.customers as select id, 'r' || (id % 2) as region from range(20) as t(id)",
    );
    await expect(readers()).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });

    const { withdrawn } = await guardMarts(world.work);

    expect(withdrawn.map(({ because }) => because)).toEqual([
      `the materialized view ${table} carries our marker, but answers nobody: it was emptied, or a table it is made of was made anew; it is built anew`,
    ]);
    expect(await readers()).toHaveLength(before.length / 2);
    world.clock.turnTo(START + 30 * DAY);
    const { steps } = await world.apply([{ kind: 'drop-version', mart, version: 1, table }]);
    expect(steps[0]?.outcome).toBe('done');
    expect(await findObject(world.connector, table)).toBeUndefined();
    await world.close();
  });

  it('answers nobody once a table it is made of is renamed, which ends no look at the others, and follows at a word', async () => {
    const world = await openLoopWorld(BIGQUERY);
    const mart = salesOf(BIGQUERY);
    const definition = salesDefinition(BIGQUERY);
    const readers = () => world.rows(`select region, orders from ${mart} order by region`);
    const made = build(1, 'promote', BIGQUERY);
    const { steps } = await world.apply([
      { kind: 'create-mart', mart, definition },
      made.kind === 'build-version' ? { ...made, native: { kind: 'materialized view' } } : made,
      toVersion(1, START + DAY, BIGQUERY),
    ]);
    expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    const before = await readers();
    await world.people('alter table shop.customers rename to clients');

    const because = expect.stringMatching(/answers nobody.* cannot be given its definition now/);
    expect(await guardMarts(world.work)).toEqual({
      quarantined: [],
      withdrawn: [{ relation: mart, because, restored: false }],
      unsettled: new Map(),
    });

    const [, orders] = definition.sources;
    const follow: Action = {
      kind: 'follow-source',
      mart,
      from: digestOf(definition),
      definition: {
        ...definition,
        sql: definition.sql.replaceAll('shop.customers', 'shop.clients'),
        sources: [idOf(BIGQUERY, 'shop.clients'), ...(orders === undefined ? [] : [orders])],
        obligations: definition.obligations.map((each) => ({
          ...each,
          relation: idOf(BIGQUERY, 'shop.clients'),
        })),
      },
      change: 'shop.customers is shop.clients',
      proof: 'same-answers',
    };
    const codes = async (action: Action) =>
      (await world.apply([action])).steps.map(({ code }) => code);
    expect(await codes(follow)).toEqual(['NOT_COMPARABLE']);
    expect(await codes({ ...follow, proof: 'approved' })).toEqual(['DONE']);
    expect(await readers()).toEqual(before);
    expect((await world.ledger.readMarts())[0]).toMatchObject({ stage: 'logical' });
    await world.close();
  });
});
