import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import type { CycleResult } from '../../src/daemon/cycle.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from './small-world.ts';

const DEFINITION =
  'select event_date, kind, sum(amount) as amount, count(*) as events from silver.events group by event_date, kind';
const EVENTS = `create table silver.events as
select range as event_id, date '2026-06-01' + (range // 100)::integer as event_date,
  'kind ' || range % 4 as kind, (range % 37 * 1.25)::decimal(12,2) as amount
from range(6000)`;
const DASHBOARD = 'select kind, sum(amount) as amount from gold.daily_events group by kind';

/** A step reads about 2,000 of 6,000 events, and a cycle has time for one. */
const SETTINGS = {
  caps: { steps: { sourceRows: 2000, perCycle: '0s' } },
  marts: { maxStaleness: '26h', adoptable: [{ view: 'gold.daily_events', maxStaleness: '26h' }] },
} as const;

describe('a mart over a long history', () => {
  let world: SmallWorld;
  let day = 0;

  beforeAll(async () => {
    world = await SmallWorld.open({
      settings: SETTINGS,
      setup: [EVENTS, `create view gold.daily_events as ${DEFINITION}`],
    });
    await world.start();
  });
  afterAll(() => world.close());

  async function nextCycle(): Promise<CycleResult> {
    for (let run = 0; run < 20; run += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + run / 4) * HOUR_MS;
      world.record({ text: DASHBOARD, at, user: 'emea', client: 'metabase' });
      world.record({ text: DASHBOARD, at: at + 1000, user: 'apac', client: 'metabase' });
    }
    day += 1;
    return await world.cycle(day);
  }

  async function expectRight(): Promise<void> {
    expect(await world.rows('select * from gold.daily_events')).toEqual(
      await world.rows(DEFINITION),
    );
  }

  async function cyclesUntil(wanted: string): Promise<CycleResult> {
    for (let more = 0; more < 8; more += 1) {
      const cycle = await nextCycle();
      if (stepsOf(cycle).includes(wanted)) {
        return cycle;
      }
    }
    throw new Error(`no cycle had ${wanted}`);
  }

  function detailOf({ applied }: CycleResult, kind: string): string | undefined {
    return applied?.steps.find(({ action }) => action.kind === kind)?.detail;
  }

  it('is filled a step a cycle, over a restart and beside a writer, and readers see none of it', async () => {
    const first = await cyclesUntil('fill-version gold.daily_events: done');
    expect(detailOf(first, 'fill-version')).toContain('1 of 4 of its ranges by event_date');
    await world.run("update silver.events set amount = amount + 1 where event_date < '2026-06-03'");
    await expectRight();

    await world.restart();
    const second = await nextCycle();

    expect(detailOf(second, 'fill-version')).toContain(
      '2 of 4 of its ranges by event_date are filled, 1 of them now; the next cycle goes on',
    );
    expect(second.marts[0]).toMatchObject({ stage: 'logical', unfinished: { version: 1 } });
    expect(
      second.decision.verdicts.find(({ relation }) => relation.includes('daily_events'))?.because,
    ).toContain('in steps: 1 of 4 ranges by event_date are filled');
    await expectRight();
  });

  it('is proved and published when it is full, with what changed meanwhile', async () => {
    const last = await cyclesUntil('repoint-view gold.daily_events: done');

    expect(detailOf(last, 'build-version')).toContain(
      'filled in 4 steps, 1 of them again on the last snapshot',
    );
    expect(last.marts[0]).toMatchObject({ stage: 'physical', current: { version: 1 } });
    expect(last.marts[0]?.unfinished).toBeUndefined();
    await expectRight();
  });

  it.for([
    [
      'appended rows',
      "insert into silver.events select 9000 + range, date '2026-08-01', 'kind 1', 2 from range(100)",
    ],
    ['late rows', "insert into silver.events values (9900, '2026-06-02', 'kind 3', 5)"],
    ['corrected rows', 'update silver.events set amount = 0 where event_id = 3000'],
    ['removed rows', 'delete from silver.events where event_id = 10'],
  ] as const)('is refreshed by range after %s', async ([, write]) => {
    await world.run(write);

    const refreshed = await cyclesUntil('build-version gold.daily_events: done');

    expect(detailOf(refreshed, 'build-version')).toMatch(/1 of 4 ranges of event_date computed/);
    expect(stepsOf(refreshed)).toContain('repoint-view gold.daily_events: done');
    await expectRight();
  });

  it('explains how it is kept fresh', async () => {
    const cycle = await nextCycle();
    const numbers = cycle.decision.verdicts.find(({ relation }) =>
      relation.includes('daily_events'),
    )?.numbers;

    expect(numbers?.refresh).toMatch(
      /^by range when sources change: .*; instead of whole when sources change: .*; ranges of event_date pay up to \d+ % of .*silver\.events changed at a time, and \d+ % did in the last refreshes; /,
    );
  });
});
