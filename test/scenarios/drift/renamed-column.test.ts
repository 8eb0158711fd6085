import { afterEach, describe, expect, it } from 'vitest';
import { SmallWorld, stepsOf } from '../small-world.ts';

const RENAMED = 'alter table silver.stores rename column region to sales_region';
const BOARD = 'select * from gold.daily_sales';

describe('a renamed source column', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('is followed by a mart of our own in the cycle that sees it, and its readers see no difference', async () => {
    world = await SmallWorld.open();
    await world.start();
    await world.questions(0);
    await world.cycle(1);
    await world.questions(1);
    const built = await world.cycle(2);
    expect(stepsOf(built).join('\n')).toContain('repoint-view');
    const [mart] = built.marts.filter(({ definition }) => definition.origin === 'candidate');
    const relation = mart?.definition.relation ?? '';
    const before = await world.rows(`select * from ${relation}`);

    await world.run(RENAMED);
    const result = await world.cycle(3);

    const after = result.marts.find(({ definition }) => definition.relation === relation);
    expect(after?.definition.sql).toContain('sales_region');
    expect(after?.stage).toBe('physical');
    expect(after?.former).toMatchObject([{ sql: mart?.definition.sql }]);
    expect(await world.rows(`select * from ${relation}`)).toEqual(before);
    expect(result.reacted).toMatchObject([{ action: { kind: 'follow-source' }, outcome: 'done' }]);
  });

  it('leaves the readers of a definition that was taken over with its last version until a person agrees', async () => {
    world = await SmallWorld.open();
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    expect(stepsOf(await world.cycle(2))).toContain('repoint-view gold.daily_sales: done');
    const before = await world.rows(BOARD);

    await world.run(RENAMED);
    const result = await world.cycle(3);

    expect(result.reacted).toMatchObject([{ action: { kind: 'hold-version' }, outcome: 'done' }]);
    expect(result.decision.plan.steps).toMatchObject([
      { action: { kind: 'follow-source', mart: 'gold.daily_sales', proof: 'approved' } },
    ]);
    expect(await world.rows(BOARD)).toEqual(before);
    const [told] = await world.rows(
      "select comment from duckdb_views() where view_name = 'daily_sales'",
    );
    expect(told).toContain('[goldsmith: answers as of 2026-08-05T03:00Z, for its sources changed');

    await world.run('alter table silver.stores rename column sales_region to region');
    const healed = await world.cycle(4);

    const [mart] = healed.marts;
    expect(mart).toMatchObject({ stage: 'physical' });
    expect(mart?.held).toBeUndefined();
    expect(
      await world.rows("select comment from duckdb_views() where view_name = 'daily_sales'"),
    ).not.toEqual([told]);
    expect(await world.rows(BOARD)).toEqual(before);
  });
});
