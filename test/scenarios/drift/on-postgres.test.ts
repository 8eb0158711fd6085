import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities } from '../../servers/postgres-identities.ts';
import { PostgresWorld } from '../postgres-world.ts';
import { FIRST_DAY, stepsOf } from '../small-world.ts';

const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
const BY_DAY = 'select order_date, sum(units) as units from gold.daily_sales group by order_date';
const EVERYTHING = 'select * from gold.daily_sales';

/** PostgreSQL carries views along with what they read: what must follow is the definition in the ledger. */
describe.skipIf(postgresBinaries === undefined)('sources that change on PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: PostgresWorld;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    world = await PostgresWorld.open(cluster);
    await world.start();
    for (const day of [0, 1]) {
      for (let view = 0; view < 20; view += 1) {
        const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
        world.record({ text: BY_REGION, at, user: 'emea' });
        world.record({ text: BY_DAY, at: at + 1000, user: 'apac' });
      }
      await world.cycle(day + 1);
    }
  }, 180_000);
  afterAll(async () => {
    await world.close();
    await cluster.stop();
  });

  const mart = async () => (await world.goldsmith.cycle()).marts[0];

  it('a renamed column is nobody else’s change, and the definition follows when a person agrees', async () => {
    const before = await world.rows(EVERYTHING);
    await world.people('alter table silver.stores rename column region to sales_region');
    const whole = await world.rows(EVERYTHING);

    const seen = await world.cycle(3);
    const agreed = await world.goldsmith.apply(undefined);

    expect(whole).toEqual(before);
    expect(seen.marts).toMatchObject([{ stage: 'physical' }]);
    expect(seen.decision.plan.steps).toMatchObject([
      { action: { kind: 'follow-source', proof: 'approved' } },
    ]);
    expect(agreed.ok).toBe(true);
    const after = await world.cycle(4);
    expect(stepsOf(after)).toEqual(['repoint-view gold.daily_sales: done']);
    expect(after.marts).toMatchObject([
      { stage: 'physical', former: [{ because: expect.stringContaining('sales_region') }] },
    ]);
    expect(after.marts[0]?.held).toBeUndefined();
    expect(after.marts[0]?.definition.sql).toContain('sales_region');
    expect(await world.rows(EVERYTHING)).toEqual(before);
  });

  it('the engine itself forbids what would break the view', async () => {
    for (const sql of [
      'alter table silver.stores drop column sales_region',
      'alter table silver.stores alter column sales_region type text',
    ]) {
      await expect(world.people(sql)).rejects.toThrow(/depend|used by a view/);
    }
  });

  it('a source that empties begins an incident, readers keep their version, and it ends when the source heals', async () => {
    const before = await world.rows(EVERYTHING);
    await world.people('create table silver.away as select * from silver.order_lines');
    await world.people('delete from silver.order_lines');

    const seen = await world.cycle(4.04);
    const during = await world.rows(EVERYTHING);
    const told = (await world.goldsmith.drift()).text;
    await world.people('insert into silver.order_lines select * from silver.away');
    await world.cycle(4.06);

    expect(stepsOf(seen)).toEqual([]);
    expect(during).toEqual(before);
    expect(told).toContain(
      'incident  gold.daily_sales: silver.order_lines has no rows and had 30000',
    );
    expect((await world.goldsmith.drift()).text).toContain('all is well again');
    expect(await world.rows(EVERYTHING)).toEqual(before);
  });

  it('a table that moved to another schema is followed too', async () => {
    const before = await world.rows(EVERYTHING);
    await world.people('create schema bronze');
    await world.people('alter table silver.stores set schema bronze');

    await world.cycle(5);
    const agreed = await world.goldsmith.apply(undefined);

    expect(agreed.ok).toBe(true);
    const { definition, stage } = (await mart()) ?? {};
    expect(stage).toBe('physical');
    expect(definition?.sources).toEqual(['bronze.stores', 'silver.order_lines', 'silver.orders']);
    expect(await world.rows(EVERYTHING)).toEqual(before);
  });

  it('somebody’s other definition of the view is still told from a rename', async () => {
    await world.people(
      'create or replace view gold.daily_sales as select * from (select s.sales_region::varchar(20) as region, o.order_date, sum(l.net_amount) as revenue, 1::bigint as units, count(*) as lines from silver.order_lines l join silver.orders o on o.order_id = l.order_id join bronze.stores s on s.store_id = o.store_id group by 1, 2) as other',
    );

    const { marts } = await world.cycle(6);

    const mart = marts.find(({ definition }) => definition.origin === 'adopted');
    expect(mart?.stage).toBe('quarantined');
  });
});
