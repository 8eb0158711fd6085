import { digestOf } from '../../base/digest.ts';
import type { Session } from '../../connectors/connector.ts';
import type { Mart, MartVersion } from '../../marts/mart.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import { requireNoWiderEyes } from '../access.ts';
import {
  type ActionHandler,
  type ActionOf,
  type Done,
  nothingHappened,
  type StepWork,
} from '../action-handler.ts';
import { flipView } from '../flip-view.ts';
import { martMarker, versionMarker } from '../marker.ts';
import type { MartRecord } from '../mart-record.ts';
import { filledBy, ownedMart, tableChanged } from '../owned.ts';
import { type Followed, proveFollowed } from '../prove-followed.ts';
import type { Publication } from '../publish-view.ts';
import { whatStands } from '../resume-flip.ts';
import { settleIntent, withdrawn } from '../settle-intent.ts';
import { whileSourcesStand } from '../sources-stand.ts';
import {
  createLogicalView,
  createVersionView,
  selectLogical,
  selectVersion,
} from '../statements.ts';
import { StepRefused } from '../step-refused.ts';
import { tellAge } from '../tell-age.ts';
import { dropUnfinished } from '../unfinished.ts';
import { markObjects } from '../version-objects.ts';
import { findObject } from '../warehouse-objects.ts';
import { type Work, writing } from '../work.ts';

type Follow = ActionOf<'follow-source'>;

interface Step {
  readonly action: Follow;
  readonly work: StepWork;
  readonly record: MartRecord;
}

/**
 * Rewrites a mart's definition after its sources: the new text has the promised columns, and on this one snapshot, or one state of the
 * sources, it answers what readers have; then the stable view and the ledger go over to it, in one transaction or with the intent
 * written first, and the markers of all versions after them.
 */
export const followSource: ActionHandler<'follow-source'> = {
  run(action, work) {
    const asOf = work.clock.now();
    return writing(work, {
      purpose: 'publish',
      async run(session) {
        const owned = await ownedMart({ ledger: work.ledger, session }, action.mart);
        const known = await dropUnfinished(session, { record: owned, work });
        const record = await withoutLost(session, { record: known, work });
        const step = { action, work, record, asOf };
        await requireSamePromise(session, step);
        const proved = await whileSourcesStand(session, {
          sources: record.mart.current === undefined ? [] : action.definition.sources,
          doing: `following of ${action.mart}`,
          run: () => proveFollowed(session, step),
        });
        await work.inside();
        return await goOver(session, { ...step, proved });
      },
    });
  },

  resume: ({ mart: relation, definition, change }, work) =>
    whatStands(work, async (session) => {
      const { ledger } = work;
      const known = await ledger.readRecord(relation, session);
      const record = known && (await settleIntent(known, { ledger, session })).record;
      if (record?.mart.definitionDigest !== digestOf(definition)) {
        return nothingHappened;
      }
      await markFollowed(session, { mart: record.mart, work });
      return { outcome: 'done', detail: saidOf(relation, change) };
    }),
};

/** A version the warehouse keeps answers nobody once a table it is made of is renamed: then there is only the view to go on from. */
async function withoutLost(
  session: Session,
  { record, work }: { readonly record: MartRecord; readonly work: Pick<Work, 'clock'> },
): Promise<MartRecord> {
  const { current } = record.mart;
  const changed =
    current?.native === undefined
      ? undefined
      : await tableChanged({ record, version: current }, session);
  return changed?.kind === 'unreadable' ? withdrawn(record, work.clock.now()) : record;
}

function saidOf(relation: Follow['mart'], change: string): string {
  return `${relation} follows its sources: ${change}`;
}

async function requireSamePromise(
  session: Session,
  { action, work, record: { mart } }: Step,
): Promise<void> {
  const { mart: relation, from, definition } = action;
  if (mart.definitionDigest !== from) {
    throw new StepRefused(
      'DEFINITION_MOVED',
      `${relation} has another definition than when the plan was made; the next cycle looks at it again`,
    );
  }
  const promised =
    definition.relation === relation
      ? columnsDiffer(columnsLeft(action, mart), definition.columns)
      : `the definition is one of ${definition.relation}`;
  if (promised !== undefined) {
    throw new StepRefused('COLUMNS_CHANGE', `${relation} would change its columns: ${promised}`);
  }
  const found = await describeQuery(session, {
    sql: selectLogical(definition, session.wording),
    purpose: 'verify',
    signal: work.signal,
  });
  const differing = columnsDiffer(definition.columns, found);
  if (differing !== undefined) {
    throw new StepRefused(
      'COLUMNS_DIFFER',
      `the rewritten definition of ${relation} does not return what it promises: ${differing}`,
    );
  }
}

/** What readers were promised, but for the columns a person agreed to lose. */
function columnsLeft(
  { proof, without = [] }: Follow,
  { definition: { columns } }: MartRecord['mart'],
): MartRecord['mart']['definition']['columns'] {
  return proof === 'approved' ? columns.filter(({ name }) => !without.includes(name)) : columns;
}

interface ProvedStep extends Step {
  readonly proved: Followed;
  /** A moment before the session's snapshot. */
  readonly asOf: number;
}

/** Readers get the view of the new definition, the ledger the definition; the former one is remembered. */
async function goOver(session: Session, step: ProvedStep): Promise<Done> {
  const { action, work, record } = step;
  const { version } = step.proved;
  const next = followedMart(step);
  const freshUntil = version === undefined ? undefined : boundOf(step, version);
  const publication =
    version === undefined
      ? asView(session, step)
      : await asTable(session, { ...step, version, freshUntil });
  await flipView(session, {
    record,
    to: { kind: 'followed', mart: next, ...(freshUntil === undefined ? {} : { freshUntil }) },
    publication: {
      view: action.mart,
      columns: action.definition.columns,
      inside: work.inside,
      signal: work.signal,
      ...publication,
    },
    work,
  });
  await markFollowed(session, { mart: next, work });
  const detail = saidOf(action.mart, action.change);
  await work.finish(session, detail);
  return {
    detail,
    evidence: {
      versions: versionsOf(next).length,
      definitions: (next.former ?? []).length + 1,
    },
  };
}

/** The mart once it has the new definition, and its version was proved of it. */
function followedMart(step: ProvedStep): Mart {
  const { action, record, work, proved } = step;
  const { definition, change } = action;
  const { mart } = record;
  const { held, ...rest } = mart;
  const { version } = proved;
  const isOver = version === undefined || boundOf(step, version) !== undefined;
  const former = {
    digest: mart.definitionDigest,
    sql: mart.definition.sql,
    until: work.clock.now(),
    because: change,
  };
  return {
    ...rest,
    ...(version === undefined ? {} : { current: version }),
    ...(isOver || held === undefined ? {} : { held }),
    definition,
    definitionDigest: digestOf(definition),
    former: [...(mart.former ?? []), former].slice(-MOST_FORMER),
    ...(mart.originalSql === undefined ? {} : { originalSql: definition.sql }),
  };
}

/** Remembered at most; the journal has them all. */
const MOST_FORMER = 20;

/**
 * Until when the version may answer: anew where it was proved again, as long as before where the definition is known to mean the
 * same; without an end where only a person says so, until the next version.
 */
function boundOf(
  { action, proved: { isProved }, asOf }: ProvedStep,
  version: MartVersion,
): number | undefined {
  const { maxStalenessMs } = action.definition;
  if (isProved) {
    return asOf + maxStalenessMs;
  }
  return action.proof === 'statement-seen' ? version.verifiedFreshAt + maxStalenessMs : undefined;
}

type Publishing = Pick<Publication, 'statement' | 'compareAnswers'> & { readonly select: string };

/** A mart without a version: its view is the definition itself. */
function asView(session: Session, { action: { definition, proof } }: Step): Publishing {
  return {
    statement: createLogicalView(definition, session.wording),
    select: selectLogical(definition, session.wording),
    compareAnswers: proof === 'same-answers',
  };
}

/** Readers stay with the version; past its bound, the view answers from the rewritten definition again. */
async function asTable(
  session: Session,
  {
    action: { definition },
    work,
    record,
    version,
    freshUntil,
  }: Step & { readonly version: MartVersion; readonly freshUntil: number | undefined },
): Promise<Publishing> {
  const { table } = version;
  await requireNoWiderEyes(session, definition);
  const tableColumns = await describeQuery(session, {
    sql: `select * from ${session.wording.names.relation(table)}`,
    purpose: 'verify',
  });
  const carriesExpiry = work.connector.capabilities.foldsNowInViews && work.clock.kind === 'system';
  const view = {
    definition,
    table,
    tableColumns,
    wording: session.wording,
    ...(freshUntil === undefined
      ? {}
      : {
          freshUntil: carriesExpiry ? freshUntil : undefined,
          filledBy: filledBy(record, version),
          slim: version.slim,
        }),
  };
  return { statement: createVersionView(view), select: selectVersion(view), compareAnswers: false };
}

/** What stands is marked as of the definition the ledger has. Doing it again changes nothing. */
async function markFollowed(
  session: Session,
  { mart, work }: { readonly mart: Mart; readonly work: Pick<Work, 'inside' | 'signal'> },
): Promise<void> {
  const { definition, definitionDigest, current, held } = mart;
  const { relation } = definition;
  const options = { purpose: 'publish', signal: work.signal } as const;
  for (const version of versionsOf(mart)) {
    if ((await findObject(session, version.table)) !== undefined) {
      const comment = versionMarker(relation, version.version, definitionDigest);
      await markObjects(session, { version, comment, ...options });
      await work.inside();
    }
  }
  if (definition.origin === 'candidate') {
    const comment = martMarker(definitionDigest);
    const { statements } = session.wording;
    await session.execute(statements.commentOn('view', { relation, comment }), options);
    await work.inside();
  }
  if (held !== undefined) {
    await tellAge(session, { view: relation, asOf: current?.verifiedFreshAt });
  }
}

function versionsOf({ current, hidden }: Mart): readonly MartVersion[] {
  return [...(current === undefined ? [] : [current]), ...hidden.map(({ version }) => version)];
}
