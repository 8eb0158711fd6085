import { afterAll, beforeAll, expect, it } from 'vitest';
import { askedShop, onEachWarehouse, type Shop, theProposal } from '../a-shop.ts';

const ANA = { by: 'cli:ana' };

onEachWarehouse('a plan whose world moved before the yes', (kind) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await askedShop(kind);
  });
  afterAll(() => shop.close());

  it('is not carried out: people are asked again about what would be done now', async () => {
    const { id, meaning } = await theProposal(shop);
    const before = await shop.answers();
    await shop.redefine();

    const answer = await shop.goldsmith.approve(id, ANA);

    expect(answer).toMatchObject({ ok: true, state: 'open' });
    expect(answer.text).toContain(
      'it was not carried out: what it would do is no longer what was approved: the yes is void',
    );
    expect(await shop.versions()).toBe(0);
    const reworded = await theProposal(shop);
    expect(reworded.id).toBe(id);
    expect(reworded.meaning).not.toBe(meaning);
    expect(reworded.sql.join('\n').toLowerCase()).toContain('having');

    // Who answers to what he saw before does not count.
    const late = await shop.goldsmith.approve(id, { ...ANA, meaning });
    expect(late).toMatchObject({ ok: false, state: 'open' });
    expect(late.said).toMatch(/was reworded since cli:ana saw it: look at it again$/);
    const yes = await shop.goldsmith.approve(id, { ...ANA, meaning: reworded.meaning });
    expect(yes).toMatchObject({ ok: true, state: 'applied' });
    expect(await shop.isStored()).toBe(true);
    expect(await shop.answers()).toEqual(before);
  });
});
