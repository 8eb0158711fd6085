import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mart } from '../../src/marts/mart.ts';
import {
  buildFilled,
  createDaily,
  dailyDefinition,
  dailyTable,
  refreshDaily,
  toDaily,
} from './daily-mart.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const APPEND = 'insert into main.orders select 1000 + range, 19, 7.5 from range(3)';

describe('a refresh by range', () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await openWorkshop();
    await shop.apply([createDaily, buildFilled(), toDaily(1)]);
  });
  afterEach(() => shop.close());

  async function mart(): Promise<Mart | undefined> {
    return (await shop.ledger.readMarts())[0];
  }

  async function expectEqual(version: number): Promise<void> {
    const table = dailyTable(version);
    const differing = await shop.rows(
      `select count(*) from (
  (select * from ${table} except all (${dailyDefinition.sql}))
  union all ((${dailyDefinition.sql}) except all select * from ${table})) as d`,
    );
    expect(differing).toEqual([['0']]);
  }

  it.for([
    ['appended rows', APPEND, 1],
    ['late rows', 'insert into main.orders values (2000, 0, 1), (2001, 0, null)', 1],
    ['updates of old rows', 'update main.orders set amount = amount + 1 where customer_id = 5', 1],
    ['deletes', 'delete from main.orders where customer_id = 7', 1],
    ['rows that move', 'update main.orders set customer_id = 19 where customer_id = 0', 2],
    ['the first rows without a key', 'insert into main.orders values (2000, null, 1)', 1],
  ] as const)('catches %s and computes nothing else', async ([, writes, computed]) => {
    await shop.run(writes);

    const { because, steps } = await shop.apply([refreshDaily(2), toDaily(2)]);

    expect(because).toBe('all 2 steps are done');
    expect(steps[0]?.detail).toMatch(
      new RegExp(`${computed} of \\d+ ranges of customer_id computed, with \\d`),
    );
    await expectEqual(2);
    const current = (await mart())?.current;
    expect(current?.ranges).toMatchObject({ sinceWhole: 1 });
    const [rows] = await shop.rows('select count(*) from gold.orders_by_customer');
    expect(String(current?.rows)).toBe(rows?.[0]);
  });

  it('leaves the sources as the next cycle will measure them', async () => {
    await shop.run(APPEND);
    await shop.apply([refreshDaily(2), toDaily(2)]);

    const { steps } = await shop.apply([toDaily(2)], {
      clock: { ...shop.clock, now: () => shop.clock.now() + 1000 },
    });

    expect(steps[0]?.outcome).toBe('done');
    const states = (await mart())?.current?.sourceStates;
    const [[rows, checksum] = []] = await shop.rows(
      'select count(*), sum(hash(*columns(*))) from main.orders',
    );
    expect(states?.at(-1)).toEqual({
      relation: 'w.main.orders',
      rows: Number(rows),
      checksum,
    });
  });

  it.for([
    [
      'another source changed',
      `update main.customers set region = 'r9' where id = 1`,
      'w.main.customers has the same 20 rows in number, but not in content',
    ],
    [
      'too much changed',
      'update main.orders set amount = amount + 1',
      '100 % of w.main.orders lie in ranges that changed, and ranges are worth while up to 50 %',
    ],
    [
      'the last range has grown',
      'insert into main.orders select 1000 + range, 20 + range % 5, 7.5 from range(200)',
      'have gathered in the last range, so ranges are parted anew',
    ],
  ] as const)('computes everything where %s, and says so', async ([, writes, because]) => {
    await shop.run(writes);

    const { steps } = await shop.apply([refreshDaily(2), toDaily(2)]);

    expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect(steps[0]?.detail).toContain('built in one piece');
    expect(steps[0]?.detail).toContain(because);
    await expectEqual(2);
    expect((await mart())?.current?.ranges).toMatchObject({ sinceWhole: 0 });
  });

  it('learns how much of its source changes', async () => {
    const shares = [(await mart())?.current?.ranges?.changedShare];
    for (const version of [2, 3, 4]) {
      await shop.run(APPEND);
      await shop.apply([refreshDaily(version), toDaily(version)]);
      shares.push((await mart())?.current?.ranges?.changedShare);
    }

    expect(shares[0]).toBeUndefined();
    expect(shares.slice(1).map((share) => Math.round(100 * Number(share)))).toEqual([6, 6, 6]);
  });

  it('is compared as a whole when that is asked for', async () => {
    await shop.run(APPEND);
    await shop.apply([refreshDaily(2), toDaily(2)]);
    await shop.run(APPEND);

    const { steps } = await shop.apply([refreshDaily(3, { proveWhole: true }), toDaily(3)]);

    expect(steps[0]?.detail).toContain('compared as a whole');
    expect((await mart())?.current?.ranges).toMatchObject({ sinceWhole: 0 });
    await expectEqual(3);
  });

  it('refuses to take over rows somebody wrote into the version before', async () => {
    await shop.run(APPEND);
    await shop.run('update gold_data.orders_by_customer__v1 set orders = 1 where customer_id = 2');

    const { steps } = await shop.apply([refreshDaily(2), toDaily(2)]);

    expect(steps[0]).toMatchObject({ outcome: 'failed', code: 'CHECK_SAME_KEPT_RANGES' });
    expect(steps[0]?.detail).toContain(
      '1 of 16 ranges taken from the version before are not as they were proved',
    );
  });

  it('is of one snapshot whoever writes meanwhile, and the next one sees what was written', async () => {
    await shop.run(APPEND);
    const writer = async () => {
      await shop.run('insert into main.orders values (3000, 4, 2)');
    };

    const during = await shop.apply([refreshDaily(2), toDaily(2)], {
      faults: ({ verb, moment, nth }) =>
        verb === 'build-version' && moment === 'inside' && nth === 1 ? writer() : undefined,
    });
    const [[old] = []] = await shop.rows(
      `select orders from ${dailyTable(2)} where customer_id = 4`,
    );
    const after = await shop.apply([refreshDaily(3), toDaily(3)]);

    expect([during.kind, after.kind]).toEqual(['applied', 'applied']);
    expect(old).toBe('20');
    expect(after.steps[0]?.detail).toContain('1 of');
    await expectEqual(3);
  });
});
