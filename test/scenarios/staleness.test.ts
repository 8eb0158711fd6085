import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/base/clock.ts';
import { heldBackClock, liveThroughNights } from './nights-before-now.ts';
import { DAILY_SALES, SmallWorld, stepsOf } from './small-world.ts';

const EVERYTHING = 'select * from gold.daily_sales';

describe('the staleness bound', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  async function onATable(parts: Parameters<typeof SmallWorld.open>[0] = {}): Promise<void> {
    world = await SmallWorld.open(parts);
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    expect(stepsOf(await world.cycle(2))).toContain('repoint-view gold.daily_sales: done');
  }

  it('sends the stable view back to its sources when a refresh may not run', async () => {
    await onATable();
    await world.run('delete from silver.order_lines where line_no = 1');
    await world.restart(world.configWith({ caps: { refreshesPerDay: 0 } }));

    await world.cycle(4);

    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).toContain('order_lines');
  });

  it('is held by the view itself under the real clock: past it, readers get their sources though no daemon runs', async () => {
    const clock = heldBackClock();
    world = await SmallWorld.open({ clock });
    await world.start();
    await liveThroughNights(world, clock, [75, 51, 27]);
    const [mart] = (await world.goldsmith.cycle()).marts;
    expect(mart).toMatchObject({ stage: 'physical', definition: { maxStalenessMs: 26 * HOUR_MS } });

    await world.run('update silver.order_lines set net_amount = 1');
    const [one = ''] = await world.rows(
      'select max(revenue / line_count)::varchar from gold.daily_sales',
    );
    expect(one).toBe('["1.0"]');

    clock.holdBack(0);
    await world.goldsmith.cycle();
    const refreshed = await world.rows(EVERYTHING);
    await world.run('update silver.order_lines set net_amount = 2');

    expect(await world.rows(EVERYTHING)).toEqual(refreshed);
  });
});
