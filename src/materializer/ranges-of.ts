import type { Session } from '../connectors/connector.ts';
import type { MartDefinition, MartVersion, SourceState } from '../marts/mart.ts';
import { type Bounds, type RangedBy, type RangeState, sumOfRanges } from '../marts/ranges.ts';
import { type BoundsRequest, findBounds, measureRanges } from '../prove/measure-ranges.ts';
import { measureSources } from './freshness.ts';
import type { Work } from './work.ts';

/** More would cost more to tell apart than they save. */
const MOST_RANGES = 96;

export interface RangesWork {
  readonly session: Session;
  readonly work: Work;
  readonly definition: MartDefinition;
}

/** Bounds for ranges of about so many rows; `leastRanges` parts a small source all the same. */
export function boundsFor(
  { session, work }: RangesWork,
  request: Pick<BoundsRequest, 'by' | 'rowsPerRange' | 'leastRanges'>,
): Promise<Bounds> {
  return findBounds(session, {
    ...request,
    mostRanges: MOST_RANGES,
    purpose: 'freshness',
    signal: work.signal,
  });
}

/** The driving source by range, on the session's snapshot; `only` leaves the others empty. */
export async function sourceRanges(
  { session, work, definition }: RangesWork,
  {
    by,
    bounds,
    only,
  }: { readonly by: RangedBy; readonly bounds: Bounds; readonly only?: readonly number[] },
): Promise<readonly RangeState[]> {
  return await measureRanges(session, {
    relation: by.source,
    expression: by.onSource,
    type: by.type,
    bounds,
    only,
    columns: await work.freshness.usedColumns?.(definition, by.source),
    purpose: 'freshness',
    signal: work.signal,
  });
}

/** A version's table by range. */
export function tableRanges(
  { session, work }: Pick<RangesWork, 'session' | 'work'>,
  {
    table,
    by,
    bounds,
  }: { readonly table: MartVersion['table']; readonly by: RangedBy; readonly bounds: Bounds },
): Promise<readonly RangeState[]> {
  return measureRanges(session, {
    relation: table,
    expression: session.wording.names.quote(by.column),
    type: by.type,
    bounds,
    purpose: 'verify',
    signal: work.signal,
  });
}

/** Every source but the driving one, as a whole. */
export function otherSources(
  { session, work, definition }: RangesWork,
  by: Pick<RangedBy, 'source'>,
): Promise<readonly SourceState[]> {
  const sources = definition.sources.filter((source) => source !== by.source);
  return measureSources({ session, work }, { ...definition, sources });
}

/** All sources in the definition's order, without reading the driving one again: its ranges add up to it. */
export async function allSources(
  { work, definition }: Omit<RangesWork, 'session'>,
  {
    by,
    ranges,
    others,
  }: {
    readonly by: Pick<RangedBy, 'source'>;
    readonly ranges: readonly RangeState[];
    readonly others: readonly SourceState[];
  },
): Promise<readonly SourceState[]> {
  const columns = await work.freshness.usedColumns?.(definition, by.source);
  const driving = {
    relation: by.source,
    ...sumOfRanges(ranges),
    ...(columns === undefined || columns.length === 0 ? {} : { columns }),
  };
  return definition.sources.map(
    (source) => others.find(({ relation }) => relation === source) ?? driving,
  );
}
