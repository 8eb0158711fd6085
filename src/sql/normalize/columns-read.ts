import type { RelationId } from '../../base/relation.ts';
import type { QueryBinding } from '../resolve/bind-query.ts';
import type { SchemaIndex } from '../schema-index.ts';
import { expressionsOf, refsIn, sourcesOf } from './walk.ts';

export interface ReadColumn {
  readonly name: string;
  /** Its number among all columns of the relation, from 0. */
  readonly place: number;
}

/**
 * The columns of a table that a statement may depend on, in the table's own order: while these and the number of rows stay, so does the
 * answer. Whatever is written counts, wanted or not: an expression nobody selects may still make rows. Nothing where not every name was
 * resolved, where the table is read without any column, or where the schema does not know one of them: then all of them count.
 */
export function columnsRead(
  { query, notUnderstood }: Pick<QueryBinding, 'query' | 'notUnderstood'>,
  {
    relation,
    schema,
    also = [],
  }: {
    readonly relation: RelationId;
    readonly schema: SchemaIndex;
    /** Columns that count in any case. */
    readonly also?: readonly string[];
  },
): readonly ReadColumn[] | undefined {
  const known = schema.relationOf(relation)?.columns;
  if (notUnderstood.length > 0 || known === undefined) {
    return undefined;
  }
  const occs = new Set(
    sourcesOf(query).flatMap((from) =>
      from.kind === 'table' && from.relation === relation ? [from.occ] : [],
    ),
  );
  const refs = expressionsOf(query).flatMap(refsIn);
  const used = new Set([
    ...also,
    ...refs.flatMap(({ occ, column }) => (occs.has(occ) ? [column] : [])),
  ]);
  const read = known.flatMap(({ name }, place) => (used.has(name) ? [{ name, place }] : []));
  return read.length === 0 || read.length < used.size ? undefined : read;
}
