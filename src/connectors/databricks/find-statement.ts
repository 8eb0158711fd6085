import { type AskedHistory, HistoryUntold, historyPages } from './history-pages.ts';

export interface SoughtStatement extends Pick<AskedHistory, 'workspace' | 'token'> {
  /** Stands in the statement's text and in no other. */
  readonly mark: string;
  /** It was sent after this moment, by our clock. */
  readonly sentAfter: number;
}

/** What became of a statement whose answer was lost. `unknown`: the warehouse does not tell it (yet). */
export type StatementFate =
  | { readonly is: 'finished' }
  | { readonly is: 'failed'; readonly message: string }
  | { readonly is: 'running' }
  | { readonly is: 'unknown' };

/** Clocks may disagree by this much. */
const SKEW_MS = 10 * 60_000;

/** Looks a statement up in the workspace's query history, which tells statements while they run. Reads only. */
export async function findStatement({
  mark,
  sentAfter,
  ...asked
}: SoughtStatement): Promise<StatementFate> {
  try {
    for await (const told of historyPages({ ...asked, startedAfter: sentAfter - SKEW_MS })) {
      const found = told.find(({ query_text: text }) => text?.includes(mark) === true);
      if (found !== undefined) {
        return fateOf(found);
      }
    }
  } catch (error) {
    if (!(error instanceof HistoryUntold)) {
      throw error;
    }
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
