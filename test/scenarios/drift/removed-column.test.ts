import { afterEach, describe, expect, it } from 'vitest';
import { aGitRemote, type GitRemote } from '../../servers/git-remote.ts';
import { askedWorld, proposalsOf } from '../proposals/asked-world.ts';
import { DAILY_SALES, type SmallWorld, stepsOf } from '../small-world.ts';

const CONTRACT = 'contracts/gold/daily_sales.odcs.yaml';
const GONE = 'alter table silver.order_lines drop column quantity';

let world: SmallWorld;
let remote: GitRemote;
afterEach(async () => {
  await world.close();
  remote.remove();
});

/** A mart that people merged, so that its contract stands in the repository. */
async function agreed(): Promise<void> {
  remote = aGitRemote();
  world = await askedWorld({
    settings: {
      propose: {
        git: { remote: remote.url, branch: 'main' },
        approvals: { build: ['git:merge'], follow: ['git:merge'] },
      },
    },
  });
  await merge('build');
  world.dashboards(2);
  expect(stepsOf(await world.cycle(3))).toContain('repoint-view gold.daily_sales: done');
}
async function merge(kind: string): Promise<string> {
  const branch = remote.branches().find((name) => name.startsWith(`goldsmith/${kind}`)) ?? '';
  remote.person('fetch', '--quiet');
  remote.person('checkout', '--quiet', 'main');
  remote.person('merge', '--quiet', '--no-ff', '--no-edit', `origin/${branch}`);
  remote.person('push', '--quiet', 'origin', 'main');
  return branch;
}
const versionAt = (branch: string) => /^version: (.*)$/m.exec(remote.file(branch, CONTRACT))?.[1];
const columns = () => world.rows('select column_name from (describe gold.daily_sales)');

describe('a source column that was removed', () => {
  it('is refused and proposed: readers keep what they have until a person agrees to lose what was made of it', async () => {
    await agreed();
    const before = await world.rows('select * from gold.daily_sales');
    const kept = await world.rows('select * exclude (units) from gold.daily_sales');

    await world.run(GONE);
    const cycle = await world.cycle(4);

    expect(cycle.reacted).toMatchObject([{ action: { kind: 'hold-version' }, outcome: 'done' }]);
    expect(await world.rows('select * from gold.daily_sales')).toEqual(before);
    const asked = (await proposalsOf(world)).find(({ kind }) => kind === 'follow');
    expect(asked).toMatchObject({
      state: 'open',
      title: 'Take units out of gold.daily_sales',
      because: 'silver.order_lines.quantity (INTEGER) is gone; without units',
      risks: [
        'high: statements that name units fail: what it was made of is gone, and nothing takes its place',
      ],
    });
    const branch = remote.branches().find((name) => name.startsWith('goldsmith/follow')) ?? '';
    expect(remote.git('diff', 'main', branch)).toMatch(/^-.*quantity/m);
    expect([versionAt('main'), versionAt(branch)]).toEqual(['1.0.0', '2.0.0']);

    await merge('follow');
    const next = await world.cycle(5);

    expect(stepsOf(next)[0]).toBe('follow-source gold.daily_sales: done');
    expect(await columns()).not.toContain('["units"]');
    expect(await world.rows('select * from gold.daily_sales')).toEqual(kept);
    await world.cycle(6);
    expect((await world.goldsmith.drift()).text).not.toContain('  incident  ');
    expect(await world.rows('select * from gold.daily_sales')).toEqual(kept);
  });
});

describe('a source table that was removed', () => {
  it('leaves only the end of the mart to agree to, and its readers what they have', async () => {
    await agreed();
    const before = await world.rows(DAILY_SALES);

    await world.run('drop table silver.stores');
    await world.cycle(4);

    const asked = (await proposalsOf(world)).find(({ kind }) => kind === 'drop');
    expect(asked).toMatchObject({
      state: 'open',
      title: 'Give gold.daily_sales up as it stands',
      because:
        'silver.stores is gone, and nothing takes its place: what is gone chose, joined or grouped its rows',
      sql: [],
    });
    const branch = remote.branches().find((name) => name.startsWith('goldsmith/drop')) ?? '';
    expect(remote.file(branch, CONTRACT)).toContain('status: retired');

    expect(await world.goldsmith.approve(asked?.id ?? '', { by: 'cli:ana' })).toMatchObject({
      state: 'applied',
    });

    expect(await world.rows(DAILY_SALES)).toEqual(before);
    const told = (await world.goldsmith.drift()).text;
    expect(told).toMatch(/over +gold.daily_sales: .*: the mart was given up/);
    const { decision, marts } = await world.cycle(5);
    expect(marts).toEqual([]);
    expect(decision.plan.steps).toEqual([]);
    expect(await world.rows(DAILY_SALES)).toEqual(before);
    expect(
      await world.rows(
        "select comment from duckdb_views() where schema_name = 'gold' and view_name = 'daily_sales'",
      ),
    ).toEqual([expect.stringContaining('answers as of 2026-08-06')]);
  });
});
