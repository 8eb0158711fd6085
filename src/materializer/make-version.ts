import type { Session } from '../connectors/connector.ts';
import type { SourceState } from '../marts/mart.ts';
import {
  type RangedBuild,
  type RangeState,
  rangeCount,
  rangesMoved,
  shareOf,
  sumOfRanges,
  type VersionRanges,
} from '../marts/ranges.ts';
import { inRanges } from '../prove/range-sql.ts';
import { sourcesMoved } from '../prove/source-state.ts';
import { makeGrown } from './grow-version.ts';
import { type Made, type MakeVersion, makeWhole, markerOf } from './make-whole.ts';
import { allSources, boundsFor, otherSources, type RangesWork, sourceRanges } from './ranges-of.ts';
import { copyTable, deleteRows, insertRows, sortedBy } from './statements.ts';
import { StepRefused } from './step-refused.ts';

/**
 * Makes the version's table hold what its definition gives on this snapshot: all at once, by finishing what steps filled, or by
 * taking over from the version before what cannot have changed. Which of these is a matter of cost alone; the checks come after.
 */
export async function makeVersion(session: Session, request: MakeVersion): Promise<Made> {
  const { action, record } = request;
  const { unfinished } = record.mart;
  if (unfinished?.table === action.table) {
    return await finishFilled(session, request);
  }
  const { ranged, grown, native } = action;
  if (native !== undefined) {
    return await makeWhole(session, request);
  }
  const before = record.mart.current?.ranges;
  if (grown !== undefined && ranged === undefined && action.slim === undefined) {
    return await makeGrown(session, { ...request, grown });
  }
  if (ranged === undefined || action.slim !== undefined) {
    return await makeWhole(session, request);
  }
  const isSame = before !== undefined && isSameColumn(before, ranged);
  return isSame && action.reason === 'refresh' && ranged.mostChanged > 0
    ? await makeByRange(session, { ...request, ranged, before })
    : await makeRanged(session, { ...request, ranged, changedShare: undefined });
}

function isSameColumn({ by }: VersionRanges, ranged: RangedBuild): boolean {
  return by.column === ranged.by.column && by.onSource === ranged.by.onSource;
}

/** One piece, told apart by ranges so that the next refresh need not be. */
async function makeRanged(
  session: Session,
  request: MakeVersion & {
    readonly ranged: RangedBuild;
    /** What refreshes have taught so far. */
    readonly changedShare: number | undefined;
    readonly because?: string;
    /** What was measured already, where the bounds stay as they are. */
    readonly measured?: Measured;
  },
): Promise<Made> {
  const { record, work, ranged, because } = request;
  const { by } = ranged;
  await makeWhole(session, request);
  const measured =
    request.measured ??
    (await measureAnew({ session, work, definition: record.mart.definition }, ranged));
  const { bounds, source, others } = measured;
  const { definition } = record.mart;
  const states = await allSources({ work, definition }, { by, ranges: source, others });
  return {
    sourceStates: async () => states,
    ranges: {
      by,
      bounds,
      source,
      sinceWhole: 0,
      ...(request.changedShare === undefined ? {} : { changedShare: request.changedShare }),
    },
    ...(because === undefined ? {} : { how: `built in one piece: ${because}` }),
  };
}

/** The sources on the build's snapshot, the driving one by range. */
interface Measured {
  readonly bounds: VersionRanges['bounds'];
  readonly source: VersionRanges['source'];
  readonly others: readonly SourceState[];
}

async function measureAnew(
  ranges: RangesWork,
  { by, rowsPerRange }: RangedBuild,
): Promise<Measured> {
  const bounds = await boundsFor(ranges, { by, rowsPerRange, leastRanges: LEAST_RANGES });
  const source = await sourceRanges(ranges, { by, bounds });
  return { bounds, source, others: await otherSources(ranges, by) };
}

/** Fewer would have a refresh compute much for a small change. */
const LEAST_RANGES = 16;
/** How much the last refresh counts beside those before it. */
const LAST_COUNTS = 0.3;

/** Takes over ranges of which neither the driving source's rows nor any other source changed, and computes the others. */
async function makeByRange(
  session: Session,
  request: MakeVersion & { readonly ranged: RangedBuild; readonly before: VersionRanges },
): Promise<Made> {
  const { action, record, work, timeoutMs, ranged, before } = request;
  const { definition, current } = record.mart;
  const ranges: RangesWork = { session, work, definition };
  const { by, bounds } = before;
  if (current === undefined) {
    return await makeRanged(session, { ...request, changedShare: before.changedShare });
  }
  const others = await otherSources(ranges, by);
  const moved = sourcesMoved(
    current.sourceStates.filter(({ relation }) => relation !== by.source),
    others,
  );
  const source = await sourceRanges(ranges, { by, bounds });
  const computed = rangesMoved(before.source, source);
  const share =
    moved === undefined ? shareOf(computed, { before: before.source, after: source }) : 1;
  const earlier = before.changedShare ?? share;
  const changedShare = earlier + LAST_COUNTS * (share - earlier);
  const anew = whyPartAgain(source, ranged);
  const because =
    anew ??
    moved ??
    (share > ranged.mostChanged
      ? `${percent(share)} of ${by.source} lie in ranges that changed, and ranges are worth while up to ${percent(ranged.mostChanged)}`
      : undefined);
  if (because !== undefined) {
    const measured = anew === undefined ? { measured: { bounds, source, others } } : {};
    return await makeRanged(session, { ...request, changedShare, because, ...measured });
  }
  const kept = source.flatMap((_, range) => (computed.includes(range) ? [] : [range]));
  const { columns } = definition;
  const { wording } = session;
  const options = { purpose: 'build', signal: work.signal, timeoutMs } as const;
  for (const sql of copyTable(current.table, {
    to: action.table,
    columns,
    where: inRanges(kept, { by, bounds, names: wording.names }),
    wideIntegerOption: work.connector.capabilities.wideIntegerOption,
    comment: markerOf(request),
    clusteredBy: action.clusteredBy,
    partedBy: action.partedBy,
    wording,
  })) {
    await session.execute(sql, options);
  }
  await work.inside();
  const where = inRanges(computed, { by, bounds, names: wording.names });
  const order = sortedBy(action, work.connector.capabilities);
  await session.execute(insertRows(action.table, { definition, where, order, wording }), options);
  const states = await allSources(ranges, { by, ranges: source, others });
  return {
    sourceStates: async () => states,
    ranges: {
      by,
      bounds,
      source,
      sinceWhole: ranged.proveWhole ? 0 : before.sinceWhole + 1,
      changedShare,
    },
    ...(ranged.proveWhole ? {} : { kept: { kept, computed, before } }),
    how: `${computed.length} of ${source.length} ranges of ${by.column} computed, with ${percent(share)} of the rows of ${by.source}${ranged.proveWhole ? '; compared as a whole' : ''}`,
  };
}

/** The last range is open, and history grows into it. */
function whyPartAgain(
  source: VersionRanges['source'],
  { rowsPerRange }: RangedBuild,
): string | undefined {
  const { rows } = sumOfRanges(source);
  const last = source.at(-2)?.rows ?? 0;
  const most = Math.max(GROWN * Math.min(rowsPerRange, rows / source.length), 1);
  return last > most && source.length > 2
    ? `${last} rows have gathered in the last range, so ranges are parted anew`
    : undefined;
}

const GROWN = 4;

/** What steps filled is complete: ranges whose source changed meanwhile are filled again, and all is of this one snapshot. */
async function finishFilled(
  session: Session,
  { action, record, work, timeoutMs }: MakeVersion,
): Promise<Made> {
  const { definition, unfinished } = record.mart;
  if (unfinished === undefined || unfinished.filled.length < rangeCount(unfinished.bounds)) {
    throw new StepRefused(
      'NOT_FILLED',
      `${action.table} is filled in ${unfinished?.filled.length ?? 0} of ${rangeCount(unfinished?.bounds ?? [])} ranges, so it is not built yet`,
    );
  }
  const { by, bounds, filled } = unfinished;
  const ranges: RangesWork = { session, work, definition };
  const others = await otherSources(ranges, by);
  const moved = sourcesMoved(unfinished.others, others);
  const source = await sourceRanges(ranges, { by, bounds });
  const again = moved === undefined ? rangesMoved(filled, source) : [...source.keys()];
  if (again.length > 0) {
    const options = { purpose: 'build', signal: work.signal, timeoutMs } as const;
    const { wording } = session;
    const where = inRanges(again, { by, bounds, names: wording.names });
    if (wording.staged !== undefined) {
      // Whoever is cut off between these statements must not leave ranges that are told as filled and are not.
      const told = filled.map((state, range) => (again.includes(range) ? NOT_FILLED : state));
      const left = { ...record.mart, unfinished: { ...unfinished, filled: told } };
      await work.ledger.writeRecord({ ...record, mart: left }, session);
      await work.inside();
    }
    await session.execute(deleteRows(action.table, { where, wording }), options);
    await work.inside();
    const order = sortedBy(action, work.connector.capabilities);
    await session.execute(insertRows(action.table, { definition, where, order, wording }), options);
  }
  const states = await allSources(ranges, { by, ranges: source, others });
  return {
    sourceStates: async () => states,
    ...(action.ranged === undefined ? {} : { ranges: { by, bounds, source, sinceWhole: 0 } }),
    how: `filled in ${filled.length} steps, ${again.length} of them again on the last snapshot${moved === undefined ? '' : ` because ${moved}`}`,
  };
}

/** No state of a source agrees with it. */
const NOT_FILLED: RangeState = { rows: -1, checksum: '0' };

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
