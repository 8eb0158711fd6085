import { z } from 'zod';
import { httpsJson } from './https-json.ts';
import type { Workspace } from './sign-in.ts';

export interface AskedHistory {
  readonly workspace: Workspace;
  readonly token: string;
  /** Statements that began after this moment, by our clock. */
  readonly startedAfter: number;
  /** Only statements of these states, as the history calls them. Absent: all. */
  readonly statuses?: readonly string[];
}

const entry = z.looseObject({
  query_id: z.string().optional(),
  status: z.string(),
  query_text: z.string().optional(),
  error_message: z.string().optional(),
  query_tags: z.unknown().optional(),
});

const listed = z.looseObject({
  res: z.array(entry).optional(),
  next_page_token: z.string().optional(),
  has_next_page: z.boolean().optional(),
});

/** A statement as the query history tells it. */
type HistoryEntry = z.infer<typeof entry>;

/** The workspace answered with something that is no history. */
export class HistoryUntold extends Error {}

const PAGES = 20;

/** What the workspace's query history tells whoever asks, youngest first, a page at a time; while statements run, too. */
export async function* historyPages({
  workspace,
  token,
  startedAfter,
  statuses,
}: AskedHistory): AsyncGenerator<readonly HistoryEntry[]> {
  let page: string | undefined;
  for (let read = 0; read < PAGES; read += 1) {
    const { status, body } = await httpsJson({
      ...workspace,
      path: `/api/2.0/sql/history/queries${page === undefined ? '' : `?page_token=${encodeURIComponent(page)}`}`,
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        filter_by: {
          query_start_time_range: { start_time_ms: Math.floor(startedAfter) },
          ...(statuses === undefined ? {} : { statuses }),
        },
        max_results: 100,
      }),
    });
    const answer = listed.safeParse(body);
    if (!answer.success || status !== 200) {
      throw new HistoryUntold(`the query history answered with status ${status}`);
    }
    const { res = [], next_page_token: next, has_next_page: hasNext } = answer.data;
    yield res;
    if (hasNext !== true || next === undefined) {
      return;
    }
    page = next;
  }
}
