import { afterAll, beforeAll, expect, it } from 'vitest';
import { aGitRemote, type GitRemote } from '../../../servers/git-remote.ts';
import { type GithubServer, githubSettingsOf, startGithub } from '../../../servers/github.ts';
import { askedShop, onEachWarehouse, type Shop, theProposal } from '../../proposals/a-shop.ts';
import { stepsOf } from '../../small-world.ts';

const CONTRACT = 'contracts/gold/daily_sales.odcs.yaml';
const PURPOSE = 'purpose: what finance reads every morning';

/** One story, told in order. */
onEachWarehouse('a pull request a person edited', (kind) => {
  let remote: GitRemote;
  let github: GithubServer;
  let shop: Shop;
  let branch = '';
  beforeAll(async () => {
    remote = aGitRemote();
    github = await startGithub(remote, '2026-08-05T01:00:00Z');
    shop = await askedShop(kind, {
      propose: {
        github: githubSettingsOf(github, remote),
        approvals: { build: ['github:octocat'] },
      },
    });
    branch = github.pulls[0]?.head ?? '';
  });
  afterAll(async () => {
    await shop.close();
    await github.stop();
    remote.remove();
    expect(github.violations).toEqual([]);
  });

  it('keeps his commit, his title and his words, night after night', async () => {
    const [pull] = github.pulls;
    remote.person('fetch', '--quiet');
    remote.person('checkout', '--quiet', '-B', branch, `origin/${branch}`);
    const contract = remote.file(branch, CONTRACT);
    remote.write(
      CONTRACT,
      `${contract.replace('status: active', `status: active\ndescription:\n  ${PURPOSE}`)}\n`,
    );
    remote.commit('Say what it is for');
    const head = remote.git('rev-parse', branch);
    const body = `See FIN-12.\n\n${pull?.body}`;
    Object.assign(pull ?? {}, { title: 'Finance: daily sales as a table', body });

    shop.dashboards(2);
    expect(stepsOf(await shop.cycle(3))).toEqual([]);

    expect(remote.git('rev-parse', branch)).toBe(head);
    expect(github.pulls).toMatchObject([
      { title: 'Finance: daily sales as a table', body, state: 'open', comments: [] },
    ]);
  });

  it('says once that merging it is no yes any more, where the world moved', async () => {
    const head = remote.git('rev-parse', branch);
    const [pull] = github.pulls;
    const body = pull?.body;
    await shop.redefine();

    shop.dashboards(3);
    await shop.cycle(4);
    shop.dashboards(4);
    await shop.cycle(5);

    expect(remote.git('rev-parse', branch)).toBe(head);
    expect(pull).toMatchObject({ state: 'open', body });
    const { id } = await theProposal(shop);
    expect(pull?.comments).toEqual([
      expect.stringContaining(
        `What this would do changed since, and this branch holds commits of yours, so it stays as it is. Merging it is no yes to what would be done now: \`goldsmith proposals show ${id.slice(0, 8)}\` tells that.`,
      ),
    ]);
  });

  it('merged all the same changes nothing, and is followed by a pull request for what would be done now', async () => {
    github.merge(100, 'octocat');
    shop.dashboards(5);
    expect(stepsOf(await shop.cycle(6))).toEqual([]);
    shop.dashboards(6);
    await shop.cycle(7);

    expect(await theProposal(shop)).toMatchObject({ state: 'open' });
    expect(await shop.versions()).toBe(0);
    expect(github.pulls[0]?.comments.at(-1)).toContain('This merge is no yes');
    expect(github.pulls).toHaveLength(2);
    expect(github.pulls[1]).toMatchObject({ state: 'open', head: branch });
    expect(remote.git('log', '--format=%s', `main..${branch}`)).toBe(github.pulls[1]?.title);
    expect(remote.file(branch, CONTRACT)).toContain(PURPOSE);
    expect(remote.file(branch, 'marts/gold/daily_sales.sql').toLowerCase()).toContain('having');
  });

  it('whose successor is merged is carried out', async () => {
    const before = await shop.answers();
    github.merge(101, 'octocat', 'squash');
    shop.dashboards(7);

    expect(stepsOf(await shop.cycle(8))).toEqual([
      'adopt-view gold.daily_sales: done',
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);

    expect(await shop.answers()).toEqual(before);
    expect(await shop.isStored()).toBe(true);
    expect(remote.file('main', CONTRACT)).toContain(PURPOSE);
  });
});
