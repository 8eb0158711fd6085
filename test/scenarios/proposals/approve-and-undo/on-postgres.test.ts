import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../src/base/clock.ts';
import type { ProposalView } from '../../../../src/http/service.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../../servers/postgres-cluster.ts';
import { identities } from '../../../servers/postgres-identities.ts';
import { PostgresWorld } from '../../postgres-world.ts';
import { FIRST_DAY, stepsOf } from '../../small-world.ts';

const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
const BY_DAY = 'select order_date, sum(units) as units from gold.daily_sales group by order_date';
const ANA = { by: 'cli:ana' };

/** The story of `approve-and-undo`, beside PostgreSQL. */
describe.skipIf(postgresBinaries === undefined)('a proposal beside PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: PostgresWorld;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    world = await PostgresWorld.open(cluster);
    await world.start({ mode: 'propose' });
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
  const views = async () => (await world.goldsmith.proposals()).value as readonly ProposalView[];
  const served = async () => JSON.stringify(await world.people(`explain ${BY_REGION}`));

  it('waits for a person, and changes nothing before', async () => {
    dashboards(0);
    await world.cycle(1);
    dashboards(1);
    const cycle = await world.cycle(2);

    expect(cycle.applied).toBeUndefined();
    expect(await views()).toMatchObject([
      { kind: 'build', state: 'open', title: 'Take over and build gold.daily_sales' },
    ]);
    expect(await served()).toContain('order_lines');
    expect(await world.people("select 1 from pg_namespace where nspname = 'goldsmith'")).toEqual(
      [],
    );
  });

  it('is carried out when a person says yes, and kept fresh without asking', async () => {
    const before = await world.rows(BY_REGION);
    const id = (await views())[0]?.id ?? '';

    const answer = await world.goldsmith.approve(id, ANA);

    expect(answer).toMatchObject({ ok: true, state: 'applied', applied: { ok: true } });
    expect(await world.rows(BY_REGION)).toEqual(before);
    expect(await served()).toContain('daily_sales__v1');
    await world.people('insert into silver.order_lines values (7, 9, 1, 1000000.25)');
    dashboards(2, 2);
    expect(stepsOf(await world.cycle(3))).toEqual([
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
  });

  it('is taken back by a word', async () => {
    const before = await world.rows(BY_REGION);
    const id = (await views())[0]?.id ?? '';

    const answer = await world.goldsmith.undo(id, ANA);

    expect(answer).toMatchObject({ ok: true, state: 'undone' });
    expect(await served()).toContain('order_lines');
    expect(await world.rows(BY_REGION)).toEqual(before);
  });
});
