import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { StepRefused } from './step-refused.ts';

export interface OneState<Result> {
  readonly sources: readonly RelationId[];
  /** What is done meanwhile, for the sentence people get. */
  readonly doing: string;
  readonly run: () => Promise<Result>;
}

/**
 * Gives statements that share no snapshot one state of their sources: what they found stands where no source changed from before
 * the first to after the last. Otherwise it is refused as moved, whatever they found, and the next cycle tries again. Where a
 * session is one snapshot, nothing is asked.
 */
export async function whileSourcesStand<Result>(
  session: Session,
  { sources, doing, run }: OneState<Result>,
): Promise<Result> {
  if (session.wording.staged === undefined) {
    return await run();
  }
  const before = await lastChanges(session, sources);
  let result: Result;
  try {
    result = await run();
  } catch (error) {
    if (error instanceof StepRefused) {
      requireSame(before, { after: await lastChanges(session, sources), doing });
    }
    throw error;
  }
  requireSame(before, { after: await lastChanges(session, sources), doing });
  return result;
}

async function lastChanges(
  session: Session,
  sources: readonly RelationId[],
): Promise<ReadonlyMap<RelationId, string>> {
  const { staged } = session.wording;
  const marks = new Map<RelationId, string>();
  if (staged === undefined) {
    return marks;
  }
  for (const source of sources) {
    marks.set(source, await lastChange(source, { session, sql: staged.lastChange(source) }));
  }
  return marks;
}

/** Rejects where the warehouse tells none, as of a view. */
async function lastChange(
  source: RelationId,
  { session, sql }: { readonly session: Session; readonly sql: string },
): Promise<string> {
  const untold = () =>
    new StepRefused(
      'CHANGES_UNTOLD',
      `the warehouse does not tell when ${source} changed last, so nothing could be compared on one state of it`,
    );
  try {
    const { rows } = await session.query(sql, { purpose: 'freshness' });
    const [row] = rows;
    if (row?.[0] === undefined || row[0] === null) {
      throw untold();
    }
    return JSON.stringify(row);
  } catch (error) {
    throw error instanceof GoldsmithError && error.code === 'CONNECTOR_BAD_SQL' ? untold() : error;
  }
}

function requireSame(
  before: ReadonlyMap<RelationId, string>,
  { after, doing }: { readonly after: ReadonlyMap<RelationId, string>; readonly doing: string },
): void {
  for (const [source, mark] of before) {
    if (after.get(source) !== mark) {
      throw new StepRefused(
        'SOURCES_MOVED',
        `${source} changed during the ${doing}, and this warehouse has no snapshot over several statements; the next cycle tries again`,
      );
    }
  }
}
