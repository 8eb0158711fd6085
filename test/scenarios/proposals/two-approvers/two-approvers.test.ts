import { afterAll, beforeAll, expect, it } from 'vitest';
import { askedShop, onDuckdbAlone, onEachWarehouse, type Shop, theProposal } from '../a-shop.ts';

const [ANA, BEN] = [{ by: 'cli:ana' }, { by: 'cli:ben' }];

onEachWarehouse('two who approve at once', (kind) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await askedShop(kind);
  });
  afterAll(() => shop.close());

  it('do it once: the second finds it done, and so does who comes later', async () => {
    const { id } = await theProposal(shop);
    const before = await shop.answers();

    const [first, second] = await Promise.all([
      shop.goldsmith.approve(id, ANA),
      shop.goldsmith.approve(id, BEN),
    ]);

    expect(first).toMatchObject({ ok: true, state: 'applied' });
    expect(second).toMatchObject({ ok: false, said: 'cli:ana approved it already' });
    expect(await shop.isStored()).toBe(true);
    expect(await shop.versions()).toBe(1);
    expect(await shop.answers()).toEqual(before);
    await expect(shop.goldsmith.approve(id, BEN)).resolves.toMatchObject({
      ok: false,
      said: expect.stringMatching(/^it was applied on .* by goldsmith, so it cannot be approved$/),
    });
    expect((await theProposal(shop)).moves.map(({ to, by }) => `${to} by ${by}`)).toEqual([
      'drafted by goldsmith',
      'open by goldsmith',
      'approved by cli:ana',
      'applied by goldsmith',
    ]);
  });
});

onDuckdbAlone('a change that takes two', (kind) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await askedShop(kind, { propose: { needed: { build: 2 } } });
  });
  afterAll(() => shop.close());

  it('is not done for one who says yes twice, and once for two at the same moment', async () => {
    const { id } = await theProposal(shop);

    const alone = await shop.goldsmith.approve(id, ANA);
    const again = await shop.goldsmith.approve(id, ANA);
    expect(alone).toMatchObject({ ok: true, state: 'open' });
    expect(alone.said).toContain('agreed to by 1 of 2 people');
    expect(again).toMatchObject({ ok: false, state: 'open' });
    expect(await shop.versions()).toBe(0);

    const [second, third] = await Promise.all([
      shop.goldsmith.approve(id, BEN),
      shop.goldsmith.approve(id, { by: 'cli:chi' }),
    ]);

    expect([second.ok, third.ok]).toEqual([true, false]);
    expect(third.said).toBe('cli:ana and cli:ben approved it already');
    expect((await theProposal(shop)).state).toBe('applied');
    expect(await shop.versions()).toBe(1);
  });
});
