export type StatementKind =
  | 'query'
  | 'ctas'
  | 'view'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'ddl'
  | 'session'
  | 'transaction'
  | 'explain'
  | 'copy'
  | 'other';

/** What a statement does, told from its leading words alone. */
export interface StatementClass {
  readonly kind: StatementKind;
  /** The leading keyword or keywords, lower case: `select`, `create table`, `drop view`. */
  readonly verb: string;
}
