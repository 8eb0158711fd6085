import { describe, expect, it } from 'vitest';
import { gitError } from '../../../src/propose/git/git-error.ts';

function errorFor(
  said: string,
  parts: { readonly hasTimedOut?: boolean; readonly cause?: Error } = {},
) {
  return gitError({
    verb: 'push',
    said,
    exitCode: 128,
    hasTimedOut: false,
    token: 'very-secret',
    ...parts,
  });
}

describe('what git says', () => {
  it.each([
    ["fatal: unable to access 'https://h/x.git/': Could not resolve host: h", 'GIT_UNREACHABLE'],
    [
      'ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.',
      'GIT_UNREACHABLE',
    ],
    [
      "fatal: unable to access 'https://h/x.git/': The requested URL returned error: 503",
      'GIT_UNREACHABLE',
    ],
    [
      "fatal: unable to access 'https://h/x.git/': The requested URL returned error: 403",
      'GIT_REFUSED',
    ],
    [
      "fatal: unable to access 'https://h/x.git/': The requested URL returned error: 301",
      'GIT_REFUSED',
    ],
    [
      'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.',
      'GIT_REFUSED',
    ],
    ["fatal: could not read Username for 'https://h': terminal prompts disabled", 'GIT_REFUSED'],
    [
      "remote: Repository not found.\nfatal: repository 'https://h/x.git/' not found",
      'GIT_REFUSED',
    ],
    [' ! [remote rejected] a -> b (pre-receive hook declined)', 'GIT_REFUSED'],
    [' ! [rejected]        a -> b (stale info)', 'GIT_REJECTED'],
    [
      " ! [remote rejected] a -> b (cannot lock ref 'refs/heads/b': is at 1 but expected 2)",
      'GIT_REJECTED',
    ],
    ["fatal: couldn't find remote ref refs/heads/nowhere", 'GIT_BRANCH_MISSING'],
    ["fatal: Unable to create '/x/index.lock': File exists.", 'GIT_FAILED'],
  ])('%j means %s', (said, code) => {
    expect(errorFor(said)).toMatchObject({
      code,
      retryable: code === 'GIT_UNREACHABLE' || code === 'GIT_REJECTED',
    });
  });

  it('is told by its last line, without secrets and control characters', () => {
    const { message } = errorFor(
      'remote: hello\nfatal: https://ana:very-secret@h/x \u001b[31mvery-secret',
    );

    expect(message).toContain('(git push: fatal: https://h/x  [31m[redacted])');
    expect(message).not.toContain('very-secret');
  });

  it('is nothing where git took too long or is not installed', () => {
    expect(errorFor('', { hasTimedOut: true }).code).toBe('GIT_UNREACHABLE');
    expect(
      errorFor('', { cause: Object.assign(new Error('spawn'), { code: 'ENOENT' }) }),
    ).toMatchObject({
      code: 'GIT_MISSING',
      message: expect.stringContaining('install git'),
    });
  });
});
