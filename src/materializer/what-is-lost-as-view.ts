import { type RelationId, relationParts } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { numberCell } from '../prove/cells.ts';
import { quoteText } from '../prove/quote.ts';

/**
 * What a table has that a view of its name cannot keep, in words; absent where nothing is lost. Asked of the session's
 * own snapshot.
 */
export async function whatIsLostAsView(
  session: Session,
  relation: RelationId,
): Promise<string | undefined> {
  const lost: string[] = [];
  for (const { what, sql } of keptByTables(relation)) {
    const { rows } = await session.query(sql, { purpose: 'catalog' });
    const found = numberCell(rows[0]?.[0]);
    if (found > 0) {
      lost.push(`${found} ${what}`);
    }
  }
  return lost.length === 0 ? undefined : lost.join(', ');
}

function keptByTables(relation: RelationId) {
  const { schema, name } = relationParts(relation);
  const named = (schemaColumn: string, nameColumn: string) =>
    `lower(${schemaColumn}) = lower(${schema === undefined ? 'current_schema()' : quoteText(schema)}) and lower(${nameColumn}) = lower(${quoteText(name)})`;
  return [
    {
      what: 'constraints (keys, checks, not null)',
      sql: `select count(*) from information_schema.table_constraints where ${named('table_schema', 'table_name')}`,
    },
    {
      what: 'indexes',
      sql: `select count(*) from pg_catalog.pg_indexes where ${named('schemaname', 'tablename')}`,
    },
    {
      what: 'columns with a default or generated',
      sql: `select count(*) from information_schema.columns where ${named('table_schema', 'table_name')} and column_default is not null`,
    },
  ] as const;
}
