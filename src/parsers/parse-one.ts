import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Parsers } from './open-parsers.ts';
import { openParsers } from './open-parsers.ts';
import { readRequest } from './read-request.ts';
import { withWitness } from './read-witness.ts';
import { openReaderSet } from './reader-set.ts';

const readers = openReaderSet();
let elsewhere: Parsers | undefined;

/**
 * Reads one text in this thread, without a watchdog: for tests and texts of our own. Strangers' texts
 * go through `openParsers`, where a stuck or crashed parser costs a worker and not the process. A library
 * that crashed here is dead for as long as the thread lives, so from then on a worker reads.
 */
export async function parseOne(request: ParseRequest): Promise<ParseOutcome> {
  if (!readers.hasCrashed()) {
    const read = await readRequest(request, { readers, limits: DEFAULT_LIMITS });
    const outcome = await withWitness(request, { outcome: read, readers });
    if (!readers.hasCrashed() || outcome.kind === 'parsed') {
      return outcome;
    }
  }
  elsewhere ??= openParsers();
  const [outcome] = await elsewhere.parse([request]);
  return outcome ?? { kind: 'unparsed', because: 'no reader answered', tables: [] };
}
