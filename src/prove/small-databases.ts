import type { RelationId } from '../base/relation.ts';
import type { SchemaRelation } from '../sql/schema.ts';
import type { RandomDatabase } from './random-databases.ts';
import type { AnswerRows } from './scratch-database.ts';

/** What is asked of each of many small databases. */
export interface Asking {
  /** Made of each database's tables, in order; later marts and the statements may read them. */
  readonly marts: readonly { readonly name: RelationId; readonly sql: string }[];
  /** SELECTs, each answered over each database. */
  readonly statements: readonly string[];
}

/** By database: the answers of its statements, in order. */
export type Answers = readonly (readonly AnswerRows[])[];

/** Statements answered over many small databases, each alone. Rejects where a statement cannot be run. */
export interface SmallDatabases {
  readonly answer: (databases: readonly RandomDatabase[], asking: Asking) => Promise<Answers>;
  readonly close: () => void;
}

export interface SmallDatabasesParts {
  readonly relations: readonly SchemaRelation[];
  /** Run first: what the statements need besides tables (types, macros). */
  readonly prelude?: readonly string[];
  /** False: statements are always written out for each database, never made lateral; slow, to check the other. */
  readonly mayBeLateral?: boolean;
}
