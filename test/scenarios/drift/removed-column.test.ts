import { afterEach, describe, expect, it } from 'vitest';
import { aGitRemote, type GitRemote } from '../../servers/git-remote.ts';
import { askedWorld, proposalsOf } from '../proposals/asked-world.ts';
import { DAILY_SALES, type SmallWorld, stepsOf } from '../small-world.ts';

const CONTRACT = 'contracts/gold/daily_sales.odcs.yaml';
const GONE = 'alter table silver.order_lines drop column quantity';

describe('a source column that was removed', () => {
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

  it('that groups the rows leaves nothing to agree to', async () => {
    await agreed();
    const before = await world.rows(DAILY_SALES);

    await world.run('alter table silver.stores drop column region');
    const cycle = await world.cycle(4);

    expect(cycle.decision.plan.steps).toEqual([]);
    expect((await proposalsOf(world)).map(({ kind }) => kind)).toEqual(['build']);
    expect(await world.rows(DAILY_SALES)).toEqual(before);
  });
});
