import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { aGitRemote } from '../../servers/git-remote.ts';
import { proposalsOf } from '../proposals/asked-world.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from '../small-world.ts';

const RENAMED = 'alter table silver.stores rename column region to sales_region';
const BOARD = 'select * from gold.daily_sales';

describe('a renamed source column', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('is followed by a mart of our own as soon as nothing forbids it, and its readers see no difference', async () => {
    const remote = aGitRemote();
    world = await SmallWorld.open();
    const killSwitchFile = join(world.folder, 'stop');
    const config = world.configWith({
      propose: { git: { remote: remote.url, branch: 'main' } },
      caps: { killSwitchFile },
    });
    await world.start(config);
    await world.questions(0);
    await world.cycle(1);
    await world.questions(1);
    const built = await world.cycle(2);
    expect(stepsOf(built).join('\n')).toContain('repoint-view');
    const [mart] = built.marts.filter(({ definition }) => definition.origin === 'candidate');
    const relation = mart?.definition.relation ?? '';
    const before = await world.rows(`select * from ${relation}`);

    await world.run(RENAMED);
    writeFileSync(killSwitchFile, '');
    const stopped = await world.cycle(3);
    expect(stopped.reacted).toMatchObject([
      { action: { kind: 'follow-source' }, outcome: 'refused', code: 'CAP_KILL_SWITCH' },
      { action: { kind: 'hold-version' }, outcome: 'refused', code: 'CAP_KILL_SWITCH' },
    ]);
    rmSync(killSwitchFile);
    await world.restart(config);
    const result = await world.cycle(3.2);

    const after = result.marts.find(({ definition }) => definition.relation === relation);
    expect(after?.definition.sql).toContain('sales_region');
    expect(after?.stage).toBe('physical');
    const recorded = remote.branches().filter((name) => name.startsWith('goldsmith/'));
    expect(recorded).toEqual([expect.stringMatching(/^goldsmith\/follow\/gold-order_lines/)]);
    expect(remote.git('show', recorded[0] ?? '')).toContain('sales_region');
    remote.remove();
    expect(after?.former).toMatchObject([{ sql: mart?.definition.sql }]);
    expect(await world.rows(`select * from ${relation}`)).toEqual(before);
    expect(result.reacted).toMatchObject([{ action: { kind: 'follow-source' }, outcome: 'done' }]);
  });

  it('is nothing to another mart of the same source: it is measured, and stays a table', async () => {
    world = await SmallWorld.open({
      setup: [
        'create view gold.line_units as select p.category, sum(l.quantity) as units from silver.order_lines l join silver.products p on p.product_id = l.product_id group by p.category',
      ],
      settings: {
        marts: {
          maxStaleness: '26h',
          adoptable: ['gold.daily_sales', 'gold.line_units'].map((view) => ({
            view,
            maxStaleness: '26h',
          })),
        },
      },
    });
    await world.start();
    for (const day of [0, 1]) {
      world.dashboards(day);
      for (let view = 0; view < 20; view += 1) {
        world.record({
          text: 'select category, units from gold.line_units',
          at: FIRST_DAY + day * DAY_MS + (9 + view / 4) * HOUR_MS,
          user: view % 2 === 0 ? 'emea' : 'apac',
        });
      }
      await world.cycle(day + 1);
    }

    await world.run('alter table silver.order_lines rename column net_amount to net');
    const { marts } = await world.cycle(3);

    const other = marts.find(({ definition }) => definition.relation.endsWith('line_units'));
    expect(other?.stage).toBe('physical');
    expect(other?.current?.verifiedFreshAt).toBe(FIRST_DAY + 3 * DAY_MS + 3 * HOUR_MS);
    expect(marts.filter(({ held }) => held !== undefined)).toHaveLength(1);
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
    expect(result.input.usage.coverage.resolvedShare).toBe(1);
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

    await world.restart(world.configWith({ drift: { keepLastGood: false } }));
    await world.run(RENAMED);
    const unkept = await world.cycle(5);

    expect(unkept.reacted).toEqual([]);
    expect(unkept.marts[0]?.held).toBeUndefined();
    expect(unkept.decision.plan.steps).toMatchObject([{ action: { kind: 'follow-source' } }]);

    await world.run('drop table silver.stores');
    const gone = await world.cycle(6);

    // Nothing is kept without a word; with one, readers are left with what they have.
    expect(gone.reacted).toEqual([]);
    const [asked] = (await proposalsOf(world)).filter(({ state }) => state === 'open');
    expect(asked).toMatchObject({ kind: 'drop', title: 'Give gold.daily_sales up as it stands' });
    expect(await world.goldsmith.approve(asked?.id ?? '', { by: 'cli:ana' })).toMatchObject({
      state: 'applied',
    });
    expect(await world.rows(BOARD)).toEqual(before);
    expect((await world.cycle(7)).marts).toEqual([]);
  });
});
