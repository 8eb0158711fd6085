import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { tame } from '../git/commit-message.ts';

/** GitHub asked us to wait, and how long: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api. */
export function limited(waitMs: number): GoldsmithError {
  return new GoldsmithError(
    'GITHUB_LIMITED',
    `GitHub asks us to wait ${Math.ceil(waitMs / 1000)} s; proposals wait and are shown in a later cycle`,
    { retryable: true, details: { retryAfterMs: waitMs } },
  );
}

export function unreachable(cause?: unknown): GoldsmithError {
  return new GoldsmithError(
    'GITHUB_UNREACHABLE',
    'GitHub did not answer; proposals wait and are shown in the next cycle',
    { retryable: true, ...(cause === undefined ? {} : { cause }) },
  );
}

/** An answer that is final, in the words for what it means to us. */
export function refused(status: number, said: string): GoldsmithError {
  const [code, what] = REFUSALS.get(status) ?? [
    'GITHUB_REFUSED',
    'GitHub refused us; check what the token may do',
  ];
  const words = tame(said).slice(0, 200);
  return new GoldsmithError(code, `${what} (${status}${words === '' ? '' : `: ${words}`})`, {
    retryable: false,
    details: { status },
  });
}

const REFUSALS: ReadonlyMap<number, readonly [code: string, what: string]> = new Map([
  [401, ['GITHUB_REFUSED', 'GitHub does not know our token; check propose.github']],
  [
    403,
    [
      'GITHUB_REFUSED',
      'GitHub does not let us; the token needs to write contents and pull requests',
    ],
  ],
  [
    404,
    [
      'GITHUB_NOT_FOUND',
      'GitHub shows us no such thing; check propose.github.repository and what the token may see',
    ],
  ],
  [301, ['GITHUB_MOVED', 'the repository was renamed; set propose.github.repository']],
  [307, ['GITHUB_MOVED', 'the repository was renamed; set propose.github.repository']],
  [308, ['GITHUB_MOVED', 'the repository was renamed; set propose.github.repository']],
  [422, ['GITHUB_INVALID', 'GitHub does not take what we asked']],
]);

/** An answer that is not what GitHub documents. */
export function strange(path: string): GoldsmithError {
  return new GoldsmithError(
    'GITHUB_STRANGE',
    `GitHub's answer about ${path.split('?')[0]} is not what it documents; check propose.github.apiUrl`,
  );
}
