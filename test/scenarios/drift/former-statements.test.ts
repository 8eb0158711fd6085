import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import type { CycleResult } from '../../../src/daemon/cycle.ts';
import { BY_REGION, FIRST_DAY, SmallWorld, STAR, stepsOf } from '../small-world.ts';

const RENAMED = 'alter table silver.stores rename column region to sales_region';
const NEW_WORDS = `select s.sales_region, sum(l.net_amount) as revenue ${STAR} group by s.sales_region`;

describe('statements that ran before a column was renamed', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  const columnsOf = ({ input }: CycleResult) =>
    new Set(
      input.usage.templates.flatMap(({ shape }) =>
        shape.columns.map(({ relation, column }) => `${relation}.${column}`),
      ),
    );

  it('stay known under its new name, those too that no cycle had read, and their mart keeps its readers', async () => {
    world = await SmallWorld.open();
    await world.start();
    await world.questions(0);
    await world.cycle(1);
    await world.questions(1);
    expect(stepsOf(await world.cycle(2)).join('\n')).toContain('repoint-view');
    await world.questions(2);
    const at = FIRST_DAY + 2 * DAY_MS + 20 * HOUR_MS;
    const never = `select s.region, s.opened_on from silver.stores s where s.region <> 'x'`;
    world.record({ text: never, at });

    await world.run(RENAMED);
    // A look before the cycle reads the history, too.
    await world.goldsmith.plan();
    const cycle = await world.cycle(3);

    const { coverage, templates } = cycle.input.usage;
    expect(coverage.resolvedShare).toBe(1);
    expect(coverage.formerShare).toBeGreaterThan(0.3);
    expect(columnsOf(cycle)).toContain('silver.stores.sales_region');
    expect(columnsOf(cycle)).not.toContain('silver.stores.region');
    const old = templates.find(({ normalForm }) => normalForm.includes('opened_on'));
    expect(old?.shape).toMatchObject({ level: 'full', asOf: expect.any(Number) });
    expect((await world.goldsmith.once()).text).toMatch(
      /coverage {2}100\.0 % of statements.*; [\d.]+ % ran before a schema change/,
    );

    for (const day of [3, 4]) {
      for (let turn = 0; turn < 24; turn += 1) {
        const user = ['ana', 'ben', 'chi'][turn % 3] ?? 'ana';
        const asked = FIRST_DAY + day * DAY_MS + (9 + turn / 4) * HOUR_MS;
        const { answer } = await world.ask(NEW_WORDS, { at: asked, user });
        expect(answer.answer).toBe('mart');
      }
      const next = await world.cycle(day + 1);
      expect(next.marts).toMatchObject([{ stage: 'physical' }]);
      expect(next.input.usage.coverage.resolvedShare).toBe(1);
    }
    const refused = await world.goldsmith.route({
      sql: BY_REGION,
      user: 'ana',
      client: 'notebook',
    });
    expect(refused.answer).not.toBe('mart');
  });

  it('of a column that is gone are understood as of then, and no mart is made for them', async () => {
    world = await SmallWorld.open();
    await world.start();
    await world.questions(0);
    await world.cycle(1);
    await world.questions(1);

    await world.run('alter table silver.stores drop column region');
    const cycle = await world.cycle(2);

    expect(cycle.input.usage.coverage.resolvedShare).toBe(1);
    const gone = cycle.input.usage.templates.filter(({ shape }) => shape.asOf !== undefined);
    expect(gone).not.toEqual([]);
    expect(gone.flatMap(({ shape }) => [shape.query, ...shape.joins])).toEqual(
      gone.map(() => undefined),
    );
    expect(columnsOf(cycle)).toContain('silver.stores.region');
    expect(JSON.stringify(cycle.decision.plan.steps.map(({ action }) => action))).not.toContain(
      'region',
    );
  });
});
