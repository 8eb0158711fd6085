import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { FakeSlack } from '../../servers/slack.ts';
import { DAILY_SALES, FIRST_DAY, SmallWorld, stepsOf } from '../small-world.ts';
import { proposalsOf } from './asked-world.ts';

/** A text, a number and a date nobody else ever writes, new for each execution. */
const secrets = (nth: number) =>
  [`Qyrwolf${nth}Zark`, `8842${nth}71`, `${2300 + nth}-04-19`] as const;

describe('a decision of mode auto', () => {
  let slack: FakeSlack;
  let world: SmallWorld;
  let planted = 0;

  beforeAll(async () => {
    slack = await FakeSlack.start();
    world = await SmallWorld.open({
      settings: { propose: { slack: slack.settings, approvals: { build: ['slack:U1'] } } },
    });
    await world.start();
    for (const day of [0, 1]) {
      world.dashboards(day);
      for (let turn = 0; turn < 8; turn += 1) {
        const [text, number, date] = secrets((planted += 1));
        world.record({
          text: `/* ${text} */ select region, sum(revenue) as revenue from gold.daily_sales where order_date < '${date}' and category not in ('${text}', 'x') and units < ${number} group by region -- ${number}`,
          at: FIRST_DAY + day * DAY_MS + (9 + turn) * HOUR_MS,
          user: 'ben',
          client: 'metabase',
        });
      }
      await world.cycle(day + 1);
    }
  });
  afterAll(async () => {
    await world.close();
    await slack.stop();
  });

  it('arrives in Slack when it is done, with a way to take it back', async () => {
    expect(await proposalsOf(world)).toMatchObject([
      { kind: 'build', state: 'applied', title: 'Take over and build gold.daily_sales' },
    ]);
    expect(slack.messages).toHaveLength(1);
    expect(slack.answersOf(slack.messages[0])).toEqual(['goldsmith.undo', 'goldsmith.show-sql']);
  });

  it('shows no literal of anybody’s statement: not in a message, the state, a log line, or an answer', async () => {
    const [only] = await proposalsOf(world);
    await world.goldsmith.interact(
      slack.press(slack.messages[0], {
        action: 'goldsmith.show-sql',
        user: 'U1',
        now: world.clock.now(),
      }),
    ).done;
    const texts = [
      slack.bodies.join('\n'),
      world.logLines.join('\n'),
      JSON.stringify(only),
      (await world.goldsmith.proposal(only?.id ?? '')).text,
      await world.goldsmith.metrics.text(),
      ...['', '-wal'].flatMap((end) =>
        existsSync(`${world.statePath}${end}`)
          ? [readFileSync(`${world.statePath}${end}`, 'latin1')]
          : [],
      ),
    ];

    expect(only?.evidence.length).toBeGreaterThan(2);
    const found = Array.from({ length: planted }, (_, nth) => secrets(nth + 1))
      .flat()
      .filter((secret) => texts.some((text) => text.includes(secret)));
    expect(found).toEqual([]);
  });

  it('is taken back by who may, and not made again', async () => {
    const undo = (user: string) =>
      world.goldsmith.interact(
        slack.press(slack.messages[0], { action: 'goldsmith.undo', user, now: world.clock.now() }),
      ).done;
    await undo('U9');
    const [served] = await world.rows(`explain ${DAILY_SALES}`);
    expect(served).not.toContain('order_lines');

    await undo('U1');

    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).toContain('order_lines');
    world.dashboards(2);
    expect(stepsOf(await world.cycle(3))).toEqual([]);
    expect(JSON.stringify(slack.messages[0])).toContain('Taken back by <@U1>');
  });
});
