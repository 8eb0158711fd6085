import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SmallWorld, stepsOf } from './small-world.ts';

const EVERYTHING = 'select * from gold.daily_sales';
const BY_DEFINITION = `select o.order_date, s.region, p.category, sum(l.net_amount), sum(l.quantity), count(*)
from silver.order_lines l join silver.orders o on o.order_id = l.order_id join silver.stores s on s.store_id = o.store_id
join silver.products p on p.product_id = l.product_id join silver.customers c on c.customer_id = o.customer_id
where c.segment <> 'Internal' group by all`;

describe('a source whose columns a mart reads in part', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({ orderLines: 400 });
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    expect(stepsOf(await world.cycle(2))).toContain('build-version gold.daily_sales: done');
  });
  afterAll(() => world.close());

  it('is remembered by the columns the definition rests on', async () => {
    const { marts } = await world.cycle(2.1);

    const lines = marts[0]?.current?.sourceStates.find(({ relation }) =>
      relation.endsWith('silver.order_lines'),
    );
    expect(lines?.columns?.map(({ name, place }) => [name, place])).toEqual([
      ['order_id', 0],
      ['product_id', 2],
      ['quantity', 3],
      ['net_amount', 4],
    ]);
  });

  it('is as it was while only others change', async () => {
    world.dashboards(2);
    await world.run('update silver.order_lines set line_no = line_no + 100');

    const { applied, marts } = await world.cycle(3);

    expect(applied?.steps.map(({ action }) => action.kind)).not.toContain('build-version');
    expect(marts[0]).toMatchObject({ stage: 'physical', current: { version: 1 } });
  });

  it('brings a new version when one of its own changes, though no row comes or goes', async () => {
    world.dashboards(3);
    await world.run('update silver.order_lines set quantity = quantity + 1 where line_no < 200');

    const { marts } = await world.cycle(4);

    expect(marts[0]).toMatchObject({ stage: 'physical', current: { version: 2 } });
    expect(await world.rows(EVERYTHING)).toEqual(await world.rows(BY_DEFINITION));
  });
});
