import type { DialectName } from '../dialect.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';

/** The name of the `at`-th (from 0) column of a VALUES list. */
export function valuesColumn(at: number, dialect: DialectName): string {
  const { prefix, first } = RESOLVE_RULES[dialect].valuesColumns;
  return `${prefix}${at + first}`;
}

const NILADIC = new Set(
  `current_date current_time current_timestamp current_user current_role current_schema current_catalog
  current_database localtime localtimestamp session_user user sysdate systimestamp getdate
  utc_date utc_timestamp default`.split(/\s+/),
);

/** Words that are calls without parentheses where no column has the name. */
export function isNiladic(name: string): boolean {
  return NILADIC.has(name.toLowerCase());
}

const PSEUDO = new Set(
  `_partitiontime _partitiondate _table_suffix _file_name rowid rownum level ctid oid xmin xmax tableoid
  metadata$filename metadata$file_row_number metadata$action metadata$isupdate metadata$row_id
  _metadata rownumber filename file_row_number`.split(/\s+/),
);

/** Columns every relation of some warehouse has without declaring them. */
export function isPseudoColumn(name: string): boolean {
  return PSEUDO.has(name.toLowerCase());
}
