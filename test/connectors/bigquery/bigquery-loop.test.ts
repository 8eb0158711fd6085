import { describe, expect, it } from 'vitest';
import { resumeInterrupted } from '../../../src/materializer/resume.ts';
import { findObject } from '../../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import { loopConformance } from '../../conformance/loop-conformance.ts';
import {
  build,
  DAY,
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
import { BIGQUERY } from './loop-subject.ts';

loopConformance(BIGQUERY);
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
  it('is undone where a kill left it half made, and found wrong by its proof, though the service answers its definition from it, and readers get that back', async () => {
    const world = await openLoopWorld(BIGQUERY);
    const mart = salesOf(BIGQUERY);
    const table = versionTable(1, BIGQUERY);
    const definition = salesDefinition(BIGQUERY);
    const native = { kind: 'materialized view' } as const;
    const made = build(1, 'promote', BIGQUERY);
    const refresh = { kind: 'refresh-version', mart, version: 1, table, proveWhole: true } as const;
    const readers = () => world.rows(`select region, orders from ${mart} order by region`);
    const right = await world.rows(
      `select region, orders from (${definition.sql}) as s order by region`,
    );

    await world.apply([{ kind: 'create-mart', mart, definition }]);
    const killed = await world
      .apply([{ ...made, native } as Action], {
        faults: ({ moment }) => {
          if (moment === 'inside') {
            throw new Error('pulled out');
          }
        },
      })
      .catch((error: unknown) => error);
    expect(killed).toMatchObject({ kind: 'stopped' });
    await resumeInterrupted(world.work);
    expect(await findObject(world.connector, table)).toBeUndefined();

    const { steps } = await world.apply([
      { ...made, native } as Action,
      toVersion(1, START + DAY, BIGQUERY),
    ]);
    expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect((await findObject(world.connector, table))?.kind).toBe(native.kind);
    expect(await readers()).toEqual(right);

    await world.people("update bq_info.recorded_materialized set query = query || ' limit 3'");
    const found = await world.apply([{ ...refresh, budget: { cpuMs: 60_000 } }]);

    expect(found.steps[0]?.code).toBe('CHECK_SAME_ROW_COUNT');
    expect(await readers()).toEqual(right);
    expect((await world.ledger.readMarts())[0]).toMatchObject({ stage: 'logical' });
    await world.close();
  });
});
