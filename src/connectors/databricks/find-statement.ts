import { z } from 'zod';
import { httpsJson } from './https-json.ts';
import type { Workspace } from './sign-in.ts';

export interface SoughtStatement {
  /** Stands in the statement's text and in no other. */
  readonly mark: string;
  readonly workspace: Workspace;
  readonly token: string;
  /** It was sent after this moment, by our clock. */
  readonly sentAfter: number;
}

/** What became of a statement whose answer was lost. `unknown`: the warehouse does not tell it (yet). */
export type StatementFate =
  | { readonly is: 'finished' }
  | { readonly is: 'failed'; readonly message: string }
  | { readonly is: 'running' }
  | { readonly is: 'unknown' };

const listed = z.looseObject({
  res: z
    .array(
      z.looseObject({
        status: z.string(),
        query_text: z.string().optional(),
        error_message: z.string().optional(),
      }),
    )
    .optional(),
  next_page_token: z.string().optional(),
  has_next_page: z.boolean().optional(),
});

/** Clocks may disagree by this much. */
const SKEW_MS = 10 * 60_000;
const PAGES = 20;

/** Looks a statement up in the workspace's query history, which tells statements while they run. Reads only. */
export async function findStatement(sought: SoughtStatement): Promise<StatementFate> {
  const { mark, workspace, token, sentAfter } = sought;
  let page: string | undefined;
  for (let read = 0; read < PAGES; read += 1) {
    const { body } = await httpsJson({
      ...workspace,
      path: `/api/2.0/sql/history/queries${page === undefined ? '' : `?page_token=${encodeURIComponent(page)}`}`,
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        filter_by: { query_start_time_range: { start_time_ms: Math.floor(sentAfter - SKEW_MS) } },
        max_results: 100,
      }),
    });
    const answer = listed.safeParse(body);
    if (!answer.success) {
      return { is: 'unknown' };
    }
    const { res = [], next_page_token: next, has_next_page: hasNext } = answer.data;
    const found = res.find(({ query_text: text }) => text?.includes(mark) === true);
    if (found !== undefined) {
      return fateOf(found);
    }
    if (hasNext !== true || next === undefined) {
      break;
    }
    page = next;
  }
  return { is: 'unknown' };
}

function fateOf({
  status,
  error_message: message = '',
}: {
  readonly status: string;
  readonly error_message?: string | undefined;
}): StatementFate {
  switch (status) {
    case 'FINISHED':
      return { is: 'finished' };
    case 'FAILED':
    case 'CANCELED':
      return { is: 'failed', message: message || status };
    default:
      return { is: 'running' };
  }
}
