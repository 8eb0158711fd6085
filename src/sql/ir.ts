/**
 * The one intermediate representation every parser is adapted to, as written: names unresolved,
 * stars unexpanded. Plain JSON, so that it crosses worker boundaries and is stored as it is.
 *
 * A node no adapter knows becomes `opaque`, with the expressions found inside it: one unknown
 * function form must not lose a whole statement, and an opaque node is never matched nor printed.
 */
export interface Ident {
  readonly name: string;
  readonly quoted: boolean;
}

/** A dotted name, outermost part first: `db.schema.table` or `alias.column.field`. */
export type Path = readonly Ident[];

export type Statement =
  | { readonly kind: 'query'; readonly query: Query }
  | {
      /** CREATE TABLE AS, CREATE [MATERIALIZED] VIEW, and the like: a named query. */
      readonly kind: 'create-as';
      readonly object: 'table' | 'view' | 'materialized-view';
      readonly target: Path;
      readonly columns: readonly Ident[];
      readonly query: Query;
    }
  | { readonly kind: 'create-table'; readonly target: Path; readonly table: TableDefinition }
  | {
      readonly kind: 'insert';
      readonly target: Path;
      readonly columns: readonly Ident[];
      readonly query: Query;
      readonly overwrite: boolean;
    }
  | {
      readonly kind: 'update';
      readonly target: FromItem;
      readonly from: readonly FromItem[];
      readonly set: readonly Assignment[];
      readonly where?: Expr;
      readonly ctes: readonly Cte[];
    }
  | {
      readonly kind: 'delete';
      readonly target: FromItem;
      readonly using: readonly FromItem[];
      readonly where?: Expr;
      readonly ctes: readonly Cte[];
    }
  | {
      readonly kind: 'merge';
      readonly target: FromItem;
      readonly source: FromItem;
      readonly on: Expr;
      readonly clauses: readonly MergeClause[];
    }
  /** DDL, session commands and all else we classify but do not read. `verb` is the leading keyword(s), lower case. */
  | { readonly kind: 'other'; readonly verb: string };

export interface Assignment {
  readonly column: Path;
  readonly value: Expr;
}

export interface MergeClause {
  readonly matched: boolean;
  readonly condition?: Expr;
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly Assignment[] }
    | {
        readonly kind: 'insert';
        readonly columns: readonly Ident[];
        readonly values: readonly Expr[];
      }
    | { readonly kind: 'delete' }
    | { readonly kind: 'nothing' };
}

export interface TableDefinition {
  readonly columns: readonly {
    readonly name: Ident;
    readonly type: string;
    readonly notNull: boolean;
  }[];
  readonly keys: readonly { readonly columns: readonly Ident[]; readonly primary: boolean }[];
  readonly foreignKeys: readonly {
    readonly columns: readonly Ident[];
    readonly references: Path;
    readonly referencedColumns: readonly Ident[];
  }[];
}

export interface Query {
  readonly ctes: readonly Cte[];
  readonly recursive: boolean;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Expr;
  readonly offset?: Expr;
  /** LIMIT forms that are more than a row count: `with ties`, percent, LIMIT BY. */
  readonly limitModifier?: string;
}

export interface Cte {
  readonly name: Ident;
  readonly columns: readonly Ident[];
  readonly query: Query;
}

export type QueryBody =
  | Select
  | {
      readonly kind: 'set';
      readonly op: 'union' | 'intersect' | 'except';
      readonly all: boolean;
      /** UNION BY NAME (DuckDB, Snowflake). */
      readonly byName: boolean;
      readonly left: QueryBody;
      readonly right: QueryBody;
    }
  | { readonly kind: 'values'; readonly rows: readonly (readonly Expr[])[] }
  /** A parenthesised query with its own WITH, ORDER BY or LIMIT inside a set operation. */
  | { readonly kind: 'nested'; readonly query: Query }
  | { readonly kind: 'opaque-query'; readonly because: string; readonly tables: readonly Path[] };

export interface Select {
  readonly kind: 'select';
  /** `all` is plain DISTINCT; expressions are DISTINCT ON. */
  readonly distinct?: 'all' | readonly Expr[];
  readonly items: readonly SelectItem[];
  /** Comma-separated FROM items; joins nest inside them. Empty: no FROM. */
  readonly from: readonly FromItem[];
  readonly where?: Expr;
  readonly groupBy?: GroupBy;
  readonly having?: Expr;
  readonly qualify?: Expr;
  readonly windows: readonly { readonly name: Ident; readonly window: Window }[];
  /** Clauses read over but not represented (SAMPLE, CONNECT BY, hints that change rows): names, lower case. */
  readonly opaqueClauses: readonly string[];
}

export interface SelectItemOf<Q> {
  readonly expr: ExprOf<Q>;
  readonly alias?: Ident;
  /** How an item without alias was written, where its name goes by its text: `(a + b)`, `a::int`. */
  readonly written?: 'in brackets' | 'double colon';
}

export type GroupBy =
  | { readonly kind: 'exprs'; readonly exprs: readonly Expr[] }
  | { readonly kind: 'all' }
  | {
      /** ROLLUP, CUBE and GROUPING SETS, already multiplied out; each set lists indexes into `exprs`. */
      readonly kind: 'sets';
      readonly exprs: readonly Expr[];
      readonly sets: readonly (readonly number[])[];
    };

export type FromItem =
  | {
      readonly kind: 'table';
      readonly path: Path;
      readonly alias?: Ident;
      readonly columnAliases: readonly Ident[];
      /** Time travel, TABLESAMPLE, partition clauses: such an occurrence is never matched to a mart. */
      readonly modifiers: readonly string[];
    }
  | {
      readonly kind: 'derived';
      readonly query: Query;
      readonly lateral: boolean;
      readonly alias?: Ident;
      readonly columnAliases: readonly Ident[];
    }
  | {
      /** A function in FROM: UNNEST, FLATTEN, LATERAL VIEW explode, generate_series, read_parquet... */
      readonly kind: 'function';
      /** Lower case; `unnest`, `flatten`, `explode` and friends as named. */
      readonly name: string;
      readonly args: readonly Expr[];
      readonly alias?: Ident;
      readonly columnAliases: readonly Ident[];
      /** WITH ORDINALITY / WITH OFFSET [AS name]. */
      readonly ordinality?: Ident | true;
    }
  | {
      readonly kind: 'join';
      readonly join: JoinKind;
      readonly left: FromItem;
      readonly right: FromItem;
      readonly on?: Expr;
      readonly using?: readonly Ident[];
      readonly natural: boolean;
    }
  | {
      readonly kind: 'pivot';
      readonly source: FromItem;
      readonly unpivot: boolean;
      /** Aggregates of a PIVOT; empty for UNPIVOT. */
      readonly aggregates: readonly SelectItem[];
      /** The FOR columns of a PIVOT, or the columns folded by an UNPIVOT. */
      readonly columns: readonly Expr[];
      /** Output columns it makes, where they can be told from the text. */
      readonly makes: readonly Ident[];
      readonly alias?: Ident;
      /** Names of its columns, those it passes through first. */
      readonly columnAliases?: readonly Ident[];
    }
  | { readonly kind: 'opaque-from'; readonly because: string; readonly alias?: Ident };

export type JoinKind =
  | 'inner'
  | 'left'
  | 'right'
  | 'full'
  | 'cross'
  | 'semi'
  | 'anti'
  | 'asof'
  | 'positional';

/** Expressions as parsed hold parsed queries; resolved ones hold resolved queries (`bound.ts`). */
export type Expr = ExprOf<Query>;
export type SelectItem = SelectItemOf<Query>;
export type OrderItem = OrderItemOf<Query>;
export type Window = WindowOf<Query>;
export type AccessStep = AccessStepOf<Query>;

export interface OrderItemOf<Q> {
  readonly expr: ExprOf<Q>;
  readonly descending: boolean;
  readonly nulls?: 'first' | 'last';
}

export interface WindowOf<Q> {
  readonly base?: Ident;
  readonly partitionBy: readonly ExprOf<Q>[];
  readonly orderBy: readonly OrderItemOf<Q>[];
  /** The frame as canonical lower-case text, e.g. `rows between unbounded preceding and current row`. */
  readonly frame?: string;
}

export type ExprOf<Q> =
  /** A name as written; only before resolution. */
  | { readonly kind: 'column'; readonly path: Path }
  /** A resolved column of the source with that occurrence number; only after resolution (`bound.ts`). */
  | { readonly kind: 'ref'; readonly occ: number; readonly column: string }
  | { readonly kind: 'literal'; readonly type: LiteralType; readonly text: string }
  /** `?`, `$1`, `:name`, `@name`; also a literal that was taken out (`?1`, `?2`...: same slot, same value). */
  | { readonly kind: 'parameter'; readonly name: string; readonly type?: LiteralType }
  | {
      readonly kind: 'call';
      /** Lower case, as written after dialect-neutral folding (`ifnull` stays `ifnull`). Schema-qualified names are dotted. */
      readonly name: string;
      readonly args: readonly ExprOf<Q>[];
      readonly distinct: boolean;
      readonly filter?: ExprOf<Q>;
      readonly over?: WindowOf<Q>;
      /** ORDER BY inside the call, or WITHIN GROUP (ORDER BY ...). */
      readonly orderBy: readonly OrderItemOf<Q>[];
      /** `ignore nulls`, `respect nulls`, `within group`, named arguments and other forms, lower case. */
      readonly modifiers: readonly string[];
    }
  /**
   * `op` is lower case: arithmetic, comparison (`=`, `<>`, `<`, `<=`, `>`, `>=`), `and`, `or`, `||`, `like`, `ilike`,
   * `not like`, `is distinct from`, `is not distinct from`, `~`, `->`, `->>`, `at time zone`, `collate`...
   */
  | {
      readonly kind: 'binary';
      readonly op: string;
      readonly left: ExprOf<Q>;
      readonly right: ExprOf<Q>;
    }
  | { readonly kind: 'unary'; readonly op: 'not' | '-' | '+' | '~'; readonly operand: ExprOf<Q> }
  | {
      readonly kind: 'is';
      readonly operand: ExprOf<Q>;
      readonly test: 'null' | 'true' | 'false' | 'unknown';
      readonly negated: boolean;
    }
  | {
      readonly kind: 'between';
      readonly operand: ExprOf<Q>;
      readonly low: ExprOf<Q>;
      readonly high: ExprOf<Q>;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'in-list';
      readonly operand: ExprOf<Q>;
      readonly list: readonly ExprOf<Q>[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'in-query';
      readonly operand: ExprOf<Q>;
      readonly query: Q;
      readonly negated: boolean;
    }
  | { readonly kind: 'exists'; readonly query: Q; readonly negated: boolean }
  /** `x = ANY (subquery)`, `x > ALL (array)`. */
  | {
      readonly kind: 'quantified';
      readonly op: string;
      readonly quantifier: 'any' | 'all';
      readonly left: ExprOf<Q>;
      readonly right: ExprOf<Q>;
    }
  | { readonly kind: 'subquery'; readonly query: Q }
  | {
      readonly kind: 'case';
      readonly operand?: ExprOf<Q>;
      readonly whens: readonly { readonly when: ExprOf<Q>; readonly then: ExprOf<Q> }[];
      readonly otherwise?: ExprOf<Q>;
    }
  /** `type` is canonical lower-case text: `decimal(10,2)`, `timestamp with time zone`. `safe`: TRY_CAST, SAFE_CAST. */
  | {
      readonly kind: 'cast';
      readonly operand: ExprOf<Q>;
      readonly type: string;
      readonly safe: boolean;
    }
  | { readonly kind: 'extract'; readonly part: string; readonly from: ExprOf<Q> }
  /** `interval '3' month`: amount as an expression, unit lower case or absent when inside the string. */
  | { readonly kind: 'interval'; readonly amount: ExprOf<Q>; readonly unit?: string }
  | {
      readonly kind: 'star';
      readonly qualifier?: Path;
      readonly except: readonly Ident[];
      readonly replace: readonly SelectItemOf<Q>[];
      readonly rename: readonly { readonly from: Ident; readonly to: Ident }[];
      /** `* ILIKE '%x%'`: only the columns whose names match, in either case. */
      readonly ilike?: string;
    }
  /** Field, key or element access on a value: `a.b` on a struct, `v:x.y`, `arr[1]`. A key step is the literal text. */
  | {
      readonly kind: 'access';
      readonly base: ExprOf<Q>;
      readonly steps: readonly AccessStepOf<Q>[];
    }
  | { readonly kind: 'tuple'; readonly items: readonly ExprOf<Q>[] }
  | { readonly kind: 'array'; readonly items: readonly ExprOf<Q>[] }
  | { readonly kind: 'struct'; readonly fields: readonly SelectItemOf<Q>[] }
  | { readonly kind: 'lambda'; readonly parameters: readonly Ident[]; readonly body: ExprOf<Q> }
  | { readonly kind: 'opaque'; readonly because: string; readonly inside: readonly ExprOf<Q>[] };

export type LiteralType =
  | 'number'
  | 'string'
  | 'boolean'
  | 'null'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'binary'
  | 'other';

export type AccessStepOf<Q> =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: ExprOf<Q> };
