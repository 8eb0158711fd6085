import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MartDefinition } from '../../src/marts/mart.ts';
import type { RangedBuild, RangedBy } from '../../src/marts/ranges.ts';
import type { Action } from '../../src/plan/action.ts';
import { DAY, idOf, type LoopSubject, type LoopWorld, openLoopWorld, START } from './loop-world.ts';

/** What ranges are told by, with the type as the warehouse names it. */
export interface RangesSubject extends LoopSubject {
  readonly kinds: readonly {
    readonly column: 'day' | 'moment' | 'shop_id';
    readonly type: string;
  }[];
}

/** Long builds and refreshes by range do the same on every warehouse. */
export function rangesConformance(subject: RangesSubject): void {
  const { schema, kinds } = subject;
  const DAILY = idOf(subject, 'gold.daily');

  describe.for(kinds)(`ranges of $column on ${subject.name}`, ({ column, type }) => {
    const source = idOf(subject, `${schema}.events`);
    const by: RangedBy = { column: idOf(subject, column), type, source, onSource: column };
    const sql = `select e.${column}, count(*) as events, sum(e.amount) as amount from ${schema}.events as e group by e.${column}`;
    const definition: MartDefinition = {
      relation: DAILY,
      origin: 'candidate',
      sql,
      columns: [
        { name: idOf(subject, column), type },
        { name: idOf(subject, 'events'), type: subject.types.bigint },
        { name: idOf(subject, 'amount'), type: subject.types.sumOfMoney },
      ],
      sources: [source],
      obligations: [],
      maxStalenessMs: DAY,
    };
    const ranged: RangedBuild = { by, rowsPerRange: 50, mostChanged: 0.5, proveWhole: false };
    const table = (version: number) => idOf(subject, `gold_data.daily__v${version}`);
    const build = (version: number): Action => ({
      kind: 'build-version',
      mart: DAILY,
      version,
      table: table(version),
      reason: 'refresh',
      replay: [],
      minimumGain: 0,
      budget: { cpuMs: 60_000, bytes: 10_000_000 },
      ranged,
    });
    const publish = (version: number): Action => {
      const to = {
        kind: 'version',
        version,
        table: table(version),
        freshUntil: START + DAY,
      } as const;
      return { kind: 'repoint-view', mart: DAILY, to };
    };
    let world: LoopWorld;

    beforeEach(async () => {
      world = await openLoopWorld(subject);
      await world.people(`create table ${schema}.events as
select cast(id as integer) as event_id, cast(id / 40 as integer) as shop_id,
  cast(date '2026-01-01' + cast(id / 20 as integer) as date) as day,
  timestamp '2026-01-01' + id / 20 * interval '1 day' as moment,
  cast(id % 50 * 1.25 as decimal(10, 2)) as amount
from generate_series(0, 399) as t(id)`);
      await world.people(`insert into ${schema}.events values (1000, null, null, null, 1)`);
    });
    afterEach(() => world.close());

    async function does(...actions: readonly Action[]): Promise<readonly string[]> {
      const outcome = await world.apply(actions);
      expect([outcome.kind, outcome.because]).toEqual(['applied', expect.stringMatching(/done$/)]);
      return outcome.steps.map(({ detail }) => detail);
    }

    async function expectRight(): Promise<void> {
      const asked = (from: string) =>
        world.rows(`select ${column}, events, amount from ${from} order by 1`);
      expect(await asked(DAILY)).toEqual(await asked(`(${sql}) as d`));
    }

    it('fill a version in steps, and leave alone what did not change', async () => {
      const [, filled = ''] = await does(
        { kind: 'create-mart', mart: DAILY, definition },
        {
          kind: 'fill-version',
          mart: DAILY,
          version: 1,
          table: table(1),
          by,
          rowsPerStep: 50,
          budget: { cpuMs: 60_000, bytes: 10_000_000 },
        },
      );
      await world.people(`update ${schema}.events set amount = amount + 1 where event_id = 3`);
      const [built = ''] = await does(build(1), publish(1));
      await expectRight();

      expect(filled).toMatch(/: (\d+) of \1 of its ranges by \w+ are filled, \1 of them now/);
      expect(built).toContain('1 of them again on the last snapshot');
      for (const [at, writes] of [
        `insert into ${schema}.events select 2000, shop_id, day, moment, 5 from ${schema}.events where event_id = 30`,
        `delete from ${schema}.events where event_id = 350`,
        `update ${schema}.events set amount = 0 where event_id = 1000`,
      ].entries()) {
        await world.people(writes);
        const [refreshed = ''] = await does(build(at + 2), publish(at + 2));
        expect(refreshed).toContain(`(1 of `);
        await expectRight();
      }
    });
  });
}
