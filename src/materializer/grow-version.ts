import type { Session } from '../connectors/connector.ts';
import type { GrownBuild, VersionGrowth } from '../marts/growth.ts';
import type { MartVersion, SourceState } from '../marts/mart.ts';
import type { RangeState } from '../marts/ranges.ts';
import { onlyRow, textCell } from '../prove/cells.ts';
import { measureSourceState, sourcesMoved } from '../prove/source-state.ts';
import { measureSources } from './freshness.ts';
import { mergedWithAdded, rowsFrom } from './grown-statements.ts';
import { type Made, type MakeVersion, makeWhole } from './make-whole.ts';
import { tableChanged } from './owned.ts';
import { allSources, otherSources } from './ranges-of.ts';
import { createTable } from './statements.ts';

interface Growing extends MakeVersion {
  readonly grown: GrownBuild;
}

/**
 * Makes the next version of what the one before holds and what rows added to its source give, where contents show that rows were added
 * and nothing else happened: the rows before the place where the source ended are as they were, in number and checksum, and so is
 * every other source. Else everything is computed. Either way the place where the source ends now is remembered.
 */
export async function makeGrown(session: Session, request: Growing): Promise<Made> {
  const { action, record, work, grown } = request;
  const place = work.connector.capabilities.placeColumn;
  if (place === undefined) {
    return await makeWhole(session, request);
  }
  const { current } = record.mart;
  const isOfSource = current?.growth?.source === grown.by.source;
  const before = action.reason === 'refresh' && isOfSource ? current?.growth : undefined;
  if (current === undefined || before === undefined || current.slim !== undefined) {
    const states = await measureSources({ session, work }, record.mart.definition);
    return await anew(session, { ...request, place, states });
  }
  const found = await lookAtSource(session, { ...request, place, before, current });
  const earlier = before.fellBack ?? (found.kind === 'grown' ? 0 : 1);
  const fellBack = earlier + LAST_COUNTS * ((found.kind === 'grown' ? 0 : 1) - earlier);
  const { added } = grown;
  if (found.kind === 'other' || added === undefined || added.end !== before.end) {
    const because = found.kind === 'other' ? found.because : 'the plan is of an earlier version';
    return await anew(session, { ...request, place, states: found.states, fellBack, because });
  }
  return await addTo(session, { ...request, place, found, fellBack, current, before, added });
}

/** How much the last refresh counts beside those before it. */
const LAST_COUNTS = 0.3;

async function anew(
  session: Session,
  request: Growing & {
    readonly place: string;
    readonly states: readonly SourceState[];
    readonly fellBack?: number;
    readonly because?: string;
  },
): Promise<Made> {
  const { grown, states, fellBack, because } = request;
  const { source } = grown.by;
  await makeWhole(session, request);
  const end = await endOf(session, request);
  return {
    sourceStates: async () => states,
    growth: { source, end, sinceWhole: 0, ...(fellBack === undefined ? {} : { fellBack }) },
    ...(because === undefined ? {} : { how: `built in one piece: ${because}` }),
  };
}

type Found = { readonly states: readonly SourceState[] } & (
  | { readonly kind: 'grown'; readonly rows: number; readonly of: number }
  | { readonly kind: 'other'; readonly because: string }
);

/** What became of the sources since the version before, on this snapshot. */
async function lookAtSource(
  session: Session,
  {
    record,
    work,
    grown,
    place,
    before,
    current,
  }: Growing & {
    readonly place: string;
    readonly before: VersionGrowth;
    readonly current: MartVersion;
  },
): Promise<Found> {
  const { definition } = record.mart;
  const { source } = grown.by;
  const others = await otherSources({ session, work, definition }, { source });
  const columns = await work.freshness.usedColumns?.(definition, source);
  const stateOf = (where: string) =>
    measureSourceState(session, {
      relation: source,
      columns,
      where,
      purpose: 'freshness',
      signal: work.signal,
    });
  const old = await stateOf(`${place} < ${before.end}`);
  const fresh = await stateOf(`${place} >= ${before.end}`);
  const ranges: readonly RangeState[] = [old, fresh];
  const states = await allSources({ work, definition }, { by: { source }, ranges, others });
  const moved = sourcesMoved(current.sourceStates, [old, ...others]);
  if (moved !== undefined) {
    return { kind: 'other', states, because: `more than added rows: ${moved}` };
  }
  const changed = await tableChanged({ record, version: current }, session);
  return changed === undefined
    ? { kind: 'grown', states, rows: fresh.rows, of: old.rows + fresh.rows }
    : { kind: 'other', states, because: changed.because };
}

async function addTo(
  session: Session,
  request: Growing & {
    readonly place: string;
    readonly found: Extract<Found, { readonly kind: 'grown' }>;
    readonly fellBack: number;
    readonly current: MartVersion;
    readonly before: VersionGrowth;
    readonly added: NonNullable<GrownBuild['added']>;
  },
): Promise<Made> {
  const { action, record, work, timeoutMs, grown, place, found, current, before, added } = request;
  const { by, proveWhole } = grown;
  const { columns } = record.mart.definition;
  const { wording } = session;
  const rows = rowsFrom(by.source, { place, end: added.end, names: wording.names });
  const parts = { by, before: current, sql: added.sql, rows, sourceRows: found.of };
  for (const sql of createTable(action.table, {
    columns,
    select: mergedWithAdded(parts, { columns, wording }),
    wideIntegerOption: work.connector.capabilities.wideIntegerOption,
    names: wording.names,
  })) {
    await session.execute(sql, { purpose: 'build', signal: work.signal, timeoutMs });
    await work.inside();
  }
  return {
    sourceStates: async () => found.states,
    growth: {
      source: by.source,
      end: await endOf(session, request),
      sinceWhole: proveWhole ? 0 : before.sinceWhole + 1,
      fellBack: request.fellBack,
    },
    ...(proveWhole ? {} : { added: parts }),
    how: `${found.rows} rows added to ${by.source} were added to what v${current.version} holds${proveWhole ? '; compared as a whole' : ''}`,
  };
}

/** The place behind the last row of the source. */
async function endOf(
  session: Session,
  { grown, place, work }: Growing & { readonly place: string },
): Promise<string> {
  const relation = session.wording.names.relation(grown.by.source);
  const result = await session.query(`select coalesce(max(${place}), -1) + 1 from ${relation}`, {
    purpose: 'freshness',
    signal: work.signal,
  });
  return textCell(onlyRow(result)[0]) ?? '0';
}
