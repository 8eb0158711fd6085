import type { RelationId } from '../base/relation.ts';
import type { Expr, Query } from './ir.ts';

/** The relations a statement is resolved against, at one moment. Plain data. */
export interface SchemaSnapshot {
  /** What relations whose ids name no database lie in; statements may still write its name. */
  readonly ownDatabase?: string | undefined;
  readonly relations: readonly SchemaRelation[];
  /** Functions that are written in SQL: their calls are read as what they stand for. */
  readonly functions?: readonly SchemaFunction[] | undefined;
}

/** A DuckDB macro over values: the engine itself puts the arguments in the place of the parameters. */
export interface SchemaFunction {
  /** Lower case, as all that is compared with it. */
  readonly name: string;
  readonly parameters: readonly string[];
  /** Reads nothing but its parameters. */
  readonly body: Expr;
  /** The statement that made it. */
  readonly text: string;
}

export interface SchemaRelation {
  readonly id: RelationId;
  readonly kind: 'table' | 'view';
  /** In the relation's own order; star expansion relies on it. */
  readonly columns: readonly SchemaColumn[];
  readonly keys: readonly SchemaKey[];
  readonly foreignKeys: readonly SchemaForeignKey[];
  /** A view's parsed definition; absent where it could not be read, then the view is an opaque source. */
  readonly definition?: Query;
}

export interface SchemaColumn {
  /** In stored case. */
  readonly name: string;
  /** The warehouse's own type text, lower case. Empty when unknown. */
  readonly type: string;
  readonly notNull: boolean;
}

/** A declared key. Declared is not verified: matching uses `marts/facts.ts`, never this. */
export interface SchemaKey {
  readonly columns: readonly string[];
  readonly primary: boolean;
}

export interface SchemaForeignKey {
  readonly columns: readonly string[];
  readonly references: RelationId;
  readonly referencedColumns: readonly string[];
}

/** How names without a database or schema are completed. */
export interface NameContext {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly searchPath?: readonly string[] | undefined;
}
