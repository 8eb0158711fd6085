import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import { findObject, nativeText } from '../../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  salesSqlOf,
  toVersion,
  versionTable,
} from '../../conformance/loop-world.ts';
import { SNOWFLAKE } from './loop-subject.ts';

const SUBJECT = { ...SNOWFLAKE, oneTable: true } as const;
const kind = 'materialized view';
const sales = salesOf(SUBJECT);
const table = versionTable(1, SUBJECT);
const create: Action = { kind: 'create-mart', mart: sales, definition: salesDefinition(SUBJECT) };
const built = { ...build(1, 'promote', SUBJECT), native: { kind } } as Action;
const flip = toVersion(1, START + DAY, SUBJECT);
const EDITION = '"SHOP"."SNOW_INFORMATION".own_edition';

describe('a mart that Snowflake keeps as a materialized view', () => {
  let world: LoopWorld;

  beforeEach(async () => {
    world = await openLoopWorld(SUBJECT);
  });
  afterEach(() => world.close());

  const readers = () => world.rows(`select region, orders, amount from ${sales} order by region`);
  const fromBase = async () => {
    const sql = `${salesSqlOf(SUBJECT)} order by 1`;
    return (await world.connector.query(sql, { purpose: 'verify', readsKept: false })).rows;
  };
  const answers = async () =>
    (await nativeText(world.connector, { kind, relation: table })) !== undefined;
  const guarded = async () => {
    const { withdrawn, quarantined } = await guardMarts(world.work);
    return [...withdrawn, ...quarantined];
  };

  async function does(...actions: readonly Action[]) {
    const { steps } = await world.apply(actions);
    expect(steps.map(({ outcome, detail }) => `${outcome}: ${detail}`)).toEqual(
      steps.map(() => expect.stringMatching(/^done: /)),
    );
  }

  it('is refused where it does not hold what its table gives, though the account answers the definition from it, too', async () => {
    await world.people(`insert into ${EDITION} values ('WRONG')`);
    await does(create);

    const { steps } = await world.apply([built]);

    expect(steps[0]?.code).toBe('CHECK_SAME_ROW_COUNT');
    expect(await findObject(world.connector, table)).toBeUndefined();
  });

  it('is a table where its own cannot be cloned, for then nothing could be proved of it', async () => {
    await world.people(`insert into "SHOP"."SNOW_INFORMATION".own_uncloned values ('ORDERS')`);
    await does(create, built);

    expect((await findObject(world.connector, table))?.kind).toBe('table');
    expect((await world.ledger.readMarts())[0]?.notNative).toMatchObject({
      kind,
      because: expect.stringMatching(/Invalid clone of ORDERS/),
    });
  });

  it('costs nothing while it is hidden, answers while it is held, and is let go once its table was made anew or somebody stopped it', async () => {
    await does(create, built);
    expect(await guarded()).toEqual([]);
    expect(await answers()).toBe(false);

    await does(flip);
    expect(await answers()).toBe(true);
    const hold = { kind: 'hold-version', mart: sales, version: 1, table } as const;
    await does({ ...hold, because: 'a test' });
    expect(await guarded()).toEqual([]);
    expect(await readers()).toEqual(await fromBase());
    await does(toVersion(1, START + DAY - 1, SUBJECT));

    await world.people(
      'create or replace table public.orders as select * from public.orders where id < 100',
    );
    await expect(readers()).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
    expect(await guarded()).toMatchObject([
      { relation: sales, because: expect.stringContaining('answers nobody'), restored: true },
    ]);
    expect(await readers()).toEqual(await fromBase());
    expect((await world.ledger.readMarts())[0]).toMatchObject({ stage: 'logical' });
  });
});
