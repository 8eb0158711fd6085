import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { startGoldsmith } from '../../src/daemon/start-goldsmith.ts';
import { DAILY_SALES, FIRST_DAY, SmallWorld, stepsOf } from './small-world.ts';

describe('a change by somebody else', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('to the stable view stops Goldsmith there: their view stays, the mart is quarantined', async () => {
    world = await SmallWorld.open();
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    await world.cycle(2);
    await world.run(
      "create or replace view gold.daily_sales as select 'mine' as region, 1 as revenue",
    );
    world.dashboards(2);

    const cycle = await world.cycle(3);

    expect(await world.rows('select * from gold.daily_sales')).toEqual(['["mine",1]']);
    expect(cycle.marts.filter(({ stage }) => stage === 'physical')).toEqual([]);
    expect(stepsOf(cycle).filter((step) => /^(build|repoint).*done/.test(step))).toEqual([]);
    expect(world.logLines.join('')).toMatch(/quarantine/);

    const { receipts } = await world.goldsmith.receipts();
    expect(receipts.map(({ rolledBack }) => rolledBack)).toEqual([true, true]);

    world.dashboards(3);
    const later = await world.cycle(4);
    expect(stepsOf(later).filter((step) => step.endsWith('done'))).toEqual([]);
    expect(await world.rows('select * from gold.daily_sales')).toEqual(['["mine",1]']);
  });

  it('to a hidden version sends readers back to the logical definition', async () => {
    world = await SmallWorld.open();
    const before = await world.rows('select * from gold.daily_sales');
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    const built = await world.cycle(2);
    const table = built.marts.find(({ stage }) => stage === 'physical')?.current?.table ?? '';
    await world.run(`delete from ${table}`);
    world.dashboards(2);

    await world.cycle(3);

    expect(await world.rows('select * from gold.daily_sales')).toEqual(before);
  });

  it('is not named by route any more while the cycle that stopped the mart still runs', async () => {
    world = await SmallWorld.open();
    let meanwhile: (what: string) => void = () => {};
    const goldsmith = await startGoldsmith({
      config: world.config,
      instance: world.instance,
      clock: world.clock,
      progress: (what) => meanwhile(what),
    });
    const turnTo = (day: number) => world.clock.turnTo(FIRST_DAY + day * DAY_MS + 3 * HOUR_MS);
    for (const day of [0, 1]) {
      world.dashboards(day);
      turnTo(day + 1);
      await goldsmith.cycle();
    }
    const ask = () => goldsmith.route({ sql: DAILY_SALES, client: 'notebook' });
    expect(await ask()).toMatchObject({ answer: 'mart' });
    const built = (await goldsmith.cycle()).marts.find(({ stage }) => stage === 'physical');
    await world.run(`delete from ${built?.current?.table ?? ''}`);
    const asked: ReturnType<typeof ask>[] = [];
    meanwhile = (what) => {
      if (what.startsWith('measuring savings')) {
        asked.push(ask());
      }
    };

    await goldsmith.cycle();

    expect(await Promise.all(asked)).toMatchObject([
      { answer: 'base', because: [{ code: 'MART_WITHDRAWN' }] },
    ]);
    await goldsmith.close();
  });
});
