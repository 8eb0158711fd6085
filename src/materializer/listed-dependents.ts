import { type RelationId, relationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import { textCell } from '../prove/cells.ts';
import { describeQuery } from '../prove/describe-query.ts';

/** Views over views over views: more than anybody keeps. */
const MOST_LEVELS = 20;

/**
 * What reads the relation by the warehouse's own list, through others too, in its order; what is gone by now is left out where that can be told. `untold` where it keeps such a list and we may not
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
  return listed?.hidesMissing === false ? stillThere(session, [...found]) : [...found];
}

/** A list of what was keeps what was dropped since; one that may not be read by us is there. */
async function stillThere(
  session: Session,
  relations: readonly RelationId[],
): Promise<readonly RelationId[]> {
  const there: RelationId[] = [];
  for (const relation of relations) {
    try {
      const sql = `select * from ${session.wording.names.relation(relation)}`;
      await describeQuery(session, { sql, purpose: 'catalog' });
      there.push(relation);
    } catch (error) {
      if (!(error instanceof ConnectorError) || !UNREADABLE.has(error.code)) {
        throw error;
      }
      there.push(...(error.code === 'CONNECTOR_RELATION_MISSING' ? [] : [relation]));
    }
  }
  return there;
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

/** Gone, not for us, or broken by what it reads. */
const UNREADABLE = new Set([...HIDDEN, 'CONNECTOR_BAD_SQL']);
