import type { RelationId } from '../base/relation.ts';
import { dayNumberOf } from '../usage/decay.ts';
import type { Reader } from '../usage/template.ts';
import { readerKey } from '../usage/template-use.ts';
import type { ColumnRead } from '../usage/usage-ports.ts';
import type { Attribute } from './attribute.ts';

export interface RelationUse {
  readonly attributes: readonly Attribute[];
  /** Days on which anybody but a test read it. */
  readonly readDays: readonly number[];
}

interface Sum {
  readonly named: Set<number>;
  readonly star: Set<number>;
  readonly test: Set<number>;
  readonly by: Map<string, Reader>;
}

/** Who used which attribute of each relation on which days; names are compared without case. */
export function attributesOf(
  relations: ReadonlyMap<RelationId, readonly string[]>,
  reads: Iterable<ColumnRead>,
): ReadonlyMap<RelationId, RelationUse> {
  const numbers = new Map<string, number>();
  const sums = new Map<
    RelationId,
    { readonly columns: Map<string, Sum>; readonly days: Set<number> }
  >();
  for (const read of reads) {
    if (!relations.has(read.relation) || read.reader.kind === 'goldsmith') {
      continue;
    }
    const own = sums.get(read.relation) ?? { columns: new Map<string, Sum>(), days: new Set() };
    sums.set(read.relation, own);
    const day = numbers.get(read.day) ?? dayNumberOf(read.day);
    numbers.set(read.day, day);
    addRead(own, { ...read, day });
  }
  return new Map(
    [...relations].map(([relation, columns]) => {
      const own = sums.get(relation);
      const attributes = columns.map((name) =>
        attributeOf(name, own?.columns.get(name.toLowerCase())),
      );
      return [relation, { attributes, readDays: inOrder(own?.days) }] as const;
    }),
  );
}

function addRead(
  { columns, days }: { readonly columns: Map<string, Sum>; readonly days: Set<number> },
  { column, day, reader, by }: Omit<ColumnRead, 'day'> & { readonly day: number },
): void {
  const key = column.toLowerCase();
  const sum = columns.get(key) ?? {
    named: new Set(),
    star: new Set(),
    test: new Set(),
    by: new Map(),
  };
  columns.set(key, sum);
  if (reader.kind === 'test') {
    sum.test.add(day);
    return;
  }
  days.add(day);
  if (by === 'star') {
    sum.star.add(day);
    return;
  }
  sum.named.add(day);
  sum.by.set(readerKey(reader), reader);
}

function attributeOf(name: string, sum: Sum | undefined): Attribute {
  return {
    name,
    namedDays: inOrder(sum?.named),
    starDays: inOrder(sum?.star),
    testDays: inOrder(sum?.test),
    namedBy: [...(sum?.by ?? [])]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, reader]) => reader),
  };
}

function inOrder(days: ReadonlySet<number> | undefined): readonly number[] {
  return [...(days ?? [])].toSorted((a, b) => a - b);
}
