import { afterEach, describe, expect, it } from 'vitest';
import { SmallWorld, stepsOf } from '../small-world.ts';
import { proposalsOf } from './asked-world.ts';

const BOARD = 'select * from gold.daily_sales';

describe('a change of sources that only a person can let a mart follow', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('is asked in mode auto too, and followed when somebody says yes', async () => {
    world = await SmallWorld.open();
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    await world.cycle(2);
    const before = await world.rows(BOARD);

    await world.run('alter table silver.stores rename column region to sales_region');
    const cycle = await world.cycle(3);

    expect(stepsOf(cycle).join()).not.toContain('follow-source');
    const asked = (await proposalsOf(world)).find(({ kind }) => kind === 'follow');
    expect(asked).toMatchObject({
      state: 'open',
      title: 'Follow a change of the sources of gold.daily_sales',
    });
    expect(asked?.because).toContain('region');
    expect(asked?.sql.join('\n')).toContain('sales_region');
    expect(await world.rows(BOARD)).toEqual(before);

    const answer = await world.goldsmith.approve(asked?.id ?? '', { by: 'cli:ana' });

    expect(answer).toMatchObject({ ok: true, state: 'applied' });
    expect(await world.rows(BOARD)).toEqual(before);
    const told = (await world.goldsmith.drift()).text;
    expect(told).toMatch(/over +gold.daily_sales: .*: its definition was rewritten \(/);
    expect(told).not.toContain('  incident  ');
    const [mart] = (await world.goldsmith.cycle()).marts;
    expect(mart?.definition.sql).toContain('sales_region');
    expect(await world.rows(BOARD)).toEqual(before);

    const undo = () => world.goldsmith.undo(asked?.id ?? '', { by: 'cli:ana' });
    await expect(undo()).rejects.toThrow(
      'Follow a change of the sources of gold.daily_sales (gold.daily_sales) was not taken back: its former definition cannot be computed any more (silver.stores.region is now called sales_region',
    );
    await expect(undo()).rejects.toThrow('Put the source back as it was');
    expect((await proposalsOf(world)).find(({ kind }) => kind === 'follow')?.state).toBe('applied');

    await world.run(
      'alter table silver.stores add column region varchar',
      'update silver.stores set region = sales_region',
    );

    await expect(undo()).resolves.toMatchObject({ ok: true, state: 'undone' });
    const again = await world.goldsmith.cycle();
    expect(again.marts[0]?.definition.sql).toBe(mart?.former?.at(-1)?.sql);
    expect(again.input.drift).toBeUndefined();
    expect(await world.rows(BOARD)).toEqual(before);
  });
});
