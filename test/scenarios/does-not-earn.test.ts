import { afterEach, describe, expect, it } from 'vitest';
import { DAILY_SALES, SmallWorld, stepsOf } from './small-world.ts';

describe('a mart that does not earn', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('goes back to a view once its measured loss has passed its build cost, and its receipt says so', async () => {
    world = await SmallWorld.open({
      settings: { decide: { minimumLifeDays: 0, demoteMargin: 1 } },
    });
    const before = await world.rows('select * from gold.daily_sales');
    await world.start();
    for (const day of [0, 1]) {
      world.dashboards(day);
      await world.cycle(day + 1);
    }
    const done: string[] = [];
    for (let day = 2; day < 12 && !done.some((step) => step.startsWith('back')); day += 1) {
      const cycle = await world.cycle(day + 1);
      const demoted = (cycle.applied?.steps ?? []).some(
        ({ action, outcome }) =>
          action.kind === 'repoint-view' && action.to.kind === 'logical' && outcome === 'done',
      );
      done.push(...stepsOf(cycle), ...(demoted ? [`back on day ${day}`] : []));
    }

    expect(done.at(-1)).toMatch(/^back on day/);
    expect(await world.rows('select * from gold.daily_sales')).toEqual(before);
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).toContain('order_lines');
    const { receipts } = await world.goldsmith.receipts();
    const receipt = receipts.find(({ line }) => line === 'capacity');
    expect(receipt).toMatchObject({
      relation: expect.stringContaining('daily_sales'),
      rolledBack: true,
    });
    expect(receipt?.net).toBeLessThan(0);
  });
});
