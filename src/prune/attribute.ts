import type { RelationId } from '../base/relation.ts';
import type { DbtNeed } from '../lineage/dbt/dbt-needs.ts';
import type { Reader } from '../usage/template.ts';

/** One attribute of a gold relation and what is known of its use; days are whole UTC days since the epoch, ascending. */
export interface Attribute {
  readonly name: string;
  /** Days on which a statement named it, tests left out. */
  readonly namedDays: readonly number[];
  /** Days on which it was read only because a `*` escaped to the output. */
  readonly starDays: readonly number[];
  /** Days on which only a test named it: a weak use, which the test can do without. */
  readonly testDays: readonly number[];
  readonly namedBy: readonly Reader[];
}

/** A gold relation whose attributes may be pruned. */
export interface GoldRelation {
  readonly relation: RelationId;
  /** In the order of its contract. */
  readonly attributes: readonly Attribute[];
  /** First day of which the use of columns is known. */
  readonly watchedSince: number;
  /** Day from which the relation is known to exist. */
  readonly knownSince: number;
  /** Days on which anybody but a test read it. */
  readonly readDays: readonly number[];
  /** Names of attributes that are part of a key of it. */
  readonly keys: ReadonlySet<string>;
  /** Names of attributes others join it by. */
  readonly joinedBy: ReadonlySet<string>;
  /** Relations made of it, and the attributes they take; `all` where that cannot be told. */
  readonly dependents: readonly Dependent[];
  /** What a dbt project needs of it; absent where none is beside the warehouse. */
  readonly dbt?: readonly DbtNeed[];
}

export interface Dependent {
  readonly relation: RelationId;
  readonly attributes: ReadonlySet<string> | 'all';
}

export function lastDay(days: readonly number[]): number | undefined {
  return days.at(-1);
}
