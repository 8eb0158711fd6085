import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { textCell } from '../prove/cells.ts';

const options = { purpose: 'publish' } as const;

/** That somebody may read a relation, by a grant on it or on what it lies in. */
export interface Standing {
  readonly grantee: string;
  readonly privilege: string;
  /** On the relation itself, so that it can be taken there. */
  readonly isOwn: boolean;
  /** It is known to read rows; any other is taken to read a mart, and no source. */
  readonly isKnown: boolean;
}

export type Standings = ReadonlyMap<RelationId, readonly Standing[]>;

/** One statement for all of these. */
export async function standingsOf(
  session: Session,
  relations: readonly RelationId[],
): Promise<Standings> {
  const sql = relations.length === 0 ? undefined : session.wording.access?.standing?.(relations);
  const found = new Map(relations.map((relation) => [relation, [] as Standing[]]));
  for (const [place, grantee, privilege, isOwn, isKnown] of sql === undefined
    ? []
    : (await session.query(sql, options)).rows) {
    found.get(relations[Number(place)] as RelationId)?.push({
      grantee: textCell(grantee) ?? '',
      privilege: textCell(privilege) ?? '',
      isOwn: isOwn === true,
      isKnown: isKnown === true,
    });
  }
  return found;
}

export function readersOf(standings: Standings, view: RelationId): ReadonlySet<string> {
  return new Set((standings.get(view) ?? []).map(({ grantee }) => grantee));
}

export function mayRead(standings: Standings, grantee: string, relation: RelationId): boolean {
  return (standings.get(relation) ?? []).some((each) => each.isKnown && each.grantee === grantee);
}
