import { type RelationId, relationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import { textCell } from '../prove/cells.ts';

/** Views over views over views: more than anybody keeps. */
const MOST_LEVELS = 20;

/**
 * What reads the relation by the warehouse's own list, through others too, in its order. `untold` where it keeps such a list and we may not
 * read it; nothing where it keeps none.
 */
export async function listedDependents(
  session: Session,
  relation: RelationId,
): Promise<readonly RelationId[] | 'untold'> {
  const { listed } = session.wording.objects;
  const found = new Set<RelationId>();
  let level: readonly RelationId[] = listed === undefined ? [] : [relation];
  for (let deep = 0; deep < MOST_LEVELS && listed !== undefined && level.length > 0; deep += 1) {
    const next = await asked(session, listed.directly(level));
    if (next === 'untold') {
      return next;
    }
    level = next.filter((id) => !found.has(id));
    for (const id of level) {
      found.add(id);
    }
  }
  return [...found];
}

async function asked(session: Session, sql: string): Promise<readonly RelationId[] | 'untold'> {
  try {
    const { rows } = await session.query(sql, { purpose: 'catalog' });
    return rows.map(([database, schema, name]) =>
      relationId({
        database: textCell(database),
        schema: textCell(schema),
        name: textCell(name) ?? '',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConnectorError) || !HIDDEN.has(error.code)) {
      throw error;
    }
    return 'untold';
  }
}

const HIDDEN = new Set(['CONNECTOR_RELATION_MISSING', 'CONNECTOR_PERMISSION_DENIED']);
