import type { DialectName } from '../dialect.ts';

/**
 * Where a bare name may stand for an alias of the select list, and which wins when a column has the name too.
 * DuckDB measured on 1.5; the others from their reference manuals.
 */
export interface AliasRules {
  /** Later select items may use earlier aliases; the column wins, and with `last` also one that may be there. */
  readonly lateral: 'never' | 'column-wins' | 'last';
  /** WHERE may use aliases; the column wins. */
  readonly where: boolean;
  readonly groupBy: 'never' | 'column-wins' | 'alias-wins';
  readonly having: 'never' | 'grouped-column-wins';
  /** Inside an ORDER BY expression; a bare name in ORDER BY is always the alias first. */
  readonly orderByExpr: 'never' | 'column-wins' | 'alias-wins';
}

/** How a warehouse names an output nobody named. */
export type NameMaking =
  /** By its place: a prefix, the number from 0, a suffix. */
  | { readonly kind: 'numbered'; readonly prefix: string; readonly suffix: string }
  /** After the outermost function or the cast column. */
  | { readonly kind: 'function' }
  /** By the expression, printed anew from its tree (`duckdb-name.ts`). */
  | { readonly kind: 'printed' }
  /** By the expression's text; operators in brackets, letters in upper case. */
  | { readonly kind: 'text'; readonly isBracketed: boolean; readonly isUpper: boolean };

/** How names are resolved and made, where the dialects differ. */
export interface ResolveRules {
  readonly aliases: AliasRules;
  /** `a.b` may be field `b` of column `a` even where nothing is known of `a`. */
  readonly dotsAreFields: boolean;
  /** A merged USING column shows at its place in the left source; the standard shows them first. */
  readonly showsUsingInPlace: boolean;
  /** `$2` is the second column of what is read. */
  readonly columnsByPlace: boolean;
  /** A derived table sees the sources before it without the word LATERAL. */
  readonly derivedSeesSiblings: boolean;
  /** A CTE may refer to itself without the word RECURSIVE. */
  readonly mayRecurUnsaid: boolean;
  /** The names of the columns of a VALUES list: prefix and first number. */
  readonly valuesColumns: { readonly prefix: string; readonly first: 0 | 1 };
  /** Date parts are written as strings only, so that a bare word in their place is a column. */
  readonly datePartsAreStrings: boolean;
  /** `x -> y` is a function of x, never a part of the JSON value x. */
  readonly arrowsAreLambdas: boolean;
  /** `create macro f(x) as ...`: the engine puts arguments, untyped, in the place of parameters. */
  readonly hasMacros: boolean;
  /** `date_trunc(d, month)`: the part stands behind the dates; elsewhere before them. */
  readonly datePartsComeLast: boolean;
  readonly makesNames: NameMaking;
  /** A derived table may give one name to two columns: they are told apart by numbers. Elsewhere it names neither. */
  readonly numbersDoubledNames: boolean;
  /**
   * A column of a PIVOT is called after its value: with the aggregate's alias behind it, or before it; alone if there is
   * one aggregate only; in quotes where the value is a string without an alias (and then there is one aggregate only).
   */
  readonly pivotNames: 'value-first' | 'aggregate-first' | 'value-alone-if-only' | 'quoted-value';
  /** `from t, t.items`: a path into a source before it is its array. */
  readonly readsArraysOfSiblings: boolean;
  /** The column of UNNEST may be a struct whose fields show, though the alias is given. */
  readonly unnestShowsFields: boolean;
  /** What the position's column is called where nobody named it. */
  readonly ordinality: string;
  /** What `range(10)` calls its column, where it has a name of its own. */
  readonly rangeColumn?: string;
  /** The one column of a table function is called after the alias, or the function. */
  readonly functionColumn: 'alias' | 'function';
  /** `t$20240101` is a partition of `t`, `t_20240101` a shard of `t_*`. */
  readonly partitionsByName: boolean;
}

const COLUMN_WINS: AliasRules = {
  lateral: 'column-wins',
  where: true,
  groupBy: 'column-wins',
  having: 'grouped-column-wins',
  orderByExpr: 'column-wins',
};

/** The standard's ways, as most take them. */
const plain: ResolveRules = {
  aliases: { ...COLUMN_WINS, lateral: 'never', where: false },
  dotsAreFields: false,
  showsUsingInPlace: false,
  columnsByPlace: false,
  derivedSeesSiblings: false,
  mayRecurUnsaid: false,
  valuesColumns: { prefix: 'column', first: 1 },
  datePartsAreStrings: false,
  arrowsAreLambdas: false,
  hasMacros: false,
  datePartsComeLast: false,
  makesNames: { kind: 'text', isBracketed: false, isUpper: false },
  numbersDoubledNames: false,
  pivotNames: 'value-first',
  readsArraysOfSiblings: false,
  unnestShowsFields: false,
  ordinality: 'ordinality',
  functionColumn: 'alias',
  partitionsByName: false,
};

const lake: ResolveRules = {
  ...plain,
  aliases: { ...COLUMN_WINS, where: false },
  dotsAreFields: true,
  arrowsAreLambdas: true,
  valuesColumns: { prefix: 'col', first: 1 },
  pivotNames: 'value-alone-if-only',
  rangeColumn: 'id',
  makesNames: { kind: 'text', isBracketed: true, isUpper: false },
};

/** The rules of every dialect we read. */
export const RESOLVE_RULES: Readonly<Record<DialectName, ResolveRules>> = {
  duckdb: {
    ...plain,
    hasMacros: true,
    aliases: COLUMN_WINS,
    dotsAreFields: true,
    showsUsingInPlace: true,
    derivedSeesSiblings: true,
    valuesColumns: { prefix: 'col', first: 0 },
    datePartsAreStrings: true,
    makesNames: { kind: 'printed' },
    numbersDoubledNames: true,
    functionColumn: 'function',
  },
  postgres: {
    ...plain,
    aliases: { ...plain.aliases, having: 'never', orderByExpr: 'never' },
    datePartsAreStrings: true,
    makesNames: { kind: 'function' },
  },
  redshift: {
    ...plain,
    aliases: { ...COLUMN_WINS, where: false, having: 'never', orderByExpr: 'never' },
    makesNames: { kind: 'function' },
  },
  snowflake: {
    ...plain,
    aliases: COLUMN_WINS,
    columnsByPlace: true,
    mayRecurUnsaid: true,
    arrowsAreLambdas: true,
    valuesColumns: { prefix: 'COLUMN', first: 1 },
    pivotNames: 'quoted-value',
    makesNames: { kind: 'text', isBracketed: false, isUpper: true },
  },
  bigquery: {
    ...plain,
    aliases: { ...plain.aliases, groupBy: 'alias-wins', orderByExpr: 'alias-wins' },
    dotsAreFields: true,
    makesNames: { kind: 'numbered', prefix: 'f', suffix: '_' },
    pivotNames: 'aggregate-first',
    datePartsComeLast: true,
    readsArraysOfSiblings: true,
    unnestShowsFields: true,
    ordinality: 'offset',
    partitionsByName: true,
  },
  databricks: lake,
  spark: lake,
  trino: {
    ...plain,
    aliases: { ...plain.aliases, groupBy: 'never', having: 'never' },
    dotsAreFields: true,
    valuesColumns: { prefix: '_col', first: 0 },
    datePartsAreStrings: true,
    arrowsAreLambdas: true,
    makesNames: { kind: 'numbered', prefix: '_col', suffix: '' },
  },
  mysql: {
    ...plain,
    aliases: { ...plain.aliases, orderByExpr: 'alias-wins' },
    valuesColumns: { prefix: 'column_', first: 0 },
  },
  /** Oracle, T-SQL and Teradata among others: what any of them allows is allowed. */
  generic: {
    ...plain,
    aliases: { ...plain.aliases, lateral: 'last' },
    derivedSeesSiblings: true,
    mayRecurUnsaid: true,
  },
};
