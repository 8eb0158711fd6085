import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from '../small-world.ts';

const RECENT = `create or replace view silver.recent as select order_id, store_id from silver.orders where channel <> 'nowhere'`;
const BOARD = `create view gold.board as
select r.store_id, sum(l.net_amount) as revenue, count(*) as lines
from silver.order_lines l join silver.recent r on r.order_id = l.order_id group by r.store_id`;
const READ = 'select store_id, revenue from gold.board';

describe('sources that are widened, moved and redefined', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await SmallWorld.open({
      orderLines: 600,
      setup: [RECENT, BOARD],
      settings: { marts: { adoptable: [{ view: 'gold.board', maxStaleness: '74h' }] } },
    });
    await world.start();
    for (const day of [0, 1]) {
      for (let view = 0; view < 40; view += 1) {
        const at = FIRST_DAY + day * DAY_MS + (8 + view / 8) * HOUR_MS;
        world.record({ text: READ, at, user: `u${view % 2}`, client: 'metabase' });
      }
      await world.cycle(day + 1);
    }
  });
  afterAll(() => world.close());

  const everything = () => world.rows('select * from gold.board');
  const typeOf = () => world.rows('select distinct typeof(store_id) from gold.board');

  it('a widened column keeps its promised type, by a cast that loses nothing', async () => {
    const before = await everything();
    await world.run('alter table silver.orders alter column store_id type bigint');

    const seen = await world.cycle(3);
    const agreed = await world.goldsmith.apply(undefined);

    expect(seen.decision.plan.steps).toMatchObject([
      {
        action: {
          kind: 'follow-source',
          change: 'silver.orders.store_id was widened from INTEGER to BIGINT',
          definition: { sql: expect.stringContaining('cast(store_id as INTEGER) as store_id') },
        },
      },
    ]);
    expect(agreed.ok).toBe(true);
    expect(await everything()).toEqual(before);
    expect(await typeOf()).toEqual(['["INTEGER"]']);
    const { marts } = await world.cycle(4);
    expect(marts[0]?.stage).toBe('physical');
    expect(marts[0]?.held).toBeUndefined();
  });

  it('a view on the way that says something else is not answered from what it said before', async () => {
    const before = await everything();
    await world.run(RECENT.replace("'nowhere'", "'web'"));

    const steps = stepsOf(await world.cycle(5));

    expect(steps).toEqual([
      'repoint-view gold.board: done',
      'build-version gold.board: done',
      'repoint-view gold.board: done',
    ]);
    const after = await everything();
    expect(after).not.toEqual(before);
    expect(after).toEqual(
      await world.rows(
        `select r.store_id::integer, sum(l.net_amount) as revenue, count(*) as lines from silver.order_lines l join silver.recent r on r.order_id = l.order_id group by r.store_id`,
      ),
    );
    expect(stepsOf(await world.cycle(6))).toEqual([
      'repoint-view gold.board: done',
      'drop-version gold.board: done',
    ]);
  });

  it('a table that moved is followed where it went', async () => {
    const before = await everything();
    await world.run(
      'create table bronze.order_lines as from silver.order_lines',
      'drop table silver.order_lines',
    );

    const seen = await world.cycle(7);
    const agreed = await world.goldsmith.apply(undefined);

    expect(seen.reacted).toMatchObject([{ action: { kind: 'hold-version' } }]);
    expect(agreed.ok).toBe(true);
    const { marts } = await world.cycle(8);
    expect(marts[0]).toMatchObject({
      stage: 'physical',
      definition: { sources: ['bronze.order_lines', 'silver.orders'] },
    });
    expect(marts[0]?.held).toBeUndefined();
    expect(await everything()).toEqual(before);
  });
});
