import { ConnectorError } from '../connector-error.ts';
import type { RunningStatement } from '../stop-statements.ts';
import { HistoryUntold, historyPages } from './history-pages.ts';
import { queryTagsOf } from './query-tags.ts';
import type { DatabricksAddress, SessionPool } from './session-pool.ts';

export interface AskedRunning {
  /** For error messages. */
  readonly name: string;
  readonly pool: SessionPool;
  readonly workspace: DatabricksAddress['workspace'];
  /** Longer than any statement of ours may run. */
  readonly withinMs: number;
}

const NOT_ENDED = ['QUEUED', 'STARTED', 'COMPILING', 'COMPILED', 'RUNNING'];

/**
 * Statements of ours that have not ended, whichever session sent them, from the workspace's query history. It documents no way to
 * cancel one that came over Thrift without its session, so they are waited for: each has its limit on the warehouse.
 */
export async function runningStatements({
  name,
  pool,
  workspace,
  withinMs,
}: AskedRunning): Promise<readonly RunningStatement[]> {
  const token = await pool.signIn.token();
  const startedAfter = Date.now() - withinMs;
  const running: RunningStatement[] = [];
  try {
    for await (const page of historyPages({
      workspace,
      token,
      startedAfter,
      statuses: NOT_ENDED,
    })) {
      for (const { query_id: id = '', query_text: text = '', query_tags: tags, status } of page) {
        if (!NOT_ENDED.includes(status)) {
          continue;
        }
        if (text.trim() === '' && 'goldsmith' in queryTagsOf(tags)) {
          throw new HistoryUntold(
            `the query history keeps the text of our statement ${id} from us`,
          );
        }
        if (text.includes("/* goldsmith='")) {
          running.push({ id, text });
        }
      }
    }
    return running;
  } catch (error) {
    if (!(error instanceof HistoryUntold)) {
      throw error;
    }
    const addition = `which of its own statements still run is not told (${error.message}), so nothing is redone`;
    throw new ConnectorError('CONNECTOR_UNKNOWN', name, { cause: error, addition });
  }
}
