import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { BoundQuery } from './bound.ts';
import type { ReaderName } from './parse-sql.ts';

/**
 * What a statement reads, resolved against a schema: the facts every later stage works from.
 * Holds no literal (rule 17): they are taken out before the shape is made.
 */
export interface Shape {
  /** `full`: every base column resolved. `partial`: parsed, with open ends. `lexer`: token facts only. */
  readonly level: 'full' | 'partial' | 'lexer';
  readonly reader: ReaderName;
  readonly statement: 'query' | 'write' | 'ddl' | 'other';
  /** What a write writes. */
  readonly target?: RelationId;
  readonly relations: readonly RelationUse[];
  readonly columns: readonly ColumnUse[];
  readonly joins: readonly JoinUse[];
  readonly lineage: readonly LineageEdge[];
  /** One clause each, stable and countable: `unknown relation`, `opaque expression`, `column not found`... */
  readonly notUnderstood: readonly string[];
  /** The resolved query, without literals; absent at level `lexer` and for statements without a query. */
  readonly query?: BoundQuery;
  /** What a second, independent reader said; absent where none was asked or none could read it. */
  readonly agreement?: Agreement;
  /**
   * Given where it was understood only against the schema as it was until then: told under today's names, and without a query where
   * something it read is gone. Statements of this text cannot run so any more.
   */
  readonly asOf?: EpochMs;
}

/** Whether two grammars that know nothing of each other tell the same of a text. */
export interface Agreement {
  readonly kind: 'agrees' | 'differs';
  readonly reader: ReaderName;
  /** The most that was compared, or that in which they differ: base relations, or their columns too. */
  readonly on: 'relations' | 'columns';
}

export interface RelationUse {
  readonly relation: RelationId;
  /** `named`: it stands in the text (a table or a view). `through-view`: reached by expanding one. */
  readonly via: 'named' | 'through-view';
  readonly known: boolean;
}

export type ColumnRole = 'output' | 'filter' | 'join' | 'group' | 'order' | 'window' | 'other';

export interface ColumnUse {
  readonly relation: RelationId;
  readonly column: string;
  readonly roles: readonly ColumnRole[];
  /** `star`: reached only by a `*` that escapes to the output. */
  readonly by: 'name' | 'star';
}

/** An equality between columns of two occurrences, in canonical order (left id, column <= right id, column). */
export interface JoinUse {
  readonly left: ColumnOf;
  readonly right: ColumnOf;
  /** Of the written join, after sides are put in canonical order: `left` keeps all rows of `left`. */
  readonly kind: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
}

export interface ColumnOf {
  readonly relation: RelationId;
  readonly column: string;
}

export interface LineageEdge {
  /** The output column (of the query, or of the target of a write). */
  readonly column: string;
  readonly sources: readonly LineageSource[];
}

export interface LineageSource extends ColumnOf {
  /** The part of a nested column that is taken, where the text names it by dots: `a.b` of `column.a.b`. */
  readonly field?: string;
}
