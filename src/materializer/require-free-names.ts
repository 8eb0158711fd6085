import type { Session } from '../connectors/connector.ts';
import type { ActionOf } from './action-handler.ts';
import { requireOwnDatabase } from './own-database.ts';
import { StepRefused } from './step-refused.ts';
import { objectsOf } from './version-objects.ts';
import { findObject } from './warehouse-objects.ts';

/** A version is only built into names nobody has taken. */
export async function requireFreeNames(
  session: Session,
  action: ActionOf<'build-version'> | ActionOf<'fill-version'>,
): Promise<void> {
  await requireOwnDatabase(session, action.table);
  for (const { relation } of objectsOf(action)) {
    const taken = await findObject(session, relation);
    if (taken !== undefined) {
      throw new StepRefused(
        'NAME_TAKEN',
        `a ${taken.kind} named ${relation} exists already, so ${action.mart} is not built into it`,
      );
    }
  }
}
