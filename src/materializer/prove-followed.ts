import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartColumn, MartVersion, SourceColumn, SourceState } from '../marts/mart.ts';
import { compareResults } from '../prove/compare-results.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { derived } from '../prove/quote.ts';
import { sourcesMoved } from '../prove/source-state.ts';
import { verifyObligations } from '../prove/verify-obligations.ts';
import type { ActionOf } from './action-handler.ts';
import { measureAgain, measureSources } from './freshness.ts';
import type { MartRecord } from './mart-record.ts';
import { selectLogical, selectVersion } from './statements.ts';
import { StepRefused } from './step-refused.ts';
import { faceOf } from './view-face.ts';
import type { Work } from './work.ts';

interface Following {
  readonly action: ActionOf<'follow-source'>;
  readonly work: Work;
  readonly record: MartRecord;
  /** A moment before the session's snapshot. */
  readonly asOf: EpochMs;
}

export interface Followed {
  /** Readers see the same answers before and after, on one snapshot. */
  readonly isProved: boolean;
  /** The version readers have, as of the new definition; absent while the mart is a view. */
  readonly version?: MartVersion;
}

/**
 * The strongest evidence that a rewritten definition means what the former one meant: the sources hold, row by row, what they held
 * at the build, and on this one snapshot it gives exactly the rows readers have. Where the rows differ all the same, it is
 * refuted, whoever approved it; where the sources moved meanwhile nothing is known, and only a person's word goes on.
 */
export async function proveFollowed(session: Session, following: Following): Promise<Followed> {
  const { action, record, work } = following;
  const { current } = record.mart;
  const { facts, broken } = await verifyObligations(session, {
    obligations: action.definition.obligations,
    source: `following of ${action.mart}`,
    at: following.asOf,
    purpose: 'facts',
    signal: work.signal,
  });
  const [first] = broken;
  if (first !== undefined) {
    throw new StepRefused('OBLIGATIONS_BROKEN', first.because, { rows: first.rows });
  }
  if (current === undefined) {
    return await proveView(session, following);
  }
  const differing = await differenceTo(session, { following, version: current });
  const before = await underNamesOfToday(session, { following, version: current });
  const isProved = differing === undefined;
  const { sources } = action.definition;
  const there = before.filter(({ relation }) => sources.includes(relation));
  const moved = sourcesMoved(before, await measureAgain({ session, work }, there));
  if (!isProved && moved === undefined) {
    throw new StepRefused(
      'ANSWERS_DIFFER',
      `the sources of ${action.mart} hold what they held at its build, and the rewritten definition gives other rows: ${differing}`,
    );
  }
  // Equal rows over sources that moved may be chance: a filter over another column that happens to hold the same today.
  if (moved !== undefined && action.proof === 'same-answers') {
    throw new StepRefused(
      'NOT_COMPARABLE',
      `its sources moved since ${action.mart} was built (${moved}), so that nobody can tell whether the rewritten definition means the same`,
    );
  }
  const { ranges: _byFormerNames, growth: _sinceThen, ...version } = current;
  return {
    isProved,
    version: {
      ...version,
      ...(version.native === undefined ? {} : { native: { ...version.native, isFormer: true } }),
      facts,
      // States of before under today's names: they differ from what is measured, so the next cycle builds it anew.
      sourceStates: isProved ? await measureSources({ session, work }, action.definition) : before,
      ...(isProved ? { verifiedFreshAt: following.asOf } : {}),
    },
  };
}

/** A view that its engine carried along is asked; one that no longer binds cannot say. */
async function proveView(session: Session, { action, work }: Following): Promise<Followed> {
  const sql = `select * from ${session.wording.names.relation(action.mart)}`;
  const face = await faceOf(session, { sql, withContent: false, signal: work.signal });
  if (face === undefined && action.proof === 'same-answers') {
    throw new StepRefused(
      'NOT_COMPARABLE',
      `${action.mart} has no version and its view no longer answers, so there is nothing to compare the rewritten definition with`,
    );
  }
  return { isProved: face !== undefined };
}

/** How the version's rows differ from the new definition's; nothing where they do not. */
async function differenceTo(
  session: Session,
  {
    following: { action, work },
    version,
  }: { readonly following: Following; readonly version: MartVersion },
): Promise<string | undefined> {
  const { definition } = action;
  const { wording } = session;
  const options = { purpose: 'verify', signal: work.signal } as const;
  const tableColumns = await describeQuery(session, {
    sql: `select * from ${wording.names.relation(version.table)}`,
    ...options,
  });
  const answering = definition.columns.filter(
    ({ name }) =>
      !version.slim?.attributes.some((one) => one.kind === 'tombstone' && one.name === name),
  );
  const held = selectVersion({ definition, table: version.table, tableColumns, wording });
  const narrowed = (sql: string) =>
    answering.length === definition.columns.length
      ? sql
      : `select ${listed(answering, session)}\nfrom ${derived(sql, 'compared')}`;
  const compared = await compareResults(session, {
    left: narrowed(held),
    right: narrowed(selectLogical(definition, wording)),
    approximate: true,
    ...options,
  });
  if (compared.kind === 'different') {
    return compared.because;
  }
  return compared.rows === 0 ? 'it holds no rows, which prove nothing' : undefined;
}

function listed(columns: readonly MartColumn[], { wording: { names } }: Session): string {
  return columns.map(({ name }) => names.quote(name)).join(', ');
}

/**
 * States of the build under the names that sources and their columns have now: one source is told from the others by having moved, a
 * column is known by its place.
 */
async function underNamesOfToday(
  session: Session,
  {
    following: { action, record, work },
    version: { sourceStates },
  }: { readonly following: Following; readonly version: MartVersion },
): Promise<readonly SourceState[]> {
  const [was, is] = [record.mart.definition.sources, action.definition.sources];
  const [gone, ...moreGone] = was.filter((source) => !is.includes(source));
  const [came, ...moreCame] = is.filter((source) => !was.includes(source));
  const isOne = moreGone.length === 0 && moreCame.length === 0;
  const states: SourceState[] = [];
  for (const { columns, ...state } of sourceStates) {
    const isMoved = isOne && came !== undefined && state.relation === gone;
    const relation = isMoved ? came : state.relation;
    if (columns === undefined || !is.includes(relation)) {
      states.push({ ...state, relation, ...(columns === undefined ? {} : { columns }) });
      continue;
    }
    const now = await columnsAt(session, { relation, columns, signal: work.signal });
    states.push({ ...state, relation, ...(now === undefined ? UNTOLD : { columns: now }) });
  }
  return states;
}

/** No state of today agrees with it. */
const UNTOLD = { checksum: '' };

/** The columns that stand now where others stood; nothing where a place is gone. */
async function columnsAt(
  session: Session,
  {
    relation,
    columns,
    signal,
  }: {
    readonly relation: RelationId;
    readonly columns: readonly SourceColumn[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly SourceColumn[] | undefined> {
  const sql = `select * from ${session.wording.names.relation(relation)}`;
  const now = await describeQuery(session, { sql, purpose: 'freshness', signal });
  const named = columns.flatMap(({ place }) => {
    const found = now[place];
    return found === undefined ? [] : [{ name: found.name, place }];
  });
  return named.length < columns.length ? undefined : named;
}
