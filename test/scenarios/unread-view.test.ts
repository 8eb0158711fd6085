import { afterEach, describe, expect, it } from 'vitest';
import { SmallWorld } from './small-world.ts';

describe('a view whose definition no grammar reads', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('is named with the reason, in a cycle’s report and in explain', async () => {
    world = await SmallWorld.open({
      setup: [
        `create view gold.deep as select ${'abs('.repeat(200)}1${')'.repeat(200)} as many`,
        'create view gold.fine as select 1 as one',
      ],
    });
    await world.start();
    world.clock.turnTo(world.clock.now() + 1000);

    const { text } = await world.goldsmith.once();
    const explained = await world.goldsmith.explain('gold.deep');

    expect(text).toMatch(/^not read {2}the definition of gold\.deep: \S+/m);
    expect(text).not.toContain('gold.fine');
    expect(explained.text).toMatch(/not read {2}the definition of gold\.deep: \S+/);
  });
});
