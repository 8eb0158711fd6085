import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { SourceState } from '../marts/mart.ts';
import {
  type Bounds,
  emptyRange,
  type RangedBy,
  type RangeState,
  rangeCount,
} from '../marts/ranges.ts';
import { numberCell, onlyRow, textCell, wholeText } from './cells.ts';
import { liesIn, rangeNumber } from './range-sql.ts';
import { stateMeasures } from './source-state.ts';

export interface RangesRequest extends CallOptions {
  readonly relation: RelationId;
  /** What ranges are told by, over the relation's own columns. */
  readonly expression: string;
  readonly type: string;
  readonly bounds: Bounds;
  /** Only these ranges; the others come out empty. Absent: all. */
  readonly only?: readonly number[] | undefined;
  /** As for `measureSourceState`; absent: all columns. */
  readonly columns?: SourceState['columns'];
}

/** Rows and checksum of every range of a relation, in one pass; they add up to the state of the whole relation. */
export async function measureRanges(
  session: Session,
  { relation, expression, type, bounds, only, columns, ...options }: RangesRequest,
): Promise<readonly RangeState[]> {
  const { names } = session.wording;
  const where =
    only === undefined
      ? ''
      : `where ${liesIn(expression, { ranges: only, type, bounds, names })}\n`;
  const { rows } = await session.query(
    `select ${rangeNumber(expression, { type, bounds, names })}, ${stateMeasures(session, columns)}
from ${names.relation(relation)} as source
${where}group by 1`,
    options,
  );
  const found = new Map(
    rows.map(([range, count, checksum]) => [
      numberCell(range),
      { rows: numberCell(count), checksum: wholeText(checksum) },
    ]),
  );
  return Array.from({ length: rangeCount(bounds) }, (_, range) => found.get(range) ?? emptyRange);
}

export interface BoundsRequest extends CallOptions {
  readonly by: RangedBy;
  /** Rows of the source a range should hold, about; a single value is never parted. */
  readonly rowsPerRange: number;
  /** Even where the source is small. */
  readonly leastRanges?: number | undefined;
  readonly mostRanges: number;
}

/** Bounds that part a source into ranges of about equally many rows, by one pass over the column. */
export async function findBounds(
  session: Session,
  { by, rowsPerRange, leastRanges = 1, mostRanges, ...options }: BoundsRequest,
): Promise<Bounds> {
  const { onSource, type } = by;
  const { names, types, content } = session.wording;
  const source = names.relation(by.source);
  const bucket = isWhole(type) ? await bucketOfNumbers(session, { by, ...options }) : undefined;
  const value = bucket ?? (isDate(type) ? onSource : content.day(onSource));
  const total = await session.query(
    `select count(*) from ${source} where ${onSource} is not null`,
    options,
  );
  const all = numberCell(onlyRow(total)[0]);
  const wanted = Math.min(Math.floor(rowsPerRange), Math.ceil(all / leastRanges));
  const step = Math.max(wanted, Math.ceil(all / mostRanges), 1);
  const { rows } = await session.query(
    `select cast(min(low) as ${types.text}) from (
  select low, sum(n) over (order by low rows unbounded preceding) - n as before from (
    select min(${onSource}) as low, count(*) as n from ${source}
    where ${onSource} is not null group by ${value}
  ) as counted
) as running
group by floor(before / ${step})
order by min(low)`,
    options,
  );
  return rows.slice(1).flatMap(([bound]) => textCell(bound) ?? []);
}

/** Numbers may be as many as rows: they are counted by a thousand equal steps. */
async function bucketOfNumbers(
  session: Session,
  { by: { onSource, source }, ...options }: CallOptions & { readonly by: RangedBy },
): Promise<string> {
  const { names, content } = session.wording;
  const result = await session.query(
    `select cast(max(${onSource}) - min(${onSource}) as ${content.double}) from ${names.relation(source)}`,
    options,
  );
  const spread = numberCell(onlyRow(result)[0] ?? 0);
  return spread <= BUCKETS ? onSource : `floor(${onSource} / ${Math.ceil(spread / BUCKETS)})`;
}

const BUCKETS = 1000;

function isDate(type: string): boolean {
  return /^date$/i.test(type.trim());
}

function isWhole(type: string): boolean {
  return /int|^(number|numeric|decimal)\(\d+, ?0\)$/i.test(type.trim());
}
