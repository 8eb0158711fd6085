import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { FIRST_DAY } from '../small-world.ts';
import type { CloudKind } from './cloud.ts';
import { CloudWorld, stepsOf } from './cloud-world.ts';

const WIDE = `create view gold.order_facts as select l.order_id, l.line_no, l.quantity, l.net_amount, o.order_date, s.store_name, s.region, coalesce(s.store_name, 'none') as shop
from silver.order_lines l
left join silver.orders o on o.order_id = l.order_id
join silver.stores s on s.store_id = o.store_id`;

const READ =
  'select order_date, sum(net_amount) as revenue, sum(quantity) as units from gold.order_facts group by order_date';
const HIDDEN =
  'select store_name, region, shop, count(*) as n from gold.order_facts group by store_name, region, shop';

const NAMES = 'select store_name, count(*) as n from gold.order_facts group by store_name';

const PRUNE = {
  enabled: true,
  watchFor: '20d',
  announceFor: '1d',
  hideFor: '1d',
  minimumReadDays: 10,
  // What builds take on a busy machine decides nothing here.
  minimumCut: -100,
  paysWithin: '36500d',
  regretFactor: 0,
  tombstones: true,
};

/** Attributes nobody reads, on the ladder of a daemon beside a cloud: announced, hidden, brought back by a read, taken away, restored. */
export function cloudPruning(cloud: CloudKind): void {
  const facts = cloud.cased('gold.order_facts');

  describe(`attributes nobody reads on ${cloud.name}`, () => {
    let world: CloudWorld;

    beforeAll(async () => {
      world = await CloudWorld.open(cloud, WIDE);
      await world.start('gold.order_facts', { prune: PRUNE });
      for (let day = -25; day < 2; day += 1) {
        read(day);
      }
    });
    afterAll(() => world.close());

    function read(day: number): void {
      for (let view = 0; view < 20; view += 1) {
        const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
        world.record({ text: READ, at, user: view % 2 === 0 ? 'emea' : 'apac' });
      }
    }
    function next(day: number) {
      read(day - 1);
      return world.cycle(day);
    }
    const answers = () => Promise.all([READ, HIDDEN].map((sql) => world.rows(sql)));
    const columns = async () => (await world.found(facts))?.columns;

    it('are hidden and answer as before, come back at a read, and are taken away with a sentence that says how to restore them', async () => {
      const before = { answers: await answers(), columns: await columns() };
      const names = await world.rows(NAMES);
      const { applied } = await world.cycle(2);
      expect(applied?.because).toMatch(/^all \d steps are done$/);
      expect(stepsOf(await next(3))).toContain(`mark-attributes ${facts}: done`);
      expect(stepsOf(await next(4))).toEqual(
        expect.arrayContaining([
          `build-version ${facts}: done`,
          `repoint-view ${facts}: done`,
          `mark-attributes ${facts}: done`,
        ]),
      );
      expect({ answers: await answers(), columns: await columns() }).toEqual(before);
      expect((await world.found('gold_data.order_facts__v2__side_1'))?.kind).toBe('table');

      world.record({
        text: 'select region, count(*) as n from gold.order_facts group by region',
        at: FIRST_DAY + 4 * DAY_MS + 12 * HOUR_MS,
      });
      expect(stepsOf(await next(5))).toContain(`build-version ${facts}: done`);
      const stages = (await world.goldsmith.attributes(facts)).text;
      expect(stages).toMatch(/region\s+kept/i);
      expect(stages).toMatch(/store_name\s+tombstoned/i);
      expect(wordsOf(await failureOf('select store_name from gold.order_facts'))).toMatch(
        /order_facts\.store_name was pruned on .* goldsmith restore gold\.order_facts store_name/i,
      );
      expect(await world.rows(READ)).toEqual(before.answers[0]);

      const { ok } = await world.goldsmith.restore(facts, cloud.cased('store_name'));
      expect(ok).toBe(true);
      expect(await world.rows(NAMES)).toEqual(names);
    }, 600_000);

    function failureOf(sql: string): Promise<unknown> {
      return world.rows(sql).catch((error: unknown) => error);
    }
  });
}

/** All that an error and what caused it say. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${wordsOf(error.cause)}` : '';
}
