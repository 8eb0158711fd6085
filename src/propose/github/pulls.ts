import { z } from 'zod';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { GithubApi } from './github-api.ts';

const person = z.object({ login: z.string() }).nullish();

const pullSchema = z.object({
  number: z.number(),
  state: z.enum(['open', 'closed']),
  title: z.string(),
  body: z.string().nullish(),
  labels: z.array(z.object({ name: z.string().nullish() })).default([]),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
  merged_at: z.string().nullish(),
  closed_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  merged_by: person,
});
const issueSchema = z.object({ closed_by: person });
const commentSchema = z.object({ body: z.string().nullish() });
const anything = z.unknown();

export type Pull = z.infer<typeof pullSchema>;

/** GitHub's pull requests of one repository, in the verbs a proposal needs. */
export interface Pulls {
  read(number: number): Promise<Pull>;
  /** All that were ever opened from a branch of the repository, newest first. */
  from(branch: string): Promise<readonly Pull[]>;
  /** Undefined where there is nothing between the branches. */
  open(pull: {
    readonly title: string;
    readonly head: string;
    readonly base: string;
    readonly body: string;
  }): Promise<Pull | undefined>;
  change(
    number: number,
    to: { readonly title?: string; readonly body?: string; readonly state?: 'closed' },
  ): Promise<void>;
  label(number: number, label: string): Promise<void>;
  /** Says something once: a comment that holds `mark` is not written again. */
  comment(number: number, saying: { readonly text: string; readonly mark: string }): Promise<void>;
  closedBy(number: number): Promise<string | undefined>;
}

const PAGE = 100;
/** No pull request of ours has more comments than this by far; beyond, one may be said twice. */
const MOST_PAGES = 20;

export function openPulls(
  api: GithubApi,
  { repository, signal }: { readonly repository: string; readonly signal: AbortSignal },
): Pulls {
  const root = `/repos/${repository}`;
  const owner = repository.split('/')[0] ?? '';

  async function all<Item>(path: string, item: z.ZodType<Item>): Promise<readonly Item[]> {
    const items: Item[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const more = await api({
        method: 'GET',
        path: `${path}${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`,
        answer: z.array(item),
        signal,
      });
      items.push(...more);
      if (more.length < PAGE) {
        break;
      }
    }
    return items;
  }

  const from: Pulls['from'] = (branch) =>
    all(
      `${root}/pulls?state=all&sort=created&direction=desc&head=${encodeURIComponent(`${owner}:${branch}`)}`,
      pullSchema,
    );

  /** The answer to a creation may be lost on its way: what is there counts, not what was heard. */
  async function afterLost<Found>(
    error: unknown,
    find: () => Promise<Found | undefined>,
  ): Promise<Found> {
    const mayBeThere =
      error instanceof GoldsmithError &&
      ['GITHUB_UNREACHABLE', 'GITHUB_INVALID'].includes(error.code);
    const found = mayBeThere ? await find() : undefined;
    if (found === undefined) {
      throw error;
    }
    return found;
  }

  return {
    read: (number) =>
      api({ method: 'GET', path: `${root}/pulls/${number}`, answer: pullSchema, signal }),
    from,
    async open(pull) {
      try {
        return await api({
          method: 'POST',
          path: `${root}/pulls`,
          body: pull,
          answer: pullSchema,
          signal,
        });
      } catch (error) {
        if (error instanceof GoldsmithError && /no commits between/i.test(error.message)) {
          return undefined;
        }
        return afterLost(error, async () =>
          (await from(pull.head)).find(({ state }) => state === 'open'),
        );
      }
    },
    async change(number, to) {
      await api({
        method: 'PATCH',
        path: `${root}/pulls/${number}`,
        body: to,
        answer: anything,
        signal,
      });
    },
    async label(number, label) {
      await api({
        method: 'POST',
        path: `${root}/issues/${number}/labels`,
        body: { labels: [label] },
        answer: anything,
        signal,
      });
    },
    async comment(number, { text, mark }) {
      const path = `${root}/issues/${number}/comments`;
      const hidden = `<!-- goldsmith:${mark} -->`;
      const isSaid = async () =>
        (await all(path, commentSchema)).some(({ body }) => body?.includes(hidden) === true)
          ? true
          : undefined;
      if ((await isSaid()) === true) {
        return;
      }
      try {
        await api({
          method: 'POST',
          path,
          body: { body: `${hidden}\n${text}` },
          answer: anything,
          signal,
        });
      } catch (error) {
        await afterLost(error, isSaid);
      }
    },
    async closedBy(number) {
      const issue = await api({
        method: 'GET',
        path: `${root}/issues/${number}`,
        answer: issueSchema,
        signal,
      });
      return issue.closed_by?.login;
    },
  };
}
