import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { readRequest } from './read-request.ts';
import type { ReaderSet } from './reader-set.ts';
import { openReaderSet } from './reader-set.ts';

let readers: ReaderSet | undefined;

/**
 * Reads one text in this thread, without a watchdog: for tests and texts of our own. Strangers' texts
 * go through `openParsers`, where a stuck or crashed parser costs a worker and not the process.
 */
export async function parseOne(request: ParseRequest): Promise<ParseOutcome> {
  readers ??= openReaderSet();
  return readRequest(request, { readers, limits: DEFAULT_LIMITS });
}
