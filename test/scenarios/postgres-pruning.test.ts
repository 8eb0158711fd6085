import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../servers/postgres-cluster.ts';
import { identities } from '../servers/postgres-identities.ts';
import { PostgresWorld } from './postgres-world.ts';
import { FIRST_DAY, stepsOf } from './small-world.ts';

const WIDE = `create view gold.order_facts as
select l.order_id, l.line_no, l.quantity, l.net_amount, o.order_date, s.store_name, s.region, coalesce(s.store_name, 'none') as shop
from silver.order_lines l
left join silver.orders o on o.order_id = l.order_id
join silver.stores s on s.store_id = o.store_id`;

const READ =
  'select order_date, sum(net_amount) as revenue, sum(quantity) as units from gold.order_facts group by order_date';
const HIDDEN =
  'select store_name, region, shop, count(*) as n from gold.order_facts group by store_name, region, shop';
const ADOPTABLE = {
  maxStaleness: '26h',
  adoptable: [{ view: 'gold.order_facts', maxStaleness: '26h' }],
};

describe.skipIf(postgresBinaries === undefined)('attributes nobody reads on PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: PostgresWorld;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    world = await PostgresWorld.open(cluster);
    await world.people(WIDE);
    await world.start({
      marts: ADOPTABLE,
      prune: {
        enabled: true,
        watchFor: '20d',
        announceFor: '1d',
        hideFor: '1d',
        minimumReadDays: 10,
        // What builds take on a busy machine decides nothing here.
        minimumCut: -100,
        paysWithin: '36500d',
        regretFactor: 0,
        tombstones: true,
      },
    });
    for (let day = -25; day < 2; day += 1) {
      read(day);
    }
  });
  afterAll(async () => {
    await world.close();
    await cluster.stop();
  });

  function read(day: number): void {
    for (let view = 0; view < 20; view += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
      world.record({ text: READ, at, user: view % 2 === 0 ? 'emea' : 'apac' });
    }
  }

  function next(day: number) {
    read(day - 1);
    return world.cycle(day);
  }

  const columns = () =>
    world.rows(`select a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type
from pg_attribute as a where a.attrelid = 'gold.order_facts'::regclass`);

  it('are hidden in a side table, answered as before, and cost who does not ask for them nothing', async () => {
    const before = {
      answers: await Promise.all([READ, HIDDEN].map((sql) => world.rows(sql))),
      columns: await columns(),
    };
    expect(stepsOf(await world.cycle(2))).toContain('repoint-view gold.order_facts: done');
    expect(stepsOf(await next(3))).toContain('mark-attributes gold.order_facts: done');
    const cycle = await next(4);

    expect(stepsOf(cycle)).toEqual([
      'repoint-view gold.order_facts: done',
      'build-version gold.order_facts: done',
      'repoint-view gold.order_facts: done',
      'mark-attributes gold.order_facts: done',
    ]);
    expect({
      answers: await Promise.all([READ, HIDDEN].map((sql) => world.rows(sql))),
      columns: await columns(),
    }).toEqual(before);
    const planOf = async (sql: string) => JSON.stringify(await world.people(`explain ${sql}`));
    expect(await planOf(READ)).toContain('order_facts__v2__rows');
    expect(await planOf(READ)).not.toContain('__side_');
    expect(await planOf(HIDDEN)).toContain('order_facts__v2__side_1');
  });

  it('come back at a read, and the others are taken away with a sentence', async () => {
    world.record({
      text: 'select region, count(*) from gold.order_facts group by region',
      at: FIRST_DAY + 4 * DAY_MS + 12 * HOUR_MS,
    });
    const cycle = await next(5);

    expect(stepsOf(cycle)).toContain('build-version gold.order_facts: done');
    const stages = (await world.goldsmith.attributes('gold.order_facts')).text;
    expect(stages).toMatch(/region\s+kept/);
    expect(stages).toMatch(/store_name\s+tombstoned/);
    await expect(world.people('select store_name from gold.order_facts')).rejects.toThrow(
      /gold\.order_facts\.store_name was pruned on .* goldsmith restore gold\.order_facts store_name/,
    );
    expect(await world.people('select count(region)::int as n from gold.order_facts')).toEqual([
      { n: 30_000 },
    ]);

    const { ok } = await world.goldsmith.restore('gold.order_facts', 'store_name');
    expect(ok).toBe(true);
    expect(
      await world.people('select count(distinct store_name)::int as n from gold.order_facts'),
    ).toEqual([{ n: 40 }]);
  });
});
