import type { RelationId } from '../base/relation.ts';

/**
 * How a mart follows rows that were added to one of its sources: the definition over those rows alone is computed and added to what
 * the mart held, group by group. Holds only where no row of the source is looked at together with another one of it.
 */
export interface GrownBy {
  readonly source: RelationId;
  /** What it groups by, all of it; absent where it does not group: then added rows make rows of their own. */
  readonly keys?: readonly string[];
  /** Its other columns, all exact: how two values of a group become one. Empty where it does not group. */
  readonly measures: readonly GrownMeasure[];
}

export interface GrownMeasure {
  readonly column: string;
  readonly how: 'sum' | 'min' | 'max';
}

/** Where a version's source ended when the version was built. */
export interface VersionGrowth {
  readonly source: RelationId;
  /** Rows in a place before this one are in the version; as the warehouse counts places, in decimal text. */
  readonly end: string;
  /** Refreshes since it was last compared with its whole definition; 0 where it was. */
  readonly sinceWhole: number;
  /** Share of the refreshes that found more than added rows and computed everything, the last counting most; absent before the first. */
  readonly fellBack?: number;
}

/** How the next version may be made of the one that stands. */
export interface GrownBuild {
  readonly by: GrownBy;
  /** Given for a refresh: the definition over the rows from the version's end on. */
  readonly added?: {
    readonly end: string;
    readonly sql: string;
  };
  /** Compare everything with the definition, also what was taken over. */
  readonly proveWhole: boolean;
}
