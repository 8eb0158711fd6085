import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { DAILY_SALES, SmallWorld, stepsOf } from './small-world.ts';

describe('a state file that is deleted', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('is made anew: the ledger still knows the marts, nothing is built again, the history is read again', async () => {
    world = await SmallWorld.open();
    await world.start();
    for (const day of [0, 1, 2]) {
      await world.cycle(day);
      world.dashboards(day);
    }
    const before = await world.cycle(3);
    expect(before.marts).toMatchObject([{ stage: 'physical', current: { version: 1 } }]);
    await world.goldsmith.close();
    for (const end of ['', '-wal', '-shm']) {
      rmSync(`${world.statePath}${end}`, { force: true });
    }

    await world.start();
    const after = await world.cycle(4);

    expect(after.ingest.counted).toBe(120);
    expect(after.marts).toMatchObject([{ stage: 'physical', current: { version: 1 } }]);
    expect(stepsOf(after).filter((step) => !step.startsWith('repoint-view'))).toEqual([]);
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).not.toContain('order_lines');
  });

  it('does not forget what a person said no to', async () => {
    world = await SmallWorld.open();
    await world.start();
    for (const day of [0, 1, 2]) {
      await world.cycle(day);
      world.dashboards(day);
    }
    await world.goldsmith.rollback('gold.daily_sales');
    await world.goldsmith.close();
    for (const end of ['', '-wal', '-shm']) {
      rmSync(`${world.statePath}${end}`, { force: true });
    }

    await world.start();
    const done: string[] = [];
    for (const day of [3, 4, 5, 6]) {
      world.dashboards(day);
      done.push(...stepsOf(await world.cycle(day)));
    }

    expect(done.filter((step) => step.startsWith('build-version'))).toEqual([]);
  });
});
