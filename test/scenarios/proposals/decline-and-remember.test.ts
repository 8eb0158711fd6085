import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { SmallWorld } from '../small-world.ts';
import { askedWorld, onlyProposal, proposalsOf } from './asked-world.ts';

const BEN = { by: 'cli:ben' };

describe('a declined proposal', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('is not asked again, not even when the state file is lost, until the evidence doubled', async () => {
    world = await askedWorld();
    const { id, relation } = await onlyProposal(world);

    const answer = await world.goldsmith.decline(id, { ...BEN, reason: 'not-worth-it' });
    expect(answer).toMatchObject({
      ok: true,
      state: 'declined',
      said: 'Take over and build gold.daily_sales: declined',
    });
    await expect(world.goldsmith.approve(id, BEN)).resolves.toMatchObject({
      ok: false,
      said: 'it was declined on 2026-08-05 by cli:ben, so it cannot be approved',
    });

    await world.goldsmith.close();
    rmSync(world.statePath, { force: true });
    await world.start();
    world.dashboards(2);
    const { decision } = await world.cycle(3);
    expect((await proposalsOf(world)).map(({ relation }) => relation)).not.toContain(relation);
    expect(decision.verdicts.find((one) => one.relation === relation)).toMatchObject({
      rule: 'was-not-declined',
      because: 'it was declined on 2026-08-05, and there is no second attempt for 90d',
    });

    for (const day of [3, 4]) {
      for (let times = 0; times < 8; times += 1) {
        world.dashboards(day);
      }
      await world.cycle(day + 1);
    }
    await world.goldsmith.cycle();

    expect((await proposalsOf(world)).find((one) => one.relation === relation)?.state).toBe('open');
    expect(world.logLines.join('')).toContain('the evidence more than doubled');
  });

  it('as sensitive is never asked again, under another name neither, until a person takes that back', async () => {
    world = await askedWorld();
    const { id, relation } = await onlyProposal(world);
    await world.goldsmith.decline(id, { ...BEN, reason: 'sensitive', words: 'ask legal' });

    world.dashboards(2);
    const { decision } = await world.cycle(3);
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
