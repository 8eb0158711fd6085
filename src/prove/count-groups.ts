import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import { numberCell, onlyRow } from './cells.ts';
import { quoteName, quoteRelation } from './quote.ts';

export interface CountGroupsRequest extends CallOptions {
  readonly relation: RelationId;
  readonly columns: readonly string[];
}

/** How many combinations of values these columns have, NULLs among them, exactly: one pass, groups kept. */
export async function countGroups(
  session: Session,
  { relation, columns, ...options }: CountGroupsRequest,
): Promise<number> {
  const names = columns.map(quoteName).join(', ');
  const result = await session.query(
    `select count(*)\nfrom (select distinct ${names} from ${quoteRelation(relation)}) as combinations`,
    options,
  );
  return numberCell(onlyRow(result)[0]);
}
