import { afterAll, beforeAll, expect, it } from 'vitest';
import { stepsOf } from '../../small-world.ts';
import { askedShop, onDuckdbAlone, onEachWarehouse, type Shop, theProposal } from '../a-shop.ts';

const ANA = { by: 'cli:ana' };

onEachWarehouse('a proposal nobody answers', (kind) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await askedShop(kind, { propose: { openFor: '1d', laterFor: '2d' } });
  });
  afterAll(() => shop.close());

  it('expires, cannot be approved any more, and is asked again only after a while', async () => {
    const { id } = await theProposal(shop);

    shop.dashboards(2);
    expect(stepsOf(await shop.cycle(3))).toEqual([]);

    const expired = await theProposal(shop);
    expect(expired).toMatchObject({ id, state: 'expired' });
    expect(expired.moves.at(-1)).toMatchObject({
      by: 'goldsmith',
      words: 'nobody answered in time',
    });
    const late = await shop.goldsmith.approve(id, ANA);
    expect(late.ok).toBe(false);
    expect(late.said).toMatch(/^it was expired on .* by goldsmith, so it cannot be approved$/);

    shop.dashboards(3);
    await shop.cycle(4);
    expect((await theProposal(shop)).id).toBe(id);
    shop.dashboards(4);
    await shop.cycle(5);
    const { value } = await shop.goldsmith.proposals();
    expect(value).toMatchObject([{ state: 'open' }, { id, state: 'expired' }]);
    expect(await shop.versions()).toBe(0);
  });
});

onDuckdbAlone('a yes that cannot be carried out in time', (kind) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await askedShop(kind, {
      propose: { approvedFor: '1d' },
      caps: { freezeWindows: [{ from: '2026-08-05T00:00:00Z', until: '2026-08-06T20:00:00Z' }] },
    });
  });
  afterAll(() => shop.close());

  it('expires too: what was agreed to once is not done on another day', async () => {
    const { id } = await theProposal(shop);

    const answer = await shop.goldsmith.approve(id, ANA);

    expect(answer).toMatchObject({ ok: true, state: 'approved' });
    expect(answer.text).toContain('freeze');
    shop.dashboards(2);
    await shop.cycle(3);
    shop.dashboards(3);
    expect(stepsOf(await shop.cycle(4))).toEqual([]);
    const { value } = await shop.goldsmith.proposals();
    expect(value).toMatchObject([{ id, state: 'expired' }]);
    expect((await theProposal(shop)).moves.at(-1)?.words).toBe(
      'it was approved and could not be applied in time: ask for it again',
    );
    expect(await shop.versions()).toBe(0);
  });
});
