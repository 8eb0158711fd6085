/** A text put so that a grammar may read it after all. */
export interface Looser {
  readonly sql: string;
  /** What was left out that changes the answer, one clause each: the query is marked with them. */
  readonly opaque: readonly string[];
}
