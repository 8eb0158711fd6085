import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aGitRemote, type GitRemote } from '../../servers/git-remote.ts';
import { type GithubServer, REPOSITORY, startGithub } from '../../servers/github.ts';
import { askedWorld, onlyProposal } from '../proposals/asked-world.ts';
import { type SmallWorld, stepsOf } from '../small-world.ts';

const POST = `POST /repos/${REPOSITORY}/pulls`;

describe('a proposal as a pull request', () => {
  let remote: GitRemote;
  let github: GithubServer;
  let world: SmallWorld;
  beforeAll(async () => {
    remote = aGitRemote();
    github = await startGithub(remote, '2026-08-05T01:00:00Z');
    // GitHub is away in the night that asks: each attempt, and each attempt of the look before it.
    for (let i = 0; i < 3; i += 1) {
      github.fail('/pulls', { status: 503 });
    }
    world = await askedWorld({
      settings: {
        propose: {
          github: {
            repository: REPOSITORY,
            apiUrl: github.apiUrl,
            remote: remote.url,
            branch: 'main',
            token: github.token,
          },
          approvals: { build: ['github:octocat'] },
        },
      },
    });
  });
  afterAll(async () => {
    await world.close();
    await github.stop();
    remote.remove();
    expect(github.violations).toEqual([]);
  });

  const opened = () => github.requests.filter((each) => each === POST).length;

  it('waits while GitHub is away: nothing is lost, the cycle goes on', async () => {
    expect(github.pulls).toEqual([]);
    expect(await onlyProposal(world)).toMatchObject({ state: 'open' });
    expect(world.logLines.join('\n')).toContain('GITHUB_UNREACHABLE');
  });

  it('is opened once when GitHub is back, though the answer to opening it gets lost', async () => {
    github.fail(POST, 'lost');
    world.dashboards(2);
    await world.cycle(3);
    world.dashboards(3);
    await world.cycle(4);

    expect(opened()).toBe(1);
    expect(github.pulls).toMatchObject([
      { title: 'Take over and build gold.daily_sales', labels: ['goldsmith'], state: 'open' },
    ]);
    expect(github.pulls[0]?.body).toContain('### Predicted');
  });

  it('merged by somebody who is not listed is no yes', async () => {
    const [pull] = github.pulls;
    github.merge(100, 'hubot');
    world.dashboards(4);

    expect(stepsOf(await world.cycle(5))).toEqual([]);
    await world.goldsmith.cycle();
    await world.goldsmith.cycle();

    const { id, state } = await onlyProposal(world);
    expect(state).toBe('open');
    expect(pull?.state).toBe('closed');
    expect(pull?.comments).toEqual([
      expect.stringContaining(
        `This merge is no yes: github:hubot is not listed in propose.approvals.build, so this does not count. Goldsmith does nothing in the warehouse because of it; who may decide can still say \`goldsmith approve ${id.slice(0, 8)}\`.`,
      ),
    ]);
    expect(world.logLines.filter((line) => line.includes('a word did not count'))).toHaveLength(1);
  });

  it('merged by who is listed is carried out in the next cycle', async () => {
    Object.assign(github.pulls[0] ?? {}, { mergedBy: 'octocat' });
    world.dashboards(5);

    expect(stepsOf(await world.cycle(6))).toEqual([
      'adopt-view gold.daily_sales: done',
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
    expect(opened()).toBe(1);
  });

  it('has no token in the log, the pull request or the repository', () => {
    const everything = [
      world.logLines.join('\n'),
      JSON.stringify(github.pulls),
      remote.git('log', '--all', '--patch', '--format=%B'),
    ].join('\n');

    expect(everything).not.toContain(github.token);
  });
});

describe('a pull request that is closed', () => {
  it('is a no for the reason of its label', async () => {
    const remote = aGitRemote();
    const github = await startGithub(remote, '2026-08-05T01:00:00Z');
    const world = await askedWorld({
      settings: {
        propose: {
          github: {
            repository: REPOSITORY,
            apiUrl: github.apiUrl,
            remote: remote.url,
            branch: 'main',
            token: github.token,
          },
        },
      },
    });
    try {
      Object.assign(github.pulls[0] ?? {}, { labels: ['goldsmith', 'wrong grain'] });
      github.close(100, 'octocat');
      world.dashboards(2);

      expect(stepsOf(await world.cycle(3))).toEqual([]);

      const proposal = await onlyProposal(world);
      expect(proposal).toMatchObject({ state: 'declined' });
      expect(JSON.stringify(proposal)).toContain('github:octocat');
      expect(JSON.stringify(proposal)).toContain('wrong-grain');
      expect(remote.branches()).toEqual(['main']);
      expect(github.pulls[0]?.comments).toEqual([]);
      expect(github.violations).toEqual([]);
    } finally {
      await world.close();
      await github.stop();
      remote.remove();
    }
  });
});
