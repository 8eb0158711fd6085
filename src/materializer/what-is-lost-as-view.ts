import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { numberCell } from '../prove/cells.ts';

/**
 * What a table has that a view of its name cannot keep, in words; absent where nothing is lost. Asked of the session's
 * own snapshot.
 */
export async function whatIsLostAsView(
  session: Session,
  relation: RelationId,
): Promise<string | undefined> {
  const lost: string[] = [];
  for (const { what, sql } of session.wording.objects.keptByTables(relation)) {
    const { rows } = await session.query(sql, { purpose: 'catalog' });
    const found = numberCell(rows[0]?.[0]);
    if (found > 0) {
      lost.push(`${found} ${what}`);
    }
  }
  return lost.length === 0 ? undefined : lost.join(', ');
}
