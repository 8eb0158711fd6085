import { afterEach, describe, expect, it } from 'vitest';
import type { SmallWorld } from '../../small-world.ts';
import { askedWorld, onlyProposal, proposalsOf } from '../asked-world.ts';

const BEN = { by: 'cli:ben' };

describe('a declined proposal', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('as sensitive is never asked again, under another name neither, until a person takes that back', async () => {
    world = await askedWorld();
    const { id, relation } = await onlyProposal(world);
    await world.goldsmith.decline(id, { ...BEN, reason: 'sensitive', words: 'ask legal' });

    world.dashboards(2);
    const { decision } = await world.cycle(3);
    // Nor is a wider mart over the same tables planned or told of.
    expect(decision.plan.steps).toEqual([]);
    expect(decision.verdicts.map(({ because }) => because)).toContain(
      'it reads all of what gold.daily_sales reads, which was declined for good on 2026-08-05, and is not tried until a person takes that back',
    );
    expect(world.logLines.filter((line) => line.includes('a plan waits'))).toHaveLength(1);
    expect((await onlyProposal(world)).state).toBe('declined');
    expect(decision.verdicts.find((one) => one.relation === relation)).toMatchObject({
      because:
        'it was declined for good on 2026-08-05, and is not tried until a person takes that back',
      flip: { needed: 'goldsmith reconsider' },
    });

    await expect(world.goldsmith.reconsider('gold.other', BEN)).rejects.toThrow(
      'nobody said no to gold.other; there are words about gold.daily_sales',
    );
    await world.goldsmith.reconsider('gold.daily_sales', BEN);
    await world.goldsmith.cycle();

    expect((await proposalsOf(world)).map(({ state }) => state)).toEqual(['open', 'declined']);
  });
});
