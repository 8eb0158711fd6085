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
      setup: [
        DAILY,
        WEEKLY,
        'create table gold.board (week date, revenue double)',
        'create table gold.stage (order_id bigint, amount decimal(12,2))',
        'create table gold.totals (order_id bigint, amount decimal(12,2))',
        'create view gold.top as select max(amount) as amount from gold.totals',
      ],
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
    const jobs = [
      'insert into gold.stage select order_id, quantity from silver.order_lines',
      'create or replace table gold.stage as select order_id, net_amount as amount from silver.order_lines',
      `merge into gold.totals as t using gold.stage as s on t.order_id = s.order_id
       when matched then update set amount = s.amount
       when not matched then insert (order_id, amount) values (s.order_id, s.amount)`,
    ].map((text) => ({ text, user: 'etl', client: 'airflow' }));
    const top = { text: 'select amount from gold.top', user: 'cfo', client: 'metabase' };
    for (const [second, statement] of [...ran, ...jobs, top].entries()) {
      world.record({ at: at + second * 1000, ...statement });
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
      '      gold.board.revenue (written by etl, last on 2026-08-02)',
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
        '        gold.board.revenue (written by etl, last on 2026-08-02)',
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

  it('goes through tables that jobs made, with who ran them last, until a reader', async () => {
    const { text } = await world.goldsmith.lineage('silver.order_lines.net_amount', 'down');
    expect(text).toContain(
      [
        '    gold.stage.amount (written by etl, last on 2026-08-02)',
        '      gold.totals.amount (written by etl, last on 2026-08-02)',
        '        gold.top.amount (view)',
        '          read by cfo (dashboard, metabase), last on 2026-08-02, on 1 day',
      ].join('\n'),
    );
  });

  it('leaves out what was written before a table was made anew', async () => {
    const { text } = await world.goldsmith.lineage('gold.stage', 'up');
    expect(text).toContain('silver.order_lines.net_amount');
    expect(text).not.toContain('quantity');
  });

  it('still knows what a job wrote weeks ago, over a restart, and looks at nothing twice', async () => {
    await world.restart();
    await world.cycle(40);
    const before = world.logLines.length;
    const { text } = await world.goldsmith.lineage('gold.totals.amount', 'up');

    expect(text.split('\n')).toEqual([
      'gold.totals.amount',
      '  made of',
      '    gold.stage.amount (written by etl, last on 2026-08-02)',
      '      silver.order_lines.net_amount (written by etl, last on 2026-08-02)',
      '',
    ]);
    expect(world.logLines.length).toBe(before);
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
