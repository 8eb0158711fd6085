import type { Action } from '../plan/action.ts';
import { StepRefused } from './step-refused.ts';
import { objectsOf } from './version-objects.ts';
import type { Work } from './work.ts';

/**
 * Before a step that was cut off is finished, undone or done again: what it sent may still run where every statement commits by itself,
 * and would then be added to what comes after. It is stopped, or waited for. Whoever took the lease over sends statements of the same
 * kind, which are none of ours to stop.
 *
 * @throws StepRefused where something runs on.
 */
export async function requireNothingRuns(
  action: Action,
  { connector, lease, signal }: Pick<Work, 'connector' | 'lease' | 'signal'>,
): Promise<void> {
  if (connector.capabilities.transactionalDdl || connector.stopStatements === undefined) {
    return;
  }
  await lease.check(connector);
  const objects = 'table' in action ? objectsOf(action).map(({ relation }) => relation) : [];
  const left = await connector.stopStatements([action.mart, ...objects], {
    purpose: 'ledger',
    signal,
  });
  if (left > 0) {
    const statements = left === 1 ? 'a statement' : `${left} statements`;
    throw new StepRefused(
      'STILL_RUNNING',
      `${statements} of the ${action.kind} of ${action.mart} that was cut off still ${left === 1 ? 'runs' : 'run'} in ${connector.name}, so nothing of it is redone; the next cycle looks again`,
      { statements: left },
    );
  }
}
