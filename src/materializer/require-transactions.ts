import type { RelationId } from '../base/relation.ts';
import { StepRefused } from './step-refused.ts';
import type { Work } from './work.ts';

/** For what takes several statements that readers must see at once or not at all. */
export function requireTransactions(
  { connector }: Pick<Work, 'connector'>,
  { relation, what }: { readonly relation: RelationId; readonly what: string },
): void {
  if (!connector.capabilities.transactionalDdl) {
    throw new StepRefused(
      'NOT_ONE_STATEMENT',
      `${what} ${relation} takes several statements, and ${connector.name} commits each by itself: readers could see the half of it`,
    );
  }
}
