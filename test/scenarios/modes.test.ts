import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DAILY_SALES, SmallWorld, stepsOf } from './small-world.ts';

const OBJECTS = `select database_name, schema_name, table_name as name, sql, comment from duckdb_tables()
  union all select database_name, schema_name, view_name, sql, comment from duckdb_views() where not internal
  union all select database_name, schema_name, '', '', comment from duckdb_schemas() where not internal`;

describe('mode observe', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('judges and tells, and writes nothing at all', async () => {
    world = await SmallWorld.open({ settings: { mode: 'observe' } });
    const before = await world.rows(OBJECTS);
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);

    const cycle = await world.cycle(2);
    await world.goldsmith.plan();
    const { text } = await world.goldsmith.explain('gold.daily_sales');
    const applied = await world.goldsmith.apply(undefined);
    await world.goldsmith.doctor();

    expect(cycle.decision.plan.steps.map(({ action }) => action.kind)).toContain('adopt-view');
    expect(text).toContain('build');
    expect(applied).toMatchObject({ ok: false });
    expect(applied.text).toContain('mode observe: Goldsmith looks and tells, and changes nothing');
    expect(await world.rows(OBJECTS)).toEqual(before);
  });
});

describe('mode propose', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('waits for apply, and then does exactly the kept plan', async () => {
    world = await SmallWorld.open({ settings: { mode: 'propose' } });
    const before = await world.rows(OBJECTS);
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);

    const cycle = await world.cycle(2);
    expect(cycle.applied).toBeUndefined();
    expect(await world.rows(OBJECTS)).toEqual(before);

    const kept = cycle.decision.plan;
    const report = await world.goldsmith.apply(kept.digest.slice(0, 8));

    expect(report).toMatchObject({ ok: true, digest: kept.digest });
    expect(report.steps.map(({ verb }) => verb)).toEqual(
      kept.steps.map(({ action }) => action.kind),
    );
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).not.toContain('order_lines');
  });

  it('names the last plan when another one is to be applied, and refuses where there is none', async () => {
    world = await SmallWorld.open({ settings: { mode: 'propose' } });
    await world.start();

    await expect(world.goldsmith.apply(undefined)).rejects.toThrow(
      'make one with `goldsmith plan`',
    );
    const { digest } = await world.goldsmith.plan();
    await expect(world.goldsmith.apply('0000beef')).rejects.toThrow(
      `the last plan is ${digest}, not 0000beef`,
    );
  });

  it('does not apply one plan twice', async () => {
    world = await SmallWorld.open({ settings: { mode: 'propose' } });
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    await world.cycle(2);
    await world.goldsmith.apply(undefined);
    const before = await world.rows(OBJECTS);

    await expect(world.goldsmith.apply(undefined)).rejects.toThrow(
      'there is no plan to apply: make one with `goldsmith plan`',
    );
    expect(await world.rows(OBJECTS)).toEqual(before);
  });
});

describe('brakes of the executor', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('changes nothing while the kill switch file exists, and goes on once it is gone', async () => {
    world = await SmallWorld.open();
    const killSwitchFile = join(world.folder, 'STOP');
    await world.start(world.configWith({ caps: { killSwitchFile } }));
    writeFileSync(killSwitchFile, '');
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);

    const stopped = await world.cycle(2);

    expect(existsSync(killSwitchFile)).toBe(true);
    expect(stepsOf(stopped).filter((step) => step.endsWith('done'))).toEqual([]);
    expect(stopped.applied?.because).toMatch(/kill switch/);
  });
});
