import type { EpochMs } from '../base/clock.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartColumn, MartVersion } from '../marts/mart.ts';
import { compareResults } from '../prove/compare-results.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { derived } from '../prove/quote.ts';
import { measureSourceState, sourcesMoved } from '../prove/source-state.ts';
import { verifyObligations } from '../prove/verify-obligations.ts';
import type { ActionOf } from './action-handler.ts';
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
  const states = await statesNow(session, following);
  const isProved = differing === undefined;
  const moved = sourcesMoved(renamedStates(following, current), states);
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
      facts,
      // States of before under today's names: they differ from what is measured, so the next cycle builds it anew.
      sourceStates: isProved ? states : renamedStates(following, current),
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

/** Of the new definition's sources, in its order. */
async function statesNow(session: Session, { action, work }: Following) {
  const states = [];
  for (const relation of action.definition.sources) {
    const columns = work.freshness.usedColumns?.(action.definition, relation);
    states.push(
      await measureSourceState(session, {
        relation,
        columns,
        purpose: 'freshness',
        signal: work.signal,
      }),
    );
  }
  return states;
}

/** States of the build under the names the sources have now: one source is told from the others by having moved. */
function renamedStates({ action, record }: Following, { sourceStates }: MartVersion) {
  const [was, is] = [record.mart.definition.sources, action.definition.sources];
  const [gone, ...moreGone] = was.filter((source) => !is.includes(source));
  const [came, ...moreCame] = is.filter((source) => !was.includes(source));
  const isOne = moreGone.length === 0 && moreCame.length === 0;
  return sourceStates.map((state) =>
    isOne && came !== undefined && state.relation === gone ? { ...state, relation: came } : state,
  );
}
