import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import type { StepOutcome } from '../../../src/materializer/apply-parts.ts';
import { FIRST_DAY } from '../small-world.ts';
import type { CloudKind } from './cloud.ts';
import { CloudWorld, stepsOf } from './cloud-world.ts';

const DAILY = [
  `create view gold.daily_sales as select s.region, o.order_date, sum(l.net_amount) as revenue, sum(l.quantity) as units, count(*) as lines
from silver.order_lines l join silver.orders o on o.order_id = l.order_id join silver.stores s on s.store_id = o.store_id group by s.region, o.order_date`,
  "comment on view gold.daily_sales is 'Revenue a day. Owner: finance.'",
];

const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
const BY_DAY = 'select order_date, sum(units) as units from gold.daily_sales group by order_date';

/** The loop of a daemon beside a cloud: observe, plan, apply, refresh, follow, roll back. */
export function cloudLife(cloud: CloudKind): void {
  const daily = cloud.cased('gold.daily_sales');

  describe(`a Goldsmith beside ${cloud.name}`, () => {
    let world: CloudWorld;

    beforeAll(async () => {
      world = await CloudWorld.open(cloud, ...DAILY);
      await world.start('gold.daily_sales');
    });
    afterAll(() => world.close());

    function dashboards(day: number, cpuMs: number): void {
      for (let view = 0; view < 20; view += 1) {
        const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
        world.record({ text: BY_REGION, at, user: 'emea', cpuMs });
        world.record({ text: BY_DAY, at, user: 'apac', cpuMs });
      }
    }
    const reads = () => Promise.all([BY_REGION, BY_DAY].map((sql) => world.rows(sql)));

    it('takes a view over that pays, builds it, refreshes it, follows a renamed source and gives it back, with one answer all along', async () => {
      const before = await reads();
      dashboards(0, 60);
      expect(stepsOf(await world.cycle(1))).toEqual([]);
      dashboards(1, 60);
      expect(stepsOf(await world.cycle(2))).toEqual([
        `adopt-view ${daily}: done`,
        `build-version ${daily}: done`,
        `repoint-view ${daily}: done`,
      ]);
      expect(await reads()).toEqual(before);
      expect(await world.found(daily)).toMatchObject({
        definitionSql: expect.stringMatching(/daily_sales__v1/i),
        comment: 'Revenue a day. Owner: finance.',
      });

      dashboards(2, 2);
      await world.people('insert into silver.order_lines values (9, 1, 1, 1000000.25)');
      expect(stepsOf(await world.cycle(3))).toEqual([
        `build-version ${daily}: done`,
        `repoint-view ${daily}: done`,
      ]);
      expect((await world.rows('select sum(lines) from gold.daily_sales')).join()).toContain(
        '8001',
      );

      const now = await reads();
      await world.people('alter table silver.stores rename column region to area');
      const seen = await world.cycle(3.1);
      expect(seen.reacted.map(told)).toEqual([
        expect.stringMatching(/^hold-version: done: .* keeps version 2, .* is now called AREA/i),
      ]);
      expect(await reads()).toEqual(now);
      expect(await world.goldsmith.apply(undefined)).toMatchObject({
        ok: true,
        text: expect.stringMatching(
          /follows its sources: silver.stores.region is now called area/i,
        ),
      });
      const followed = await world.cycle(3.2);
      expect(stepsOf(followed)).toEqual([`repoint-view ${daily}: done`]);
      expect(followed.marts[0]?.held).toBeUndefined();
      expect(await reads()).toEqual(now);
      expect(await world.goldsmith.rollback(daily)).toMatchObject({ ok: true });
      expect(await reads()).toEqual(now);
      expect((await world.found(daily))?.definitionSql).toMatch(/order_lines/i);
    }, 600_000);
  });
}

function told({ action, outcome, detail }: StepOutcome): string {
  return `${action.kind}: ${outcome}: ${detail}`;
}
