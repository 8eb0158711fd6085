import { afterAll, beforeAll, expect, it } from 'vitest';
import { aGitRemote, type GitRemote } from '../../../servers/git-remote.ts';
import { type GithubServer, githubSettingsOf, startGithub } from '../../../servers/github.ts';
import { askedShop, onEachWarehouse, type Shop, theProposal } from '../../proposals/a-shop.ts';
import { stepsOf } from '../../small-world.ts';

onEachWarehouse('a pull request merged while the daemon is down', (kind) => {
  let remote: GitRemote;
  let github: GithubServer;
  let shop: Shop;
  beforeAll(async () => {
    remote = aGitRemote();
    github = await startGithub(remote, '2026-08-05T09:00:00Z');
    shop = await askedShop(kind, {
      propose: {
        github: githubSettingsOf(github, remote),
        approvals: { build: ['github:octocat'] },
      },
    });
  });
  afterAll(async () => {
    await shop.close();
    await github.stop();
    remote.remove();
    expect(github.violations).toEqual([]);
  });

  it('is carried out once when it is back, though its branch is gone and GitHub stumbles over the first look', async () => {
    const before = await shop.answers();
    const [pull] = github.pulls;
    await shop.stop();
    github.merge(100, 'octocat', 'squash');
    remote.person('push', '--quiet', 'origin', `:${pull?.head}`);
    expect(await shop.isStored()).toBe(false);

    await shop.start();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      github.fail('/pulls/100', { status: 502 });
    }
    shop.dashboards(2);
    expect(stepsOf(await shop.cycle(3))).toEqual([]);
    expect(await theProposal(shop)).toMatchObject({ state: 'open' });
    shop.dashboards(3);
    const steps = stepsOf(await shop.cycle(4));

    expect(steps).toEqual([
      'adopt-view gold.daily_sales: done',
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
    const { state, moves } = await theProposal(shop);
    expect(state).toBe('applied');
    expect(moves.map(({ to, by }) => `${to} by ${by}`)).toContain('approved by github:octocat');
    expect(await shop.isStored()).toBe(true);
    expect(await shop.answers()).toEqual(before);
    await shop.goldsmith.cycle();
    await shop.goldsmith.cycle();
    expect(await shop.versions()).toBe(1);
    expect(github.pulls).toHaveLength(1);
    expect(remote.branches()).toEqual(['main']);
  });
});
