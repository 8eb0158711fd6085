import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { FakeSlack } from '../../servers/slack.ts';
import { DAILY_SALES, FIRST_DAY, SmallWorld, stepsOf } from '../small-world.ts';
import { proposalsOf } from './asked-world.ts';

const ANA = { by: 'cli:ana' };

describe('what people are asked before something is taken away', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  const named = async (kind: string) =>
    (await proposalsOf(world)).find((one) => one.kind === kind && one.state !== 'undone');

  it('a mart that no longer pays stays a table, and fresh, until somebody agrees; and comes back by a word', async () => {
    world = await SmallWorld.open({
      settings: {
        decide: { minimumLifeDays: 0, demoteMargin: 1 },
        propose: { ask: ['drop'] },
      },
    });
    await world.start();
    for (const day of [0, 1]) {
      world.dashboards(day);
      await world.cycle(day + 1);
    }
    let day = 2;
    while ((await named('drop')) === undefined && day < 12) {
      day += 1;
      await world.cycle(day);
    }
    const asked = await named('drop');
    expect(asked).toMatchObject({ state: 'open', title: 'Demote gold.daily_sales to a view' });

    await world.run('insert into silver.order_lines select * from silver.order_lines limit 1');
    expect(stepsOf(await world.cycle(day + 1))).toEqual([
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
    expect((await named('drop'))?.state).toBe('open');

    const yes = await world.goldsmith.approve(asked?.id ?? '', ANA);
    expect(yes).toMatchObject({ ok: true, state: 'applied' });
    expect((await world.rows(`explain ${DAILY_SALES}`))[0]).toContain('order_lines');

    const back = await world.goldsmith.undo(asked?.id ?? '', ANA);
    expect(back).toMatchObject({ ok: true, state: 'undone' });
    expect((await world.rows(`explain ${DAILY_SALES}`))[0]).not.toContain('order_lines');
    expect(stepsOf(await world.cycle(day + 2))).toContain('repoint-view gold.daily_sales: done');
    expect((await world.rows(`explain ${DAILY_SALES}`))[0]).not.toContain('order_lines');
    expect(await named('drop')).toBeUndefined();
  });

  it('attributes nobody reads are announced, and stay stored through a refresh, until somebody agrees; taken back, that is told once', async () => {
    const slack = await FakeSlack.start();
    onTestFinished(() => slack.stop());
    world = await SmallWorld.open({
      setup: [
        `create view gold.lines as select l.order_id, l.line_no, l.quantity, l.net_amount, o.order_date, p.brand, p.category
from silver.order_lines l left join silver.orders o on o.order_id = l.order_id left join silver.products p on p.product_id = l.product_id`,
      ],
      settings: {
        marts: {
          maxStaleness: '26h',
          adoptable: [{ view: 'gold.lines', maxStaleness: '26h' }],
        },
        prune: {
          enabled: true,
          watchFor: '30d',
          announceFor: '1d',
          minimumReadDays: 20,
          minimumCut: -100,
        },
        propose: { ask: ['prune'], slack: slack.settings },
      },
    });
    const read = (on: number) => {
      for (let run = 0; run < 8; run += 1) {
        world.record({
          text: 'select category, sum(net_amount) as revenue from gold.lines where order_date is not null group by all',
          at: FIRST_DAY + on * DAY_MS + (8 + run) * HOUR_MS,
          user: run % 2 === 0 ? 'emea' : 'apac',
          client: 'metabase',
        });
      }
    };
    for (let on = -40; on < 2; on += 1) {
      read(on);
    }
    await world.start();
    let day = 2;
    await world.cycle(day);
    while ((await named('prune')) === undefined && day < 8) {
      read(day);
      day += 1;
      await world.cycle(day);
    }
    const asked = await named('prune');
    expect(asked?.state).toBe('open');
    expect(asked?.title).toMatch(/^Hide .* of gold\.lines$/);
    const stages = async () =>
      (await world.goldsmith.cycle()).marts.flatMap(({ pruned = [] }) =>
        pruned.map(({ stage }) => stage),
      );

    await world.run('insert into silver.order_lines select * from silver.order_lines limit 1');
    read(day);
    const cycle = await world.cycle(day + 1);
    expect(stepsOf(cycle)).toContain('build-version gold.lines: done');
    expect(new Set(await stages())).toEqual(new Set(['announced']));
    expect((await named('prune'))?.state).toBe('open');

    const yes = await world.goldsmith.approve(asked?.id ?? '', ANA);
    expect(yes, yes.text).toMatchObject({ ok: true, state: 'applied' });
    expect(await stages()).toContain('hidden');

    const told = () => slack.messages.map(({ text }) => text);
    const before = told();
    const back = await world.goldsmith.undo(asked?.id ?? '', ANA);
    expect(back).toMatchObject({ ok: true, state: 'undone' });
    expect(await stages()).not.toContain('hidden');
    const title = asked?.title ?? '';
    expect(before.filter((text) => text.startsWith(title))).toHaveLength(1);
    expect(told()).toEqual(
      before.map((text) => (text.startsWith(title) ? `${title}: Taken back by cli:ana` : text)),
    );
  });
});
