import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../../src/base/clock.ts';
import { sha256 } from '../../../src/base/digest.ts';
import type { ChannelRef } from '../../../src/propose/channel.ts';
import { gitChannel } from '../../../src/propose/git/git-channel.ts';
import { gitSettings } from '../../../src/propose/git/settings.ts';
import type { Proposal } from '../../../src/propose/proposal.ts';
import { aGitRemote, type GitRemote, type KeptRemote } from '../../servers/git-remote.ts';
import { aDefinition, aProposal, filesParts } from './a-proposal.ts';

const BRANCH = 'goldsmith/build/gold-daily_sales-01234567';
const SQL = 'marts/gold/daily_sales.sql';
const CONTRACT = 'contracts/gold/daily_sales.odcs.yaml';
const NOW = Date.parse('2026-03-20T03:00:00Z');
const { signal } = new AbortController();

let remote: GitRemote;
beforeEach(() => {
  remote = aGitRemote();
});
afterEach(() => remote.remove());

function open(changes: Record<string, unknown> = {}) {
  const channel = gitChannel({
    settings: gitSettings.parse({ remote: remote.url, branch: 'main', ...changes }),
    folder: join(remote.folder, 'state'),
    files: () => Promise.resolve(filesParts()),
    clock: handTurnedClock(NOW),
  });
  return {
    show: (proposal: Proposal, ref?: ChannelRef) =>
      channel.show(proposal, { ref, now: NOW, signal }),
    poll: (proposal: Proposal, ref: ChannelRef) =>
      channel.poll?.([{ proposal, ref }], signal) ?? Promise.resolve([]),
    probe: () => channel.probe?.(signal),
  };
}

let kept: { readonly ref: ChannelRef; readonly remote: KeptRemote } | undefined;

afterAll(() => kept?.remote.remove());

/** After a proposal was shown: done once, and copied for each further test. */
async function shown(): Promise<ChannelRef> {
  if (kept === undefined) {
    const ref = await open().show(aProposal());
    kept = { ref, remote: remote.keep() };
  } else {
    kept.remote.restore(remote);
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

function headOf(branch: string): string {
  return remote.git('rev-parse', branch);
}

/** A person takes the branch and adds a commit of their own. */
function edit(path: string, text: string): void {
  remote.person('fetch', '--quiet');
  remote.person('checkout', '--quiet', '-B', BRANCH, `origin/${BRANCH}`);
  remote.write(path, text);
  remote.commit('As we write it here');
}

function merge(...how: readonly string[]): void {
  remote.person('checkout', '--quiet', 'main');
  remote.person('fetch', '--quiet');
  remote.person('merge', '--quiet', ...how, `origin/${BRANCH}`);
  if (how.includes('--squash')) {
    remote.person('commit', '--quiet', '--message', 'Add the mart');
  }
  remote.person('push', '--quiet', 'origin', 'main');
}

describe('a proposal on a git remote', () => {
  it('is one commit on a branch of its own, with its files and nothing else', async () => {
    await open({ branch: undefined }).show(aProposal());

    expect(remote.branches()).toEqual([BRANCH, 'main']);
    expect(remote.git('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
    expect(remote.git('diff', '--name-status', 'main', BRANCH).split('\n')).toEqual([
      'A\tcontracts/gold/daily_sales.odcs.yaml',
      `A\t${SQL}`,
    ]);
    expect(remote.git('log', '-1', '--format=%an <%ae>%n%ct', BRANCH)).toBe(
      `Goldsmith <goldsmith@noreply.invalid>\n${NOW / 1000}`,
    );
  });

  it('says in its message what, why, the money, who reads it, the risks and how to take it back', async () => {
    await shown();

    const message = remote.git('log', '-1', '--format=%B', BRANCH);
    expect(message.split('\n')[0]).toBe('Build gold.daily_sales');
    for (const words of [
      'Why: 168 runs in 14 days by 3 readers',
      'saves $1.25 a day net, between $0.80 and $1.90; it costs $0.40 once',
      '- finance dashboard',
      '- low: a view is published',
      '`goldsmith rollback gold.daily_sales`',
      'Goldsmith-Proposal: 0123456789abcdef\nGoldsmith-Meaning: first-meaning',
    ]) {
      expect(message).toContain(words);
    }
    expect(message).not.toContain('ana@example');
  });

  it('shown again is left as it is, also by a daemon that lost what it knew', async () => {
    const ref = await shown();
    const head = headOf(BRANCH);

    expect(await open().show(aProposal(), ref)).toEqual(ref);
    rmSync(join(remote.folder, 'state'), { recursive: true, force: true });
    expect(await open().show(aProposal())).toEqual(ref);
    expect(headOf(BRANCH)).toBe(head);
  });

  it('drafted anew by a daemon that lost its state takes the place of the former branch', async () => {
    await shown();
    const anew = 'fedcba9876543210' as Proposal['id'];
    await open().show(aProposal({ id: 'aaaabbbbccccdddd' as Proposal['id'], kind: 'drop' }));
    remote.person('fetch', '--quiet');
    remote.person(
      'push',
      '--quiet',
      'origin',
      `origin/${BRANCH}:refs/heads/goldsmith/build/gold-daily_sales-x-y`,
    );

    await open().show(aProposal({ id: anew }));

    expect(remote.branches()).toEqual([
      'goldsmith/build/gold-daily_sales-fedcba98',
      'goldsmith/build/gold-daily_sales-x-y',
      'goldsmith/drop/gold-daily_sales-aaaabbbb',
      'main',
    ]);
  });

  it('with new numbers and the same meaning is left as it is', async () => {
    const ref = await shown();
    const head = headOf(BRANCH);
    const proposal = aProposal();

    await open().show({ ...proposal, body: { ...proposal.body, because: '170 runs' } }, ref);

    expect(headOf(BRANCH)).toBe(head);
  });

  it('with another meaning takes the place of its own former commit, on the base as it is now', async () => {
    const ref = await shown();
    remote.write('other.txt', 'meanwhile');
    remote.commit('Something else');

    const next = await open().show(other(), ref);

    expect(next).toMatchObject({ branch: BRANCH, meaning: 'second-meaning', base: headOf('main') });
    expect(remote.git('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
    expect(remote.file(BRANCH, SQL)).toContain('silver.lines');
  });

  it('that would change no file is no branch', async () => {
    await shown();
    merge('--ff-only');

    const ref = await open().show(aProposal({ id: 'fedcba9876543210' as Proposal['id'] }));

    expect(ref).toEqual({ nothing: 'to change' });
    expect(remote.branches()).toEqual([BRANCH, 'main']);
  });

  it('goes when it is overtaken', async () => {
    const ref = await shown();

    expect(await open().show(aProposal({ state: 'overtaken' }), ref)).toEqual({ withdrawn: 1 });
    expect(remote.branches()).toEqual(['main']);
    expect(await open().show(aProposal({ state: 'overtaken' }), ref)).toEqual({ withdrawn: 1 });
  });

  it('that mode auto did by itself is offered for the record where its kind is to be recorded', async () => {
    const done = (kind: Proposal['kind']) => aProposal({ state: 'applied', kind });

    expect(await open().show(done('build'))).toEqual({});
    const ref = await open().show(done('follow'));
    expect(await open().show(done('follow'), ref)).toEqual(ref);

    expect(remote.branches()).toEqual(['goldsmith/follow/gold-daily_sales-01234567', 'main']);
  });

  it('never touches a branch that is not under goldsmith/', async () => {
    remote.person('checkout', '--quiet', '-B', 'gold-daily_sales');
    remote.write('own.txt', 'mine');
    remote.commit('Mine');
    const before = [headOf('main'), headOf('gold-daily_sales')];

    const ref = await open().show(aProposal());
    await open().show(other(), ref);
    await open().show(aProposal({ state: 'expired' }), ref);

    expect([headOf('main'), headOf('gold-daily_sales')]).toEqual(before);
  });
});

describe('a branch a person edited', () => {
  it('is left as it is when the meaning changes, and when the proposal ends', async () => {
    const ref = await shown();
    edit(SQL, 'select 1');
    const head = headOf(BRANCH);

    expect(await open().show(other(), ref)).toEqual({ ...ref, edited: 'by a person' });
    expect(await open().show(aProposal({ state: 'declined' }), ref)).toEqual({
      ...ref,
      edited: 'by a person',
    });
    expect(headOf(BRANCH)).toBe(head);
    expect(await open().poll(aProposal(), ref)).toEqual([]);
  });

  it('and squashed after it was worded anew is shown anew: the base holds all that stood on it', async () => {
    const ref = await shown();
    edit('docs/sales.md', 'What it is for');
    const edited = await open().show(other(), ref);
    expect(edited).toEqual({ ...ref, edited: 'by a person' });
    merge('--squash');

    const next = await open().show(other(), edited);

    expect(next).toMatchObject({ meaning: 'second-meaning' });
    expect(next).not.toHaveProperty('edited');
    expect(remote.git('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
    expect(remote.file(BRANCH, 'docs/sales.md')).toContain('What it is for');
  });

  it('counts as edited where it was begun anew, without any history', async () => {
    const ref = await shown();
    remote.person('checkout', '--quiet', '--orphan', 'anew');
    remote.write('README.md', 'begun anew');
    remote.commit('Begin anew');
    remote.person('push', '--quiet', '--force', 'origin', `anew:${BRANCH}`);

    expect(await open().show(other(), ref)).toHaveProperty('edited', 'by a person');
  });

  it('counts as edited where our own commit was amended', async () => {
    const ref = await shown();
    remote.person('fetch', '--quiet');
    remote.person('checkout', '--quiet', '-B', BRANCH, `origin/${BRANCH}`);
    remote.person('commit', '--quiet', '--amend', '--no-edit');
    remote.person('push', '--quiet', '--force', 'origin', BRANCH);

    expect(await open().show(other(), ref)).toHaveProperty('edited', 'by a person');
  });

  it('merged with the statement as it was is a yes, whatever was added beside it', async () => {
    const ref = await shown();
    const sql = remote.file(BRANCH, SQL);
    edit(SQL, `${sql.split('\n')[0]}\n-- for finance\n${sql.split('\n').slice(2).join('\n')}\n`);
    edit('docs/sales.md', 'What it is for');
    merge('--no-ff', '--no-edit');

    expect(await open().poll(aProposal(), ref)).toMatchObject([
      { move: 'approve', by: 'git:merge', meaning: 'first-meaning' },
    ]);
  });

  it('merged with another statement is no yes to what was proved', async () => {
    const ref = await shown();
    edit(SQL, 'select order_date, max(amount) from silver.orders group by 1');
    merge('--no-ff', '--no-edit');

    expect(await open().poll(aProposal(), ref)).toMatchObject([
      {
        move: 'decline',
        by: 'git:merge',
        words: `merged with another statement in ${SQL}: that one was not proved, so nothing is built from it`,
      },
    ]);
  });

  const statementOf = (text: string) => `-- for finance\n${text}\n`;

  it.each([
    ['and squashed', true, false],
    ['squashed and deleted before anybody saw the edit', false, true],
  ])('%s with the statement as it was is a yes', async (_what, isSeen, isDeleted) => {
    const ref = await shown();
    await open().poll(aProposal(), ref);
    edit(
      SQL,
      `${remote.file(BRANCH, SQL).split('\n')[0]}\n${statementOf(remote.file(BRANCH, SQL))}`,
    );
    edit(CONTRACT, `${remote.file(BRANCH, CONTRACT)}\n# ours\n`);
    if (isSeen) {
      await open().poll(aProposal(), ref);
    }
    merge('--squash');
    if (isDeleted) {
      remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);
    }

    expect(await open().poll(aProposal(), ref)).toMatchObject([
      { move: 'approve', by: 'git:merge', meaning: 'first-meaning' },
    ]);
  });

  it('squashed with another statement and deleted is no yes to what was proved, and says so', async () => {
    const ref = await shown();
    edit(SQL, 'select order_date, max(amount) from silver.orders group by 1');
    await open().poll(aProposal(), ref);
    merge('--squash');
    remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);

    expect(await open().poll(aProposal(), ref)).toMatchObject([
      { move: 'decline', words: expect.stringContaining('merged with another statement') },
    ]);
  });

  it('and put back to what the base holds is no yes, whatever happens there', async () => {
    const ref = await shown();
    remote.write(CONTRACT, 'a contract: meanwhile');
    remote.commit('Something else');
    remote.person('push', '--quiet', '--force', 'origin', `main:${BRANCH}`);

    expect(await open().poll(aProposal(), ref)).toEqual([]);
    remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);
    remote.write(CONTRACT, 'another: contract');
    remote.commit('A contract of our own');
    expect(await open().poll(aProposal(), ref)).toMatchObject([{ by: 'git:delete' }]);
  });

  it('merged as something that is no file is no yes either, and no fault', async () => {
    const ref = await shown();
    remote.person('fetch', '--quiet');
    remote.person('checkout', '--quiet', '-B', BRANCH, `origin/${BRANCH}`);
    remote.person('rm', '--quiet', SQL);
    remote.write(`${SQL}/readme.md`, 'A folder now');
    remote.commit('Move it');
    merge('--no-ff', '--no-edit');

    expect(await open().poll(aProposal(), ref)).toMatchObject([{ move: 'decline' }]);
    remote.person('checkout', '--quiet', 'main');
    remote.person('rm', '--quiet', '-r', 'contracts');
    remote.write('contracts', 'a file now');
    remote.commit('Move that too');
    expect(await open().show(other(), ref)).toEqual({
      nothing: `that may be changed (${SQL}: the repository holds a folder, a link or a submodule there; contracts/gold/daily_sales.odcs.yaml: the repository holds a file where its folder contracts belongs)`,
    });
  });

  it('is not forced over when the commit comes between looking and pushing', async () => {
    const ref = await shown();
    edit('docs/sales.md', 'What it is for');
    const theirs = headOf(BRANCH);
    // What the daemon fetched a moment before: the remote stands elsewhere by the time it pushes.
    remote.git('update-ref', `refs/heads/${BRANCH}`, String(ref['head']));
    writeFileSync(
      join(remote.folder, 'remote.git', 'hooks', 'pre-receive'),
      `#!/bin/sh\nunset GIT_QUARANTINE_PATH\ngit update-ref refs/heads/${BRANCH} ${theirs}\n`,
      { mode: 0o755 },
    );

    await expect(open().show(other(), ref)).rejects.toMatchObject({ retryable: true });

    expect(headOf(BRANCH)).toBe(theirs);
  });
});

describe('what people do with a branch', () => {
  it.each([
    ['a fast-forward', ['--ff-only']],
    ['a merge commit', ['--no-ff', '--no-edit']],
    ['a squash', ['--squash']],
  ])('is a yes by %s', async (_what, how) => {
    const ref = await shown();
    expect(await open().poll(aProposal(), ref)).toEqual([]);
    remote.write('other.txt', 'meanwhile');
    remote.person('checkout', '--quiet', 'main');
    if (!how.includes('--ff-only')) {
      remote.commit('Something else');
    }
    merge(...how);

    const [said, ...more] = await open().poll(aProposal(), ref);

    expect(more).toEqual([]);
    expect(said).toMatchObject({
      proposal: '0123456789abcdef',
      move: 'approve',
      by: 'git:merge',
      meaning: 'first-meaning',
      token: `git:${BRANCH}:${String(ref['head'])}`,
    });
  });

  it('is a yes where the branch was squashed, deleted and changed again, with the daemon and its clone gone', async () => {
    const ref = await shown();
    merge('--squash');
    remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);
    remote.write(SQL, '-- rewritten later\nselect 1');
    remote.commit('Later');
    rmSync(join(remote.folder, 'state'), { recursive: true, force: true });

    expect(await open().poll(aProposal(), ref)).toMatchObject([{ move: 'approve' }]);
  });

  it('is a yes where a file was squashed that had changed elsewhere meanwhile, and the branch deleted', async () => {
    const path = 'models/facts.sql';
    const was = 'select\n  a,\n  b,\n  c\nfrom t\n';
    remote.write(path, was);
    remote.commit('Begin');
    const text = was.replace('  b,\n', '');
    const proposal = aProposal({
      kind: 'edit',
      steps: [],
      files: [{ path, text, was: sha256(was) }],
    });
    const ref = await open().show(proposal);
    remote.write(path, `${was}-- a word at the end\n`);
    remote.commit('Something else');
    expect(await open().poll(proposal, ref)).toEqual([]);
    const branch = String(ref['branch']);
    remote.person('fetch', '--quiet');
    remote.person('merge', '--quiet', '--squash', `origin/${branch}`);
    remote.person('commit', '--quiet', '--message', 'Slimmer');
    remote.person('push', '--quiet', 'origin', 'main', `:${branch}`);

    expect(await open().poll(proposal, ref)).toMatchObject([{ move: 'approve' }]);
  });

  it('is heard where the repository was merged into another one that began anew', async () => {
    const ref = await shown();
    remote.person('checkout', '--quiet', '--orphan', 'all');
    remote.write(SQL, 'select 1');
    remote.person('add', '--all');
    remote.person('commit', '--quiet', '--message', 'Begin anew');
    const ours = ['--strategy=ours', '--allow-unrelated-histories', '--no-edit'];
    remote.person('merge', '--quiet', ...ours, 'origin/main');
    remote.person('push', '--quiet', '--force', 'origin', 'all:main');

    expect(await open().poll(aProposal(), ref)).toEqual([]);
  });

  it('is no yes to a drop where the statement only moved to another folder', async () => {
    await shown();
    merge('--squash');
    const { relation: mart } = aProposal();
    const release = { kind: 'release-mart', mart } as const;
    const drop = aProposal({
      kind: 'drop',
      steps: [{ action: release, because: 'nobody reads it', evidence: {} }],
    });
    const ref = await open().show(drop);
    expect(ref['branch']).toBeDefined();
    remote.person('mv', 'marts', 'elsewhere');
    remote.commit('Sort our files');

    expect(await open().poll(drop, ref)).toEqual([]);
  });

  it('is a no where the branch is deleted without being merged', async () => {
    const ref = await shown();
    remote.git('update-ref', '-d', `refs/heads/${BRANCH}`);

    expect(await open().poll(aProposal(), ref)).toMatchObject([
      { move: 'decline', by: 'git:delete', at: NOW, reason: 'other' },
    ]);
    expect(await open().show(aProposal(), ref)).toEqual(ref);
    expect(remote.branches()).toEqual(['main']);
  });

  it('merged before it was worded anew is shown anew beside the merged one', async () => {
    const ref = await shown();
    merge('--ff-only');

    const next = await open().show(other(), ref);

    expect(next).toMatchObject({ meaning: 'second-meaning' });
    expect(remote.git('diff', '--name-only', 'main', BRANCH)).toContain(SQL);
  });
});

describe('a look at a git remote', () => {
  it('goes as far as a push without pushing', async () => {
    expect(await open().probe()).toBe('branches can be pushed, to be merged into main');
    expect(remote.branches()).toEqual(['main']);
  });

  it('says what to do where branches cannot be pushed', async () => {
    await expect(open({ branch: 'nowhere' }).probe()).rejects.toMatchObject({
      code: 'GIT_BRANCH_MISSING',
    });
  });
});

describe('a git remote that is away', () => {
  it('costs nothing: what was asked is shown when it is back', async () => {
    const gone = `${remote.folder}/elsewhere.git`;
    remote.git('rev-parse', 'main');
    await expect(open({ remote: `file://${gone}` }).show(aProposal())).rejects.toMatchObject({
      code: 'GIT_REFUSED',
      message: expect.stringContaining('check propose.git and what its account may do'),
    });

    await open().show(aProposal());

    expect(remote.branches()).toEqual([BRANCH, 'main']);
  });

  it('is told apart from one that refuses us', async () => {
    await expect(
      open({ remote: 'http://127.0.0.1:9/x.git', token: 'very-secret' }).show(aProposal()),
    ).rejects.toMatchObject({ code: 'GIT_UNREACHABLE', retryable: true });
  });

  it('whose clone was left half-done by a kill is cloned anew', async () => {
    const ref = await open().show(aProposal());
    const clone = join(remote.folder, 'state', readdirSync(join(remote.folder, 'state'))[0] ?? '');
    writeFileSync(join(clone, 'packed-refs.lock'), '');
    writeFileSync(join(clone, 'HEAD'), 'half');
    rmSync(join(clone, 'objects'), { recursive: true });

    await open().show(other(), ref);

    expect(remote.file(BRANCH, SQL)).toContain('silver.lines');
  });

  it('without a commit says what to do', async () => {
    remote.git('update-ref', '-d', 'refs/heads/main');

    await expect(open().show(aProposal())).rejects.toMatchObject({
      code: 'GIT_BRANCH_MISSING',
      message: expect.stringContaining('push a first commit'),
    });
  });
});

describe('git itself', () => {
  it('runs nobody’s hooks, config or filters', async () => {
    const home = join(remote.folder, 'home');
    remote.person('init', '--quiet', home);
    writeFileSync(
      join(home, '.gitconfig'),
      '[user]\n\tname = Not Goldsmith\n[core]\n\thooksPath = /nowhere\n',
    );
    remote.write('.gitattributes', '* filter=evil text eol=crlf\n');
    remote.commit('Attributes');
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      await open().show(aProposal());
    } finally {
      process.env['HOME'] = before;
    }

    expect(remote.git('log', '-1', '--format=%an', BRANCH)).toBe('Goldsmith');
    expect(remote.file(BRANCH, SQL)).not.toContain('\r');
  });

  it('has no secret in its clone, its commands or its errors', async () => {
    const secret = 'very-secret-token';
    const channel = open({ remote: 'http://127.0.0.1:9/x.git', token: secret });

    const error = await channel.show(aProposal()).catch((caught: unknown) => caught);

    const everything = readdirSync(join(remote.folder, 'state'), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    expect(everything).not.toContain(secret);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
  });
});
