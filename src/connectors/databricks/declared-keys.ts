import type { RelationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Cell } from '../connector.ts';
import { idOf } from './names.ts';

/** Declared, never enforced: they become facts only where they are checked. */
export const KEYS = `select c.table_schema, c.table_name, c.constraint_name, k.column_name, cast(null as string) as to_schema, cast(null as string) as to_name, cast(null as string) as to_column
from information_schema.table_constraints as c join information_schema.key_column_usage as k
  on k.constraint_schema = c.constraint_schema and k.constraint_name = c.constraint_name and k.table_name = c.table_name
where c.constraint_type = 'PRIMARY KEY' and c.table_catalog = current_catalog()
order by 1, 2, 3, k.ordinal_position`;

/** One row a column, with the column it refers to. */
export const FOREIGN_KEYS = `select k.table_schema, k.table_name, k.constraint_name, k.column_name, u.table_schema as to_schema, u.table_name as to_name, u.column_name as to_column
from information_schema.referential_constraints as r
  join information_schema.key_column_usage as k
    on k.constraint_schema = r.constraint_schema and k.constraint_name = r.constraint_name
  join information_schema.key_column_usage as u
    on u.constraint_schema = r.unique_constraint_schema and u.constraint_name = r.unique_constraint_name
      and u.ordinal_position = k.position_in_unique_constraint
where k.table_catalog = current_catalog() and u.table_catalog = current_catalog()
order by 1, 2, 3, k.ordinal_position`;

/** A key or a reference, its columns in order. */
export interface Constraint {
  readonly columns: readonly string[];
  readonly to: RelationId;
  readonly toColumns: readonly string[];
}

/** From rows of these statements: those of one constraint follow each other. */
export function constraints(
  rows: readonly (readonly Cell[])[],
): ReadonlyMap<RelationId, readonly Constraint[]> {
  const found = new Map<string, { of: RelationId; constraint: Constraint }>();
  for (const [schema, name, constraint, column, toSchema, toName, toColumn] of rows) {
    const of = idOf(schema, name);
    const key = `${of} ${cellText(constraint)}`;
    const { columns = [], toColumns = [] } = found.get(key)?.constraint ?? {};
    found.set(key, {
      of,
      constraint: {
        columns: [...columns, cellText(column)],
        to: idOf(toSchema, toName),
        toColumns: [...toColumns, cellText(toColumn)],
      },
    });
  }
  const groups = new Map<RelationId, Constraint[]>();
  for (const { of, constraint } of found.values()) {
    groups.set(of, [...(groups.get(of) ?? []), constraint]);
  }
  return groups;
}
