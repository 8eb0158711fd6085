import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { GoldsmithError } from '../../src/base/goldsmith-error.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../servers/postgres-cluster.ts';
import { identities } from '../servers/postgres-identities.ts';
import { PostgresWorld } from './postgres-world.ts';
import { FIRST_DAY } from './small-world.ts';

const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
const BY_DAY = 'select order_date, sum(units) as units from gold.daily_sales group by order_date';

describe.skipIf(postgresBinaries === undefined)('a PostgreSQL server that is restarted', () => {
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

  function dashboards(day: number): void {
    for (let view = 0; view < 20; view += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
      world.record({ text: BY_REGION, at, user: 'emea' });
      world.record({ text: BY_DAY, at: at + 1000, user: 'apac' });
    }
  }

  it('during a cycle costs that cycle at most: one sentence tells it, and the next one builds', async () => {
    const before = await world.rows(BY_REGION);
    dashboards(0);
    await world.cycle(1);
    dashboards(1);

    const cycle = world.cycle(2).then(
      ({ applied }) => (applied?.steps ?? []).filter(({ outcome }) => outcome === 'failed'),
      (error: unknown) => [error],
    );
    await cluster.restart();
    for (const trouble of await cycle) {
      if (trouble instanceof Error) {
        expect(trouble).toBeInstanceOf(GoldsmithError);
        expect(trouble.message).toMatch(/^[^\n]+$/);
      } else {
        expect(trouble).toMatchObject({ detail: expect.stringMatching(/^[^\n]+$/) });
      }
    }

    expect(await world.rows(BY_REGION)).toEqual(before);
    dashboards(2);
    await world.cycle(3);
    dashboards(3);
    const { marts } = await world.cycle(4);
    expect(marts.map(({ stage }) => stage)).toContain('physical');
    expect(await world.rows(BY_REGION)).toEqual(before);
  });
});
