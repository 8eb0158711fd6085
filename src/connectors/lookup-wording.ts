import type { RelationId } from '../base/relation.ts';

/** How a view gives what lies beside its rows under a key, so that whoever does not ask for it pays nothing, and how it says that something is gone. */
export interface LookupWording {
  /**
   * Present where a left join to a table is left out of the plan of who asks nothing of it, as long as these columns are unique in it:
   * the statement that makes them so. Absent: each value is a subquery of its own.
   */
  unique?(table: RelationId, keys: readonly string[]): string;
  /** The one value there is of an expression, of any type, as an aggregate where subqueries must have one; NULL where there is no row. */
  onlyValue(value: string): string;
  /** Raises the message whenever it is evaluated, and never before rows are read. */
  raises(message: string, tombstone: Tombstone): string;
}

export interface Tombstone {
  readonly type: string;
  /** A column of the rows, so that no planner takes the expression for a constant. */
  readonly of: string;
}
