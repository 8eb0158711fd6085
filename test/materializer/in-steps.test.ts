import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capsSettings } from '../../src/materializer/settings.ts';
import {
  buildFilled,
  createDaily,
  DAILY,
  dailyDefinition,
  fillDaily,
  toDaily,
} from './daily-mart.ts';
import { openWorkshop, START, type Workshop } from './workshop.ts';

/** A cycle that has time for one step only. */
const ONE_STEP = capsSettings.parse({ steps: { perCycle: '0s' } });
const INSERT = 'insert into main.orders select 1000 + range, range % 20, 7.5 from range(60)';

describe('a version built in steps', () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await openWorkshop();
    await shop.apply([createDaily]);
  });
  afterEach(() => shop.close());

  async function unfinished() {
    const [mart] = await shop.ledger.readMarts();
    return mart?.unfinished;
  }

  async function expectEqual(): Promise<void> {
    const differing = await shop.rows(
      `select count(*) from (
  (select * from gold.orders_by_customer except all (${dailyDefinition.sql}))
  union all ((${dailyDefinition.sql}) except all select * from gold.orders_by_customer)) as d`,
    );
    expect(differing).toEqual([['0']]);
  }

  it('goes as far as a cycle has time for, rests between steps, and goes on in the next', async () => {
    const first = await shop.apply([fillDaily], { caps: ONE_STEP });
    const rests: number[] = [];
    const second = await shop.apply([{ ...fillDaily, rowsPerStep: 101 }], {
      clock: {
        ...shop.clock,
        async sleep(ms) {
          rests.push(ms);
        },
      },
    });

    expect(first.steps[0]).toMatchObject({
      outcome: 'done',
      detail: expect.stringContaining(
        '1 of 5 of its ranges by customer_id are filled, 1 of them now; the next cycle goes on',
      ),
    });
    expect(second.steps[0]?.evidence).toMatchObject({ ranges: 5, filled: 5, filledNow: 4 });
    expect(rests).toHaveLength(3);
    expect(rests.every((ms) => ms > 0)).toBe(true);
  });

  it('is not seen by readers until it is full, proved and published', async () => {
    await shop.apply([fillDaily], { caps: ONE_STEP });
    const early = await shop.apply([buildFilled(), toDaily(1)]);

    expect(early.steps.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['failed', 'NOT_FILLED'],
      ['skipped', 'NOT_BEGUN'],
    ]);
    expect((await unfinished())?.filled).toHaveLength(1);
    await expectEqual();

    await shop.apply([{ ...fillDaily, rowsPerStep: 101 }]);
    const done = await shop.apply([buildFilled(), toDaily(1)]);

    expect(done.because).toBe('all 2 steps are done');
    expect(done.steps[0]?.detail).toContain('filled in 5 steps, 0 of them again');
    expect(await unfinished()).toBeUndefined();
    await expectEqual();
  });

  it.for([
    ['late rows', INSERT],
    ['changed rows', 'update main.orders set amount = amount + 1 where customer_id in (1, 18)'],
    ['removed rows', 'delete from main.orders where customer_id = 3'],
    ['rows that move to another range', 'update main.orders set customer_id = 19 where id < 9'],
    ['rows without a key', 'update main.orders set customer_id = null where id < 9'],
  ] as const)('notices %s between steps and holds no mixture', async ([, writes]) => {
    await shop.apply([fillDaily], { caps: ONE_STEP });
    await shop.run(writes);
    await shop.apply([{ ...fillDaily, rowsPerStep: 101 }]);
    await shop.run(writes);

    const outcome = await shop.apply([buildFilled(), toDaily(1)]);

    expect(outcome.because).toBe('all 2 steps are done');
    expect(outcome.steps[0]?.detail).toMatch(/filled in 5 steps, [1-5] of them again/);
    await expectEqual();
  });

  it('begins again when another source changed, and says how often', async () => {
    await shop.apply([fillDaily], { caps: ONE_STEP });
    await shop.run(`update main.customers set region = 'r9' where id = 1`);

    shop.clock.turnTo(START + 1000);
    const again = await shop.apply([fillDaily], { caps: ONE_STEP });

    expect(again.steps[0]?.evidence).toMatchObject({ filled: 1, filledNow: 1, restarts: 1 });
    await shop.apply([{ ...fillDaily, rowsPerStep: 101 }]);
    await shop.run(`update main.customers set region = 'r8' where id = 2`);
    const built = await shop.apply([buildFilled(), toDaily(1)]);
    expect(built.steps[0]?.detail).toContain(
      '5 of them again on the last snapshot because w.main.customers has the same 20 rows',
    );
    await expectEqual();
  });

  it('is dropped when it takes more than it may', async () => {
    const { steps } = await shop.apply([
      { ...fillDaily, budget: { cpuMs: 0.0001, bytes: 1_000_000 } },
    ]);

    expect(steps[0]).toMatchObject({ outcome: 'failed', code: 'OVER_BUDGET' });
    expect(await unfinished()).toBeUndefined();
    expect(
      await shop.rows("from information_schema.tables where table_schema = 'gold_data'"),
    ).toEqual([]);
  });

  it('is never published when somebody wrote into it: the proof is against the whole definition', async () => {
    await shop.apply([fillDaily]);
    await shop.run('update gold_data.orders_by_customer__v1 set orders = orders + 1');

    const { steps } = await shop.apply([buildFilled(), toDaily(1)]);

    expect(steps[0]).toMatchObject({ outcome: 'failed', code: 'CHECK_SAME_CHECKSUMS' });
    expect(await unfinished()).toBeUndefined();
    await expectEqual();
  });

  it('goes when its mart is released', async () => {
    await shop.apply([fillDaily]);

    const outcome = await shop.apply([{ kind: 'release-mart', mart: DAILY }]);

    expect(outcome.kind).toBe('applied');
    expect(
      await shop.rows("from information_schema.tables where table_schema = 'gold_data'"),
    ).toEqual([]);
  });

  it('is begun in no quiet hour', async () => {
    const caps = capsSettings.parse({ quietHours: { from: '00:00', until: '06:00' } });

    const { steps } = await shop.apply([fillDaily], { caps });

    expect(steps[0]).toMatchObject({ outcome: 'refused', code: 'CAP_QUIET_HOURS' });
  });
});
