import { type RelationId, relationId } from '../base/relation.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { printQuery } from '../sql/print/print-query.ts';

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
  return logicalTwinOfAll(query, { marts: [parts], dialect: parts.dialect });
}

/** As `logicalTwin`, for a query that reads several marts. */
export function logicalTwinOfAll(
  query: NormalQuery,
  {
    marts,
    dialect,
  }: {
    readonly marts: readonly Pick<TwinParts, 'mart' | 'definitionSql'>[];
    readonly dialect: DialectName;
  },
): string | undefined {
  const twins = marts.map(({ mart, definitionSql }, at) => {
    const name = at === 0 ? 'goldsmith_logical_twin' : `goldsmith_logical_twin_${at + 1}`;
    return { mart, definitionSql, name };
  });
  const instead = new Map(twins.map(({ mart, name }) => [mart, relationId({ name })]));
  const sql = printInstead(query, { instead, dialect });
  const definitions = twins.map(({ name, definitionSql }) => `${name} as (\n${definitionSql}\n)`);
  return sql === undefined
    ? undefined
    : `with ${definitions.join(', ')}\nselect * from (\n${sql}\n) as answer`;
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
  return printInstead(query, { instead: new Map([[mart, instead]]), dialect });
}

function printInstead(
  query: NormalQuery,
  {
    instead,
    dialect,
  }: { readonly instead: ReadonlyMap<RelationId, RelationId>; readonly dialect: DialectName },
): string | undefined {
  const printed = printQuery(standIn(query, instead), dialect);
  return printed.kind === 'printed' ? printed.sql : undefined;
}

/** The same query over other relations. Table nodes are the only place a relation stands in a normal query. */
export function standIn<Piece>(piece: Piece, instead: ReadonlyMap<RelationId, RelationId>): Piece {
  if (Array.isArray(piece)) {
    return piece.map((item: unknown) => standIn(item, instead)) as Piece;
  }
  if (typeof piece !== 'object' || piece === null) {
    return piece;
  }
  const mapped = Object.fromEntries(
    Object.entries(piece).map(([key, value]: [string, unknown]) => [
      key,
      key === 'relation' && typeof value === 'string'
        ? (instead.get(value as RelationId) ?? value)
        : standIn(value, instead),
    ]),
  );
  return mapped as Piece;
}
