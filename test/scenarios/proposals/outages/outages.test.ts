import { afterAll, beforeAll, expect, it } from 'vitest';
import { aGitRemote, type GitRemote } from '../../../servers/git-remote.ts';
import {
  type GithubServer,
  githubSettingsOf,
  REPOSITORY,
  startGithub,
} from '../../../servers/github.ts';
import { FakeSlack } from '../../../servers/slack.ts';
import { askedShop, onEachWarehouse, type Shop, theProposal } from '../a-shop.ts';

const OPENED = `POST /repos/${REPOSITORY}/pulls`;

/** One story, told in order: both places are away, come back, and lose answers. */
onEachWarehouse('a proposal while GitHub and Slack are away', (kind) => {
  let remote: GitRemote;
  let github: GithubServer;
  let slack: FakeSlack;
  let shop: Shop;
  beforeAll(async () => {
    remote = aGitRemote();
    github = await startGithub(remote, '2026-08-05T01:00:00Z');
    slack = await FakeSlack.start();
    slack.isDown = true;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      github.fail('/pulls', { status: 503 });
    }
    shop = await askedShop(kind, {
      propose: {
        github: githubSettingsOf(github, remote),
        slack: slack.settings,
        approvals: { build: ['slack:U1', 'cli:*'] },
      },
    });
  });
  afterAll(async () => {
    await shop.close();
    await github.stop();
    await slack.stop();
    remote.remove();
    expect(github.violations).toEqual([]);
  });

  const opened = () => github.requests.filter((each) => each === OPENED).length;

  it('is asked all the same, and shown nowhere', async () => {
    expect(await theProposal(shop)).toMatchObject({ state: 'open' });
    expect([github.pulls.length, slack.messages.length]).toEqual([0, 0]);
    expect(shop.logLines.join('')).toContain('GITHUB_UNREACHABLE');
  });

  it('is shown once in each when they are back, though neither says that it heard', async () => {
    slack.isDown = false;
    slack.trouble({ kind: 'none' }, { kind: 'lost-answer' });
    github.fail(OPENED, 'lost');

    shop.dashboards(2);
    await shop.cycle(3);
    await shop.stop();
    await shop.start();
    shop.dashboards(3);
    await shop.cycle(4);
    await shop.goldsmith.cycle();

    expect(opened()).toBe(1);
    expect(github.pulls).toMatchObject([{ state: 'open', labels: ['goldsmith'] }]);
    expect(slack.messages).toHaveLength(1);
    expect(remote.branches()).toHaveLength(2);
  });

  it('is carried out when somebody says yes while both are away again, and both learn it later, once', async () => {
    const before = await shop.answers();
    const { id } = await theProposal(shop);
    slack.isDown = true;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      github.fail('/pulls', 'gone');
    }

    const answer = await shop.goldsmith.approve(id, { by: 'cli:ana' });

    expect(answer).toMatchObject({ ok: true, state: 'applied' });
    expect(await shop.isStored()).toBe(true);
    expect(await shop.answers()).toEqual(before);
    expect(JSON.stringify(slack.messages)).toContain('Waits for an answer');
    expect(github.pulls[0]?.comments).toEqual([]);

    slack.isDown = false;
    await shop.goldsmith.cycle();
    await shop.goldsmith.cycle();

    expect(slack.messages).toHaveLength(1);
    expect(JSON.stringify(slack.messages[0])).toContain('approved by cli:ana');
    expect(github.pulls[0]?.comments).toEqual([expect.stringContaining('cli:ana agreed')]);
    expect(opened()).toBe(1);
    expect(await shop.versions()).toBe(1);
  });
});
