import { afterEach, describe, expect, it } from 'vitest';
import { askedWorld, onlyProposal, proposalsOf } from '../proposals/asked-world.ts';
import type { SmallWorld } from '../small-world.ts';

const BOARD = 'select * from gold.daily_sales';

/** A cycle takes down what a mart was written for; so does whoever builds one between two cycles. */
describe('a source that is renamed between a yes and the next cycle', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it.each(['approve', 'apply'] as const)(
    'is followed by what `goldsmith %s` built, as by any other mart',
    async (verb) => {
      world = await askedWorld();
      const { id } = await onlyProposal(world);
      const before = await world.rows(BOARD);
      if (verb === 'apply') {
        await world.goldsmith.plan();
        await expect(world.goldsmith.apply(undefined)).resolves.toMatchObject({ ok: true });
      } else {
        await expect(world.goldsmith.approve(id, { by: 'cli:ana' })).resolves.toMatchObject({
          state: 'applied',
        });
      }

      await world.run('alter table silver.stores rename column region to sales_region');
      await world.cycle(3);

      expect(await world.rows(BOARD)).toEqual(before);
      const asked = (await proposalsOf(world)).find(({ kind }) => kind === 'follow');
      expect(asked).toMatchObject({
        state: 'open',
        title: 'Follow a change of the sources of gold.daily_sales',
      });
      expect(asked?.sql.join('\n')).toContain('sales_region');
    },
  );
});
