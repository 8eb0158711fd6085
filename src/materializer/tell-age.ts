import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { findObject } from './warehouse-objects.ts';

/**
 * Says in the comment of a stable view, after whatever its owner wrote there, as of when it answers; without a moment takes that
 * off again. Within the caller's transaction.
 */
export async function tellAge(
  session: Session,
  { view, asOf }: { readonly view: RelationId; readonly asOf: EpochMs | undefined },
): Promise<void> {
  const found = await findObject(session, view);
  const comment = withAge(found?.comment, asOf);
  if (found?.kind === 'view' && comment !== found.comment) {
    await session.execute(
      session.wording.statements.commentOn('view', { relation: view, comment }),
      { purpose: 'publish' },
    );
  }
}

const NOTE = /\s*\[goldsmith: answers as of [^\]]*\]$/;

/** A comment with the note for this moment in place of any other; `undefined` where nothing is left. */
export function withAge(
  comment: string | undefined,
  asOf: EpochMs | undefined,
): string | undefined {
  const own = comment?.replace(NOTE, '') ?? '';
  if (asOf === undefined) {
    return own === '' ? undefined : own;
  }
  const moment = `${new Date(asOf).toISOString().slice(0, 16)}Z`;
  const note = `[goldsmith: answers as of ${moment}, for its sources changed; goldsmith drift tells how]`;
  return own === '' ? note : `${own} ${note}`;
}
