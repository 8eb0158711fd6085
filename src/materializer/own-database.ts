import { type RelationId, relationParts } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { onlyRow, textCell } from '../prove/cells.ts';
import { StepRefused } from './step-refused.ts';

/** The flip and the ledger must commit together, so what we write lies in the ledger's own database. */
export async function requireOwnDatabase(session: Session, relation: RelationId): Promise<void> {
  const { database } = relationParts(relation);
  if (database === undefined) {
    return;
  }
  const result = await session.query(session.wording.objects.ownDatabase, { purpose: 'catalog' });
  const own = textCell(onlyRow(result)[0]) ?? '';
  if (own.toLowerCase() !== database.toLowerCase()) {
    throw new StepRefused(
      'OTHER_DATABASE',
      `${relation} lies in database ${database}, the ledger in ${own}: one transaction cannot write both`,
    );
  }
}
