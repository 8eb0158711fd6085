import { type RelationId, relationId } from '../base/relation.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { printQuery } from '../sql/print/print-query.ts';

const TWIN = relationId({ name: 'goldsmith_logical_twin' });

export interface TwinParts {
  readonly mart: RelationId;
  readonly definitionSql: string;
  readonly dialect: DialectName;
}

/**
 * A query that reads a mart, with the mart's logical definition in the mart's place, as text: on any snapshot it equals
 * the statement it stands for, however old the mart's own data is. `undefined` where it cannot be printed.
 */
export function logicalTwin(query: NormalQuery, parts: TwinParts): string | undefined {
  const { mart, definitionSql, dialect } = parts;
  const sql = printReading(query, { mart, instead: TWIN, dialect });
  return sql === undefined
    ? undefined
    : `with goldsmith_logical_twin as (\n${definitionSql}\n)\nselect * from (\n${sql}\n) as answer`;
}

/** The same query reading another relation where it reads the mart; `undefined` where it cannot be printed. */
export function printReading(
  query: NormalQuery,
  {
    mart,
    instead,
    dialect,
  }: { readonly mart: RelationId; readonly instead: RelationId; readonly dialect: DialectName },
): string | undefined {
  const printed = printQuery(standIn(query, { mart, instead }), dialect);
  return printed.kind === 'printed' ? printed.sql : undefined;
}

/** Table nodes are the only place a relation stands in a normal query. */
function standIn<Piece>(
  piece: Piece,
  names: { readonly mart: RelationId; readonly instead: RelationId },
): Piece {
  if (Array.isArray(piece)) {
    return piece.map((item: unknown) => standIn(item, names)) as Piece;
  }
  if (typeof piece !== 'object' || piece === null) {
    return piece;
  }
  const mapped = Object.fromEntries(
    Object.entries(piece).map(([key, value]: [string, unknown]) => [
      key,
      key === 'relation' && value === names.mart ? names.instead : standIn(value, names),
    ]),
  );
  return mapped as Piece;
}
