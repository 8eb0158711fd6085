/** The SQLs Goldsmith reads. `generic` is for anything else: read as ANSI, never printed. */
export const DIALECT_NAMES = [
  'duckdb',
  'postgres',
  'snowflake',
  'bigquery',
  'databricks',
  'spark',
  'redshift',
  'trino',
  'mysql',
  'generic',
] as const;

export type DialectName = (typeof DIALECT_NAMES)[number];

/** What differs between SQLs, as data: read by the lexer, the resolver and the printer. */
export interface Dialect {
  readonly name: DialectName;
  readonly lexical: LexicalRules;
  readonly names: NameRules;
}

export interface LexicalRules {
  /** Characters that open a quoted identifier, e.g. `"` or `` ` ``; each closes with itself. */
  readonly identifierQuotes: readonly string[];
  /** `[name]` is a quoted identifier (T-SQL only). */
  readonly bracketIdentifiers: boolean;
  /** Characters that open a string: `'` always, `"` too in BigQuery, Databricks, MySQL. */
  readonly stringQuotes: readonly string[];
  readonly backslashEscapes: boolean;
  readonly dollarQuotes: boolean;
  readonly tripleQuotes: boolean;
  /** String prefixes such as `r`, `b`, `e`, `x`, `u&`, lower case. */
  readonly stringPrefixes: readonly string[];
  readonly nestedComments: boolean;
  readonly hashComments: boolean;
  readonly doubleSlashComments: boolean;
  /** In a raw string a backslash still protects the quote after it (BigQuery, as in Python). */
  readonly rawKeepsBackslashPairs?: boolean;
  /** Letters that may end a number, such as `l` and `bd` in Spark, lower case. */
  readonly numberSuffixes?: readonly string[];
  /** `$1` is a column, `$name` a variable and `@name` a stage: names, not parameters (Snowflake). */
  readonly dollarNames?: boolean;
  /** Unquoted names of projects may hold dashes: `my-project.sales.orders` (BigQuery). */
  readonly dashedNames?: boolean;
}

export interface NameRules {
  /** What an unquoted identifier is stored as. */
  readonly unquoted: 'lower' | 'upper' | 'as-is';
  /** Whether a quoted identifier compares case-sensitively. */
  readonly quotedIsCaseSensitive: boolean;
  /** Whether unquoted table names compare case-sensitively (BigQuery). */
  readonly tablesAreCaseSensitive: boolean;
  readonly defaultSchema?: string | undefined;
}
