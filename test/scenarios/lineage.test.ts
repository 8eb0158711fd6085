import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld } from './small-world.ts';

const DAILY = `create view gold.daily as
select o.order_date as day, sum(l.net_amount) as revenue
from silver.order_lines l join silver.orders o on o.order_id = l.order_id group by all`;
const WEEKLY = `create view gold.weekly as
select date_trunc('week', day) as week, sum(revenue) as revenue from gold.daily group by all`;

describe('goldsmith lineage', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({
      orderLines: 200,
      setup: [DAILY, WEEKLY, 'create table gold.board (week date, revenue double)'],
    });
    const at = FIRST_DAY - DAY_MS + 9 * HOUR_MS;
    const ran = [
      { text: 'select week, revenue from gold.weekly', user: 'cfo', client: 'metabase' },
      { text: 'select max(day) from gold.daily', user: 'ops', client: 'psql' },
      {
        text: 'insert into gold.board select week, revenue from gold.weekly',
        user: 'etl',
        client: 'airflow',
      },
    ];
    for (const statement of ran) {
      world.record({ at, ...statement });
    }
    await world.start();
    await world.cycle(1);
  });
  afterAll(() => world.close());

  it('goes up to the sources and down to the readers of one column', async () => {
    const { text } = await world.goldsmith.lineage('gold.daily.revenue', 'both');
    expect(text.split('\n')).toEqual([
      'gold.daily.revenue',
      '  made of',
      '    silver.order_lines.net_amount (view)',
      '  goes into',
      '    gold.weekly.revenue (view)',
      '      gold.board.revenue (written by a statement)',
      '      read by cfo (dashboard, metabase), last on 2026-08-02, on 1 day',
      '      read by etl (pipeline, airflow), last on 2026-08-02, on 1 day',
      '',
    ]);
  });

  it('follows what a statement wrote down from the base columns, through the views it named', async () => {
    const { text } = await world.goldsmith.lineage('silver.order_lines.net_amount', 'down');
    expect(text).toContain(
      [
        '    gold.daily.revenue (view)',
        '      gold.weekly.revenue (view)',
        '        gold.board.revenue (written by a statement)',
      ].join('\n'),
    );
  });

  it('tells every column of a relation, and one step at a time', async () => {
    const { value } = await world.goldsmith.lineage('gold.weekly', 'up');
    expect(value).toMatchObject({
      columns: [
        { column: 'week', madeOf: [{ relation: 'gold.daily', column: 'day' }] },
        { column: 'revenue', madeOf: [{ relation: 'gold.daily', column: 'revenue' }] },
      ],
    });
  });

  it('says what is unknown and what there is', async () => {
    await expect(world.goldsmith.lineage('gold.nowhere.x', 'both')).rejects.toThrow(
      'gold.nowhere.x is no relation and no column of one that the warehouse shows',
    );
    await expect(world.goldsmith.lineage('gold.daily.nope', 'both')).rejects.toThrow(
      'gold.daily has no column nope; it has day, revenue',
    );
  });
});
