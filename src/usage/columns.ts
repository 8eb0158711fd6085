import type { RelationId } from '../base/relation.ts';
import type { Reader } from './template.ts';
import { readerKey } from './template-use.ts';
import type { ColumnRead } from './usage-ports.ts';

/** The use of one column over the days that were read. */
export interface ColumnUsage {
  readonly relation: RelationId;
  readonly column: string;
  /** Days on which some statement named it, and the last of them. */
  readonly namedDays: number;
  readonly lastNamedDay?: string;
  /** Days on which it was read only through a star, and the last of them. */
  readonly starDays: number;
  readonly lastStarDay?: string;
  /** Who named it, in order of kind and name. */
  readonly namedBy: readonly Reader[];
}

/** Adds up who used which column; in order of relation and column. */
export function columnUsage(reads: Iterable<ColumnRead>): readonly ColumnUsage[] {
  const columns = new Map<string, ColumnSum>();
  for (const read of reads) {
    const key = `${read.relation}\0${read.column}`;
    const sum = columns.get(key) ?? emptySum(read);
    columns.set(key, sum);
    sum[read.by].add(read.day);
    if (read.by === 'name') {
      sum.namedBy.set(readerKey(read.reader), read.reader);
    }
  }
  return [...columns].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => finished(sum));
}

interface ColumnSum {
  readonly relation: RelationId;
  readonly column: string;
  readonly name: Set<string>;
  readonly star: Set<string>;
  readonly namedBy: Map<string, Reader>;
}

function emptySum({ relation, column }: ColumnRead): ColumnSum {
  return { relation, column, name: new Set(), star: new Set(), namedBy: new Map() };
}

function finished({ relation, column, name, star, namedBy }: ColumnSum): ColumnUsage {
  const onlyStar = [...star].filter((day) => !name.has(day)).toSorted();
  const lastNamedDay = [...name].toSorted().at(-1);
  const lastStarDay = onlyStar.at(-1);
  return {
    relation,
    column,
    namedDays: name.size,
    ...(lastNamedDay === undefined ? {} : { lastNamedDay }),
    starDays: onlyStar.length,
    ...(lastStarDay === undefined ? {} : { lastStarDay }),
    namedBy: [...namedBy].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, reader]) => reader),
  };
}
