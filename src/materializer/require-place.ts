import type { Session } from '../connectors/connector.ts';
import type { ActionOf } from './action-handler.ts';
import type { MartRecord } from './mart-record.ts';
import { requireFreeNames } from './require-free-names.ts';
import { StepRefused } from './step-refused.ts';
import { isThere } from './unfinished.ts';

/** Its names are free, or hold what steps filled under this version. */
export async function requirePlace(
  session: Session,
  { action, record }: { readonly action: ActionOf<'build-version'>; readonly record: MartRecord },
): Promise<void> {
  const { unfinished } = record.mart;
  if (unfinished?.table !== action.table) {
    await requireFreeNames(session, action);
  } else if (!(await isThere(session, record, unfinished))) {
    throw new StepRefused(
      'UNFINISHED_GONE',
      `what steps filled of ${action.mart} in ${action.table} is gone or no longer carries our marker; it is begun again`,
    );
  }
}
