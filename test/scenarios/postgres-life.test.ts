import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../servers/postgres-cluster.ts';
import { identities } from '../servers/postgres-identities.ts';
import { PostgresWorld } from './postgres-world.ts';
import { FIRST_DAY, LOOSE, stepsOf } from './small-world.ts';

const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
const BY_DAY = 'select order_date, sum(units) as units from gold.daily_sales group by order_date';
const EVERYTHING = 'select * from gold.daily_sales';

describe.skipIf(postgresBinaries === undefined)('a Goldsmith beside PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: PostgresWorld;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    world = await PostgresWorld.open(cluster);
    await world.start();
  });
  afterAll(async () => {
    await world.close();
    await cluster.stop();
  });

  function dashboards(day: number, cpuMs = 60): void {
    for (let view = 0; view < 20; view += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
      world.record({ text: BY_REGION, at, user: 'emea', cpuMs });
      world.record({ text: BY_DAY, at: at + 1000, user: 'apac', cpuMs });
    }
  }
  const readsOf = () =>
    Promise.all(
      [EVERYTHING, BY_REGION, BY_DAY, 'select * from gold.total_sales'].map((sql) =>
        world.rows(sql),
      ),
    );

  it('takes a view over that pays as a table, and readers get the same answers', async () => {
    const before = await readsOf();

    dashboards(0);
    expect(stepsOf(await world.cycle(1))).toEqual([]);
    dashboards(1);
    expect(stepsOf(await world.cycle(2))).toEqual([
      'adopt-view gold.daily_sales: done',
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);

    expect(await readsOf()).toEqual(before);
    const plan = JSON.stringify(await world.people(`explain ${BY_REGION}`));
    expect(plan).toContain('daily_sales__v1');
  });

  it('refreshes it when its sources changed', async () => {
    dashboards(2, 2);
    expect(stepsOf(await world.cycle(3))).toEqual(['repoint-view gold.daily_sales: done']);
    await world.people('insert into silver.order_lines values (7, 9, 1, 1000000.25)');

    const steps = stepsOf(await world.cycle(4));

    expect(steps).toEqual([
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
    expect(await world.rows('select sum(lines)::int as n from gold.daily_sales')).toEqual([
      '{"n":30001}',
    ]);
  });

  it('has the server keep it as a materialized view once that is allowed, refreshed in its place', async () => {
    await world.goldsmith.close();
    await world.start({ decide: { ...LOOSE.decide, nativeShapes: true } });
    await world.people('insert into silver.order_lines values (8, 9, 1, 2)');
    const readersSteps = async (day: number) =>
      stepsOf(await world.cycle(day)).filter((step) => !step.startsWith('drop-version'));

    expect(await readersSteps(5)).toEqual([
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);

    const kind = "select relkind from pg_class where oid = 'gold_data.daily_sales__v3'::regclass";
    expect(await world.rows(kind)).toEqual(['{"relkind":"m"}']);
    const plan = JSON.stringify(await world.people(`explain ${BY_REGION}`));
    expect(plan).toContain('daily_sales__v3');
    await world.people('insert into silver.order_lines values (9, 9, 1, 3)');
    expect(await readersSteps(6)).toEqual([
      'refresh-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
    expect(await world.rows('select sum(lines)::int as n from gold.daily_sales')).toEqual([
      '{"n":30003}',
    ]);
  });

  it('gives it back at a word of a person', async () => {
    const before = await readsOf();

    const answer = await world.goldsmith.rollback('gold.daily_sales');

    expect(answer.ok).toBe(true);
    expect(await readsOf()).toEqual(before);
    const plan = JSON.stringify(await world.people(`explain ${BY_REGION}`));
    expect(plan).toContain('order_lines');
  });
});
