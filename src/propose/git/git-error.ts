import { GoldsmithError } from '../../base/goldsmith-error.ts';

export interface GitFailure {
  /** The git command: `fetch`, `push`. */
  readonly verb: string;
  /** What git wrote on its standard error. */
  readonly said: string;
  readonly exitCode?: number | null;
  readonly hasTimedOut: boolean;
  readonly token: string | undefined;
  readonly cause?: unknown;
}

/** What git's words mean, the first that fits. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: GitErrorCode])[] = [
  [/couldn't find remote ref/i, 'GIT_BRANCH_MISSING'],
  [
    /stale info|non-fast-forward|fetch first|cannot lock ref|reference already exists/i,
    'GIT_REJECTED',
  ],
  [
    /authentication failed|could not read (username|password)|permission denied|access denied|returned error: 40[13]|host key verification/i,
    'GIT_REFUSED',
  ],
  [/error: 30[1278]|HTTP 30[1278]|redirect/i, 'GIT_REFUSED'],
  [
    /repository .*not found|does not appear to be a git repository|returned error: 404|does not exist/i,
    'GIT_REFUSED',
  ],
  [/hook declined|protected branch|remote rejected|remote: error/i, 'GIT_REFUSED'],
  [
    /could not resolve|connection (refused|reset|timed out)|couldn't connect|failed to connect|unable to access|early eof|hung up|remote end|could not read from remote/i,
    'GIT_UNREACHABLE',
  ],
];

export type GitErrorCode =
  /** The remote is away; the next cycle tries again. */
  | 'GIT_UNREACHABLE'
  /** The remote answers and does not let us. */
  | 'GIT_REFUSED'
  /** Somebody pushed in between; nothing of theirs was touched. */
  | 'GIT_REJECTED'
  /** There is no git program. */
  | 'GIT_MISSING'
  | 'GIT_BRANCH_MISSING'
  | 'GIT_FAILED';

const WORDS: Readonly<Record<GitErrorCode, string>> = {
  GIT_UNREACHABLE: 'the git remote did not answer; proposals wait and are shown in the next cycle',
  GIT_REFUSED: 'the git remote refused us; check propose.git and what its account may do',
  GIT_REJECTED: 'the branch on the git remote is not what it was a moment ago; nothing was pushed',
  GIT_BRANCH_MISSING:
    'the git remote has no branch to make proposals from; push a first commit to it, or set propose.git.branch',
  GIT_MISSING:
    'there is no git program on the PATH; install git, or take propose.git out of the config',
  GIT_FAILED: 'git failed in its own clone; remove its folder if that goes on',
};

export function gitError({
  verb,
  said,
  exitCode,
  hasTimedOut,
  token,
  cause,
}: GitFailure): GoldsmithError {
  const code = codeOf({ said, hasTimedOut, cause });
  const last = lastLine(said, token);
  return new GoldsmithError(code, `${WORDS[code]} (git ${verb}${last === '' ? '' : `: ${last}`})`, {
    retryable: code === 'GIT_UNREACHABLE' || code === 'GIT_REJECTED',
    details: { verb, exitCode: exitCode ?? null, hasTimedOut },
    ...(cause === undefined ? {} : { cause }),
  });
}

function codeOf({
  said,
  hasTimedOut,
  cause,
}: Pick<GitFailure, 'said' | 'hasTimedOut' | 'cause'>): GitErrorCode {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
    return 'GIT_MISSING';
  }
  if (hasTimedOut) {
    return 'GIT_UNREACHABLE';
  }
  return MEANINGS.find(([pattern]) => pattern.test(said))?.[1] ?? 'GIT_FAILED';
}

/** The line that says why, without what signs us in. */
function lastLine(said: string, token: string | undefined): string {
  const lines = said.split('\n').map((line) => line.trim());
  const line = lines.findLast((each) => /^(fatal|error|remote|!)/.test(each)) ?? '';
  return withoutSecret(line, token)
    .replaceAll(/\/\/[^/@\s]*@/g, '//')
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 200);
}

function withoutSecret(line: string, token: string | undefined): string {
  return token === undefined ? line : line.replaceAll(token, '[redacted]');
}
