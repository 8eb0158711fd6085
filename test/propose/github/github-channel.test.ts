import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../../src/base/clock.ts';
import type { ChannelRef } from '../../../src/propose/channel.ts';
import { githubChannel } from '../../../src/propose/github/github-channel.ts';
import { githubSettings } from '../../../src/propose/github/settings.ts';
import type { Proposal } from '../../../src/propose/proposal.ts';
import { aGitRemote, type GitRemote, type KeptRemote } from '../../servers/git-remote.ts';
import { type GithubServer, REPOSITORY, startGithub } from '../../servers/github.ts';
import type { ServedPull } from '../../servers/github-pulls.ts';
import { aDefinition, aProposal, filesParts } from '../git/a-proposal.ts';

const BRANCH = 'goldsmith/build/gold-daily_sales-01234567';
const SQL = 'marts/gold/daily_sales.sql';
const NOW = Date.parse('2026-03-20T03:00:00Z');
const { signal } = new AbortController();

let remote: GitRemote;
let github: GithubServer;
beforeEach(async () => {
  remote = aGitRemote();
  github = await startGithub(remote);
});
afterEach(async () => {
  await github.stop();
  remote.remove();
  expect(github.violations).toEqual([]);
});

const clock = handTurnedClock(NOW);

function open(changes: Record<string, unknown> = {}) {
  clock.turnTo(NOW);
  const channel = githubChannel({
    settings: githubSettings.parse({
      repository: REPOSITORY,
      apiUrl: github.apiUrl,
      remote: remote.url,
      branch: 'main',
      token: github.token,
      ...changes,
    }),
    folder: join(remote.folder, 'state'),
    files: () => Promise.resolve(filesParts()),
    clock,
  });
  return {
    show: (proposal: Proposal, ref?: ChannelRef) =>
      channel.show(proposal, { ref, now: NOW, signal }),
    poll: (proposal: Proposal, ref: ChannelRef) =>
      channel.poll?.([{ proposal, ref }], signal) ?? Promise.resolve([]),
    probe: () => channel.probe?.(signal),
  };
}

let kept:
  | {
      readonly ref: ChannelRef;
      readonly pull: ServedPull | undefined;
      readonly remote: KeptRemote;
    }
  | undefined;

afterAll(() => kept?.remote.remove());

/** After a proposal was shown: done once, and copied for each further test. */
async function shown(): Promise<ChannelRef> {
  if (kept === undefined) {
    const ref = await open().show(aProposal());
    kept = { ref, pull: structuredClone(github.pulls[0]), remote: remote.keep() };
  } else {
    kept.remote.restore(remote);
    github.takeUp(structuredClone(kept.pull));
  }
  return kept.ref;
}

const other = () =>
  aProposal(
    { meaning: 'second-meaning' },
    aDefinition(
      'select order_date, sum(amount) as sum_amount\nfrom silver.lines\ngroup by order_date',
    ),
  );

function ended(state: Proposal['state'], by: string, words?: string): Proposal {
  return aProposal({
    state,
    moves: [{ to: state, at: NOW, by, ...(words === undefined ? {} : { words }) }],
  });
}

const created = () =>
  github.requests.filter((each) => each === `POST /repos/${REPOSITORY}/pulls`).length;

function edit(path: string, text: string): void {
  remote.person('fetch', '--quiet');
  remote.person('checkout', '--quiet', '-B', BRANCH, `origin/${BRANCH}`);
  remote.write(path, text);
  remote.commit('As we write it here');
}

describe('a proposal on GitHub', () => {
  it('is a pull request from its branch, labelled, with everything people ask', async () => {
    const ref = await open().show(aProposal());

    expect(ref).toMatchObject({ branch: BRANCH, number: 100, meaning: 'first-meaning' });
    expect(github.pulls).toMatchObject([
      { title: 'Build gold.daily_sales', head: BRANCH, base: 'main', labels: ['goldsmith'] },
    ]);
    const body = github.pulls[0]?.body ?? '';
    for (const heading of [
      'Why',
      'Predicted',
      'Evidence',
      'Who reads it',
      'Risks',
      'Proofs',
      'How to take it back',
    ]) {
      expect(body).toContain(`### ${heading}\n`);
    }
    expect(body).toContain(
      'saves $1.25 a day net, between $0.80 and $1.90; it costs $0.40 once'
        .replaceAll('$', '\\$')
        .replaceAll('-', '\\-'),
    );
    expect(body).toContain('`goldsmith rollback gold.daily_sales`');
  });

  it('shown again is neither opened nor changed again, also by a daemon that lost what it knew', async () => {
    const ref = await open().show(aProposal());

    expect(await open().show(aProposal(), ref)).toEqual(ref);
    expect(await open().show(aProposal())).toEqual(ref);

    expect(created()).toBe(1);
    expect(github.requests.some((each) => each.startsWith('PATCH'))).toBe(false);
  });

  it('drafted anew by a daemon that lost its state takes the place of the former one, which says so', async () => {
    await shown();

    await open().show(aProposal({ id: 'fedcba9876543210' as Proposal['id'] }));

    expect(github.pulls).toMatchObject([{ number: 100, state: 'closed' }, { number: 101 }]);
    expect(github.pulls[0]?.comments[0]).toContain('Asked anew in #101.');
    expect(remote.branches()).toEqual(['goldsmith/build/gold-daily_sales-fedcba98', 'main']);
  });

  it('follows another meaning in place, and leaves what people wrote around it', async () => {
    const ref = await shown();
    const [pull] = github.pulls;
    Object.assign(pull ?? {}, {
      title: 'Sales mart (finance)',
      body: `For the board.\n\n${pull?.body}\n\ncc the team`,
    });

    const next = await open().show(other(), ref);

    expect(next).toMatchObject({ number: 100, meaning: 'second-meaning' });
    expect(pull?.title).toBe('Sales mart (finance)');
    expect(pull?.body).toMatch(
      /^For the board\.\n\n<!-- goldsmith:begin [^>]*meaning=second-meaning -->/,
    );
    expect(pull?.body.match(/goldsmith:begin/g)).toHaveLength(1);
    expect(pull?.body).toMatch(/cc the team$/);
    expect(remote.file(BRANCH, SQL)).toContain('silver.lines');
  });

  it('is closed while there is nothing to change, and opened anew when there is again', async () => {
    const ref = await shown();
    remote.person('fetch', '--quiet');
    remote.person('checkout', '--quiet', 'main');
    const same = remote.file(BRANCH, SQL);
    remote.write(SQL, `${same}\n`);
    remote.write('contracts/gold/daily_sales.odcs.yaml', 'kind: somebody-elses');
    remote.commit('Our own');

    const nothing = await open().show(aProposal({ meaning: 'other-meaning' }), ref);
    expect(nothing).toEqual({
      nothing:
        'that may be changed (contracts/gold/daily_sales.odcs.yaml: it is a somebody-elses of version unknown, not an ODCS v3 DataContract)',
    });
    expect(github.pulls).toMatchObject([{ state: 'closed' }]);
    expect(github.pulls[0]?.comments[0]).toContain('nothing left to change');

    expect(await open().show(other(), nothing)).toMatchObject({ number: 101 });
  });

  it('is closed with the reason when it is overtaken, and said once', async () => {
    const ref = await shown();
    const end = ended('overtaken', 'goldsmith', 'usage fell by 80 %');

    expect(await open().show(end, ref)).toEqual({ withdrawn: 1 });
    await open().show(end, ref);

    expect(github.pulls).toMatchObject([{ state: 'closed', closedBy: 'goldsmith[bot]' }]);
    expect(github.pulls[0]?.comments).toEqual([
      '<!-- goldsmith:0123456789abcdef:overtaken -->\nOvertaken \\(usage fell by 80 %\\).',
    ]);
    expect(remote.branches()).toEqual(['main']);
  });

  it('tells the open pull request that somebody agreed elsewhere', async () => {
    const ref = await shown();
    const applied = aProposal({
      state: 'applied',
      moves: [
        { to: 'approved', at: NOW, by: 'slack:U1' },
        { to: 'applied', at: NOW, by: 'goldsmith' },
      ],
    });

    expect(await open().show(applied, ref)).toEqual(ref);
    await open().show(applied, ref);

    expect(github.pulls[0]?.comments).toHaveLength(1);
    expect(github.pulls[0]?.comments[0]).toContain('Applied. slack:U1 agreed.');
    expect(github.pulls[0]?.state).toBe('open');
  });
});

describe('what mode auto did by itself', () => {
  it('is a pull request that asks nothing', async () => {
    const done = aProposal({ state: 'applied', kind: 'follow' });
    const ref = await open().show(done);
    await open().show(done, ref);

    expect(github.pulls).toHaveLength(1);
    expect(github.pulls[0]?.body).toContain('This is done already.');
    expect(github.pulls[0]?.body).not.toContain('is a yes');
  });
});

describe('a pull request a person edited', () => {
  it('is left to that person, who is told when it ends', async () => {
    const ref = await shown();
    edit(SQL, 'select 1');
    const body = github.pulls[0]?.body;
    const head = remote.git('rev-parse', BRANCH);

    expect(await open().show(other(), ref)).toMatchObject({ edited: 'by a person', number: 100 });
    expect(github.pulls[0]?.body).toBe(body);
    expect(await open().show(ended('expired', 'goldsmith'), ref)).toMatchObject({
      edited: 'by a person',
    });

    expect(remote.git('rev-parse', BRANCH)).toBe(head);
    expect(github.pulls[0]?.state).toBe('open');
    expect(github.pulls[0]?.comments[0]).toContain('it stays as it is');
  });

  it.each(['merge', 'squash'] as const)(
    'is no yes when another statement is merged by %s',
    async (how) => {
      const ref = await shown();
      edit(SQL, 'select max(amount) from silver.orders');
      github.merge(100, 'octocat', how);

      expect(await open().poll(aProposal(), ref)).toMatchObject([
        {
          move: 'decline',
          by: 'github:octocat',
          words: expect.stringContaining(`another statement in ${SQL}`),
        },
      ]);
    },
  );

  it('squashed after it was worded anew, its branch gone, is followed by one for the new words', async () => {
    const ref = await shown();
    edit('contracts/gold/daily_sales.odcs.yaml', 'version: 1.0.0\n');
    const edited = await open().show(other(), ref);
    expect(edited).toMatchObject({ edited: 'by a person', number: 100 });
    github.merge(100, 'octocat', 'squash');
    remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);

    const next = await open().show(other(), edited);

    expect(next).toMatchObject({ number: 101, meaning: 'second-meaning' });
    expect(github.pulls[1]).toMatchObject({ state: 'open', head: BRANCH });
    expect(remote.git('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
    expect(await open().show(other(), next)).toEqual(next);
    expect(github.pulls).toHaveLength(2);
  });

  it('is a yes when only the contract was edited', async () => {
    const ref = await shown();
    edit('contracts/gold/daily_sales.odcs.yaml', 'version: 1.0.0\n');
    github.merge(100, 'octocat', 'squash');

    expect(await open().poll(aProposal(), ref)).toMatchObject([{ move: 'approve' }]);
  });
});

describe('what people do with a pull request', () => {
  it('is nothing while it is open', async () => {
    const ref = await shown();

    expect(await open().poll(aProposal(), ref)).toEqual([]);
  });

  it.each(['merge', 'squash'] as const)(
    'is a yes by who merged it (%s), also while the daemon was away',
    async (how) => {
      const ref = await shown();
      github.merge(100, 'octocat', how);
      remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);

      expect(await open().poll(aProposal(), ref)).toEqual([
        {
          proposal: '0123456789abcdef',
          move: 'approve',
          by: 'github:octocat',
          at: Date.parse('2026-03-20T09:00:00Z'),
          token: `github:${REPOSITORY}#100:merged`,
          meaning: 'first-meaning',
        },
      ]);
      expect(await open().show(aProposal(), ref)).toEqual(ref);
    },
  );

  it('is a no by who closed it, for the reason of its label', async () => {
    const ref = await shown();
    Object.assign(github.pulls[0] ?? {}, { labels: ['goldsmith', 'wrong grain'] });
    github.close(100, 'hubot');

    expect(await open().poll(aProposal(), ref)).toMatchObject([
      {
        move: 'decline',
        by: 'github:hubot',
        reason: 'wrong-grain',
        token: `github:${REPOSITORY}#100:closed`,
      },
    ]);
    expect(await open().show(ended('declined', 'github:hubot'), ref)).toEqual({ withdrawn: 1 });
    expect(github.pulls[0]?.comments).toEqual([]);
    expect(remote.branches()).toEqual(['main']);
  });

  it('is a no where the branch was deleted', async () => {
    const ref = await shown();
    remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);

    expect(await open().poll(aProposal(), ref)).toMatchObject([
      { move: 'decline', by: 'github:whoever-deleted-it', reason: 'other' },
    ]);
    expect(await open().show(aProposal(), ref)).toMatchObject({ number: 100 });
    expect(github.pulls).toHaveLength(1);
  });

  it('merged before it was worded anew gets a second pull request for the new words', async () => {
    const ref = await shown();
    github.merge(100, 'octocat');

    expect(await open().show(other(), ref)).toMatchObject({
      number: 101,
      meaning: 'second-meaning',
    });
  });
});

describe('GitHub in trouble', () => {
  it.each([
    ['the pull request', 'POST /repos/acme/warehouse/pulls'],
    ['its label', '/labels'],
  ])('loses the answer about %s: it is found, not made again', async (_what, text) => {
    github.fail(text, 'lost');
    const first = await open()
      .show(aProposal())
      .catch(() => undefined);
    const ref = await open().show(aProposal(), first);

    expect(created()).toBe(1);
    expect(ref).toMatchObject({ number: 100 });
    expect(github.pulls[0]?.labels).toEqual(['goldsmith']);
  });

  it('loses the answer about a comment: it is not said twice', async () => {
    const ref = await shown();
    github.fail('POST /repos/acme/warehouse/issues/100/comments', 'lost');

    await open().show(ended('overtaken', 'goldsmith'), ref);

    expect(github.pulls[0]?.comments).toHaveLength(1);
    expect(github.pulls[0]?.state).toBe('closed');
  });

  it('is asked again where it only stumbled over a question', async () => {
    const ref = await shown();
    github.fail('GET /repos/acme/warehouse/pulls/100', { status: 502 });
    github.fail('GET /repos/acme/warehouse/pulls/100', 'gone');

    expect(await open().poll(aProposal(), ref)).toEqual([]);
    expect(clock.now() - NOW).toBe(3000);
  });

  it('that is away rejects, and what was asked is shown when it is back', async () => {
    for (let i = 0; i < 8; i += 1) {
      github.fail('/pulls', { status: 503 });
    }
    await expect(open().show(aProposal())).rejects.toMatchObject({
      code: 'GITHUB_UNREACHABLE',
      retryable: true,
    });
    expect(remote.branches()).toEqual([BRANCH, 'main']);

    await open()
      .show(aProposal())
      .catch(() => undefined);
    await open()
      .show(aProposal())
      .catch(() => undefined);
    await open().show(aProposal());

    expect(github.pulls).toHaveLength(1);
  });

  it('that asks for a short wait gets it', async () => {
    github.fail('POST /repos/acme/warehouse/pulls', {
      status: 403,
      headers: { 'retry-after': '7' },
      body: { message: 'You have exceeded a secondary rate limit.' },
    });

    await open().show(aProposal());

    expect(created()).toBe(2);
    expect(github.pulls).toHaveLength(1);
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(7000);
  });

  it('that asks for a long wait is not asked anything until it has passed', async () => {
    const ref = await shown();
    const channel = open();
    github.fail('GET', {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 1800) },
      body: { message: 'API rate limit exceeded' },
    });
    await expect(channel.poll(aProposal(), ref)).rejects.toMatchObject({
      code: 'GITHUB_LIMITED',
      message: 'GitHub asks us to wait 1800 s; proposals wait and are shown in a later cycle',
    });
    const asked = github.requests.length;

    await expect(channel.poll(aProposal(), ref)).rejects.toMatchObject({ code: 'GITHUB_LIMITED' });
    expect(github.requests).toHaveLength(asked);

    clock.turnTo(NOW + 1_800_000);
    expect(await channel.poll(aProposal(), ref)).toEqual([]);
  });

  it.each([
    [
      { status: 403, body: { message: 'Resource not accessible by personal access token' } },
      'GITHUB_REFUSED',
      'needs to write contents and pull requests',
    ],
    [
      { status: 404, body: { message: 'Not Found' } },
      'GITHUB_NOT_FOUND',
      'check propose.github.repository',
    ],
    [
      { status: 301, body: { message: 'Moved Permanently' } },
      'GITHUB_MOVED',
      'the repository was renamed',
    ],
  ])('that answers %o says what to do', async (fault, code, words) => {
    github.fail('GET', fault);

    await expect(open().show(aProposal())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('never sees more comments than a page and forgets one', async () => {
    const ref = await shown();
    const end = ended('overtaken', 'goldsmith');
    await open().show(end, ref);
    Object.assign(github.pulls[0] ?? {}, { state: 'open' });
    const [said = ''] = github.pulls[0]?.comments ?? [];
    github.pulls[0]?.comments.splice(0);
    for (let i = 0; i < 150; i += 1) {
      github.comment(100, `chatter ${i}`);
    }
    github.comment(100, said);
    remote.git('update-ref', `refs/heads/${BRANCH}`, String(ref['head']));

    await open().show(end, ref);

    expect(github.pulls[0]?.comments.filter((each) => each === said)).toHaveLength(1);
  });
});

describe('a look at GitHub', () => {
  it('says what works, and what to do where it does not', async () => {
    expect(await open().probe()).toBe(
      'pull requests of acme/warehouse can be read; branches can be pushed, to be merged into main',
    );
    expect(github.pulls).toEqual([]);
    await expect(open({ token: 'wrong' }).probe()).rejects.toMatchObject({
      code: 'GITHUB_REFUSED',
      message: expect.stringContaining('does not know our token'),
    });
  });
});

describe('a GitHub App', () => {
  it('signs in by its own key, and again when its token is not taken any more', async () => {
    const channel = open({ token: undefined, app: github.app });
    const ref = await channel.show(aProposal());
    const tokens = () => github.requests.filter((each) => each.includes('access_tokens')).length;
    await channel.poll(aProposal(), ref);
    expect(tokens()).toBe(1);

    github.expireTokens();
    expect(await channel.poll(aProposal(), ref)).toEqual([]);
    expect(tokens()).toBe(2);

    clock.turnTo(Date.parse('2026-03-20T03:58:00Z'));
    await channel.poll(aProposal(), ref);
    expect(tokens()).toBe(3);
  });

  it('with a key that cannot sign says so and does not quote it', async () => {
    const app = { id: 'x', privateKey: '-----BEGIN very-secret' };

    const error = await open({ token: undefined, app })
      .show(aProposal())
      .catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      code: 'GITHUB_REFUSED',
      message: expect.stringContaining('cannot sign'),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('very-secret');
  });
});
