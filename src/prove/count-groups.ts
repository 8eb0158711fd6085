import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import { numberCell, onlyRow } from './cells.ts';

export interface CountGroupsRequest extends CallOptions {
  readonly relation: RelationId;
  readonly columns: readonly string[];
}

/** How many combinations of values these columns have, NULLs among them, exactly: one pass, groups kept. */
export async function countGroups(
  session: Session,
  { relation, columns, ...options }: CountGroupsRequest,
): Promise<number> {
  const { names } = session.wording;
  const keys = columns.map((name) => names.quote(name)).join(', ');
  const result = await session.query(
    `select count(*)\nfrom (select distinct ${keys} from ${names.relation(relation)}) as combinations`,
    options,
  );
  return numberCell(onlyRow(result)[0]);
}
