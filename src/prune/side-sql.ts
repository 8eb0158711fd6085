import type { RelationId } from '../base/relation.ts';
import type { DialectName } from '../sql/dialect.ts';
import { quoteName, quoteRelation } from '../sql/print/quote-name.ts';

export interface SideColumn {
  readonly name: string;
  /** Over a row of the relation, which is called `t0`. */
  readonly text: string;
}

export interface SideSelect {
  readonly keys: readonly { readonly column: string; readonly name: string }[];
  readonly columns: readonly SideColumn[];
  /** Conditions over `t0`. */
  readonly where: readonly string[];
  /** One more row, of NULL keys: what a row without a partner gets. */
  readonly hasNullRow: boolean;
  readonly dialect: DialectName;
}

/** The SELECT of a side table: one row for each complete key, and the row of NULLs where somebody asks for it. */
export function sideSql(
  relation: RelationId,
  { keys, columns, where, hasNullRow, dialect }: SideSelect,
): string {
  const name = (text: string) => quoteName(text, dialect);
  const items = [
    ...keys.map((key) => `t0.${name(key.column)} as ${name(key.name)}`),
    ...columns.map((column) => `${column.text} as ${name(column.name)}`),
  ].join(',\n  ');
  const from = quoteRelation(relation, dialect);
  const conditions = [...keys.map((key) => `t0.${name(key.column)} is not null`), ...where];
  const kept = `select\n  ${items}\nfrom ${from} as t0\nwhere ${conditions.map((each) => `(${each})`).join('\n  and ')}`;
  // A left join that finds nothing gives a row whose NULLs have the columns' own types.
  const nulls = `select\n  ${items}
from (select 1 as ${name(SOME)}) as t1
left join (select 0 as ${name(NONE)}, t2.* from ${from} as t2) as t0 on t0.${name(NONE)} = t1.${name(SOME)}`;
  return hasNullRow ? `${kept}\nunion all\n${nulls}` : kept;
}

const SOME = '__some';
const NONE = '__none';
