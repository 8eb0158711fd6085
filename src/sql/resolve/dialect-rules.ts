import type { DialectName } from '../dialect.ts';

/**
 * Where a bare name may stand for an alias of the select list, and which wins when a column has the name too.
 * DuckDB measured on 1.5; the others from their reference manuals.
 */
export interface AliasRules {
  /** Later select items may use earlier aliases; the column wins. */
  readonly lateral: boolean;
  /** WHERE may use aliases; the column wins. */
  readonly where: boolean;
  readonly groupBy: 'never' | 'column-wins' | 'alias-wins';
  readonly having: 'never' | 'grouped-column-wins';
  /** Inside an ORDER BY expression; a bare name in ORDER BY is always the alias first. */
  readonly orderByExpr: 'never' | 'column-wins' | 'alias-wins';
}

const COLUMN_WINS: AliasRules = {
  lateral: true,
  where: true,
  groupBy: 'column-wins',
  having: 'grouped-column-wins',
  orderByExpr: 'column-wins',
};

const ALIAS_RULES: Record<DialectName, AliasRules> = {
  duckdb: COLUMN_WINS,
  snowflake: COLUMN_WINS,
  databricks: { ...COLUMN_WINS, where: false },
  spark: { ...COLUMN_WINS, where: false },
  redshift: { ...COLUMN_WINS, where: false, having: 'never', orderByExpr: 'never' },
  postgres: {
    lateral: false,
    where: false,
    groupBy: 'column-wins',
    having: 'never',
    orderByExpr: 'never',
  },
  bigquery: {
    lateral: false,
    where: false,
    groupBy: 'alias-wins',
    having: 'grouped-column-wins',
    orderByExpr: 'alias-wins',
  },
  mysql: {
    lateral: false,
    where: false,
    groupBy: 'column-wins',
    having: 'grouped-column-wins',
    orderByExpr: 'alias-wins',
  },
  trino: {
    lateral: false,
    where: false,
    groupBy: 'never',
    having: 'never',
    orderByExpr: 'column-wins',
  },
  generic: { ...COLUMN_WINS, lateral: false, where: false },
};

export function aliasRulesOf(dialect: DialectName): AliasRules {
  return ALIAS_RULES[dialect];
}

const STRUCT_DOTS: readonly DialectName[] = ['bigquery', 'databricks', 'spark', 'duckdb', 'trino'];

/** Whether `a.b` may be field `b` of column `a` even where nothing is known of `a`. */
export function readsDotsAsFields(dialect: DialectName): boolean {
  return STRUCT_DOTS.includes(dialect);
}

/** DuckDB shows a merged USING column at its place in the left source; the standard shows them first. */
export function showsUsingInPlace(dialect: DialectName): boolean {
  return dialect === 'duckdb';
}

const SEES_SIBLINGS: readonly DialectName[] = ['duckdb', 'generic'];

/** Whether a derived table sees the sources before it without the word LATERAL. */
export function derivedSeesSiblings(dialect: DialectName): boolean {
  return SEES_SIBLINGS.includes(dialect);
}

const RECURSIVE_UNSAID: readonly DialectName[] = ['snowflake', 'generic'];

/** Whether a CTE may refer to itself without the word RECURSIVE (also Oracle, T-SQL: generic). */
export function mayRecurUnsaid(dialect: DialectName): boolean {
  return RECURSIVE_UNSAID.includes(dialect);
}

/** The name of the `at`-th (from 0) column of a VALUES list. */
export function valuesColumn(at: number, dialect: DialectName): string {
  switch (dialect) {
    case 'duckdb':
      return `col${at}`;
    case 'databricks':
    case 'spark':
      return `col${at + 1}`;
    case 'trino':
      return `_col${at}`;
    case 'mysql':
      return `column_${at}`;
    case 'snowflake':
      return `COLUMN${at + 1}`;
    case 'bigquery':
    case 'generic':
    case 'postgres':
    case 'redshift':
      return `column${at + 1}`;
  }
}

const NILADIC = new Set(
  `current_date current_time current_timestamp current_user current_role current_schema current_catalog
  current_database localtime localtimestamp session_user user sysdate systimestamp getdate
  utc_date utc_timestamp`.split(/\s+/),
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
