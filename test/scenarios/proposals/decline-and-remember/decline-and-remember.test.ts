import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProposalView } from '../../../../src/http/service.ts';
import { askedShop, onEachWarehouse, type Shop, theProposal } from '../a-shop.ts';

const BEN = { by: 'cli:ben' };

onEachWarehouse('a declined proposal', (kind) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await askedShop(kind);
  });
  afterAll(() => shop.close());

  it('is not asked again, not even when the state file is lost, until the evidence doubled', async () => {
    const { id, relation } = await theProposal(shop);
    const about = async () =>
      ((await shop.goldsmith.proposals()).value as readonly ProposalView[]).filter(
        (one) => one.relation === relation,
      );

    const answer = await shop.goldsmith.decline(id, { ...BEN, reason: 'not-worth-it' });
    expect(answer).toMatchObject({
      ok: true,
      state: 'declined',
      said: 'Take over and build gold.daily_sales: declined',
    });
    await expect(shop.goldsmith.approve(id, BEN)).resolves.toMatchObject({
      ok: false,
      said: 'it was declined on 2026-08-05 by cli:ben, so it cannot be approved',
    });

    await shop.stop();
    rmSync(shop.statePath, { force: true });
    await shop.start();
    shop.dashboards(2);
    const { decision } = await shop.cycle(3);
    expect(await about()).toEqual([]);
    expect(decision.verdicts.find((one) => one.relation === relation)).toMatchObject({
      rule: 'was-not-declined',
      because: 'it was declined on 2026-08-05, and there is no second attempt for 90d',
    });
    expect(await shop.versions()).toBe(0);

    for (let times = 0; times < 8; times += 1) {
      shop.dashboards(3);
    }
    await shop.cycle(4);
    await shop.goldsmith.cycle();

    expect(await about()).toMatchObject([{ state: 'open' }]);
    expect(shop.logLines.join('')).toContain('the evidence more than doubled');
  });
});
