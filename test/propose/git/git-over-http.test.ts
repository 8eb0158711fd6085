import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../../src/base/clock.ts';
import { gitChannel } from '../../../src/propose/git/git-channel.ts';
import { gitSettings } from '../../../src/propose/git/settings.ts';
import { type GitHttp, hasGitHttp, serveGit } from '../../servers/git-http.ts';
import { aGitRemote, type GitRemote } from '../../servers/git-remote.ts';
import { aProposal, filesParts } from './a-proposal.ts';

const PASSWORD = 'very-secret-token';
const { signal } = new AbortController();

describe.runIf(hasGitHttp)('a git remote over http', () => {
  let remote: GitRemote;
  let http: GitHttp;
  beforeEach(async () => {
    remote = aGitRemote();
    http = await serveGit(remote, 'x-access-token', PASSWORD);
  });
  afterEach(async () => {
    await http.stop();
    remote.remove();
  });

  function show(token: string) {
    return gitChannel({
      settings: gitSettings.parse({ remote: http.url, branch: 'main', token }),
      folder: join(remote.folder, 'state'),
      files: () => Promise.resolve(filesParts()),
      clock: handTurnedClock(0),
    }).show(aProposal(), { ref: undefined, now: 0, signal });
  }

  it('is signed in to with the token of the config, from the first request on', async () => {
    await show(PASSWORD);

    expect(remote.branches()).toHaveLength(2);
    expect([...http.signedInWith]).toEqual([
      `Basic ${Buffer.from(`x-access-token:${PASSWORD}`).toString('base64')}`,
    ]);
  });

  it('that does not take the token refuses, and nobody is asked for another', async () => {
    const error = await show('wrong-token').catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      code: 'GIT_REFUSED',
      retryable: false,
      message: expect.stringContaining('check propose.git and what its account may do'),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('wrong-token');
  });
});
