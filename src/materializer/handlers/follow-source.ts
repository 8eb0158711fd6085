import { digestOf } from '../../base/digest.ts';
import type { Session } from '../../connectors/connector.ts';
import type { MartVersion } from '../../marts/mart.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import { requireNoWiderEyes } from '../access.ts';
import {
  type ActionHandler,
  type ActionOf,
  type Done,
  nothingHappened,
  type StepWork,
} from '../action-handler.ts';
import { martMarker, versionMarker } from '../marker.ts';
import type { MartRecord } from '../mart-record.ts';
import { filledBy, ownedMart } from '../owned.ts';
import { proveFollowed } from '../prove-followed.ts';
import { publishView } from '../publish-view.ts';
import { requireTransactions } from '../require-transactions.ts';
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
import { writing } from '../work.ts';

type Follow = ActionOf<'follow-source'>;

interface Step {
  readonly action: Follow;
  readonly work: StepWork;
  readonly record: MartRecord;
}

/**
 * Rewrites a mart's definition after its sources, in one transaction: the new text has the promised columns, and on this one
 * snapshot it answers what readers have; then the stable view, the markers of all versions and the ledger go over to it together.
 */
export const followSource: ActionHandler<'follow-source'> = {
  run(action, work) {
    const asOf = work.clock.now();
    return writing(work, {
      purpose: 'publish',
      async run(session) {
        requireTransactions(work, { relation: action.mart, what: 'rewriting the definition of' });
        const owned = await ownedMart({ ledger: work.ledger, session }, action.mart);
        const record = await dropUnfinished(session, { record: owned, work });
        const step = { action, work, record };
        await requireSamePromise(session, step);
        const proved = await proveFollowed(session, { ...step, asOf });
        await work.inside();
        await tellAge(session, { view: action.mart, asOf: undefined });
        const version = proved.version;
        return version === undefined
          ? await followAsView(session, step)
          : await followAsTable(session, { ...step, version, isProved: proved.isProved, asOf });
      },
    });
  },

  async resume() {
    return nothingHappened;
  },
};

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

/** A mart without a version: its view is the definition itself. */
async function followAsView(session: Session, step: Step): Promise<Done> {
  const { action, work, record } = step;
  const { definition } = action;
  const { viewText } = await publishView(session, {
    view: action.mart,
    columns: definition.columns,
    statement: createLogicalView(definition, session.wording),
    select: selectLogical(definition, session.wording),
    compareAnswers: action.proof === 'same-answers',
    inside: work.inside,
    signal: work.signal,
  });
  return await enterLedger(session, { ...step, left: { ...record, viewText } });
}

interface TableStep extends Step {
  readonly version: MartVersion;
  readonly isProved: boolean;
  /** A moment before the session's snapshot. */
  readonly asOf: number;
}

/**
 * Until when the version may answer: anew where it was proved again, as long as before where the definition is known to mean the
 * same; without an end where only a person says so, until the next version.
 */
function boundOf({ action, version, isProved, asOf }: TableStep): number | undefined {
  const { maxStalenessMs } = action.definition;
  if (isProved) {
    return asOf + maxStalenessMs;
  }
  return action.proof === 'statement-seen' ? version.verifiedFreshAt + maxStalenessMs : undefined;
}

/** Readers stay with the version; past its bound, the view answers from the rewritten definition again. */
async function followAsTable(session: Session, step: TableStep): Promise<Done> {
  const { action, work, record, version } = step;
  const { definition } = action;
  const { table } = version;
  await requireNoWiderEyes(session, definition);
  const tableColumns = await describeQuery(session, {
    sql: `select * from ${session.wording.names.relation(table)}`,
    purpose: 'verify',
  });
  const freshUntil = boundOf(step);
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
        }),
  };
  const { viewText } = await publishView(session, {
    view: action.mart,
    columns: definition.columns,
    statement: createVersionView(view),
    select: selectVersion(view),
    compareAnswers: false,
    inside: work.inside,
    signal: work.signal,
  });
  const { freshUntil: _ended, ...rest } = record;
  const { held, ...mart } = record.mart;
  return await enterLedger(session, {
    ...step,
    left: {
      ...rest,
      viewText,
      ...(freshUntil === undefined ? {} : { freshUntil }),
      mart: {
        ...mart,
        current: version,
        ...(freshUntil !== undefined || held === undefined ? {} : { held }),
      },
    },
  });
}

/** What stands is marked as of the new definition; the former one is remembered. */
async function enterLedger(
  session: Session,
  { action, work, left }: Step & { readonly left: MartRecord },
): Promise<Done> {
  const { mart: relation, definition, change } = action;
  const { mart } = left;
  const definitionDigest = digestOf(definition);
  const options = { purpose: 'publish', signal: work.signal } as const;
  const versions = [
    ...(mart.current === undefined ? [] : [mart.current]),
    ...mart.hidden.map(({ version }) => version),
  ];
  for (const version of versions) {
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
  if (mart.held !== undefined) {
    await tellAge(session, { view: relation, asOf: mart.current?.verifiedFreshAt });
  }
  const former = {
    digest: mart.definitionDigest,
    sql: mart.definition.sql,
    until: work.clock.now(),
    because: change,
  };
  const { originalViewText: _written, ...rest } = left;
  await work.ledger.writeRecord(
    {
      ...rest,
      mart: {
        ...mart,
        definition,
        definitionDigest,
        former: [...(mart.former ?? []), former].slice(-MOST_FORMER),
        ...(mart.originalSql === undefined ? {} : { originalSql: definition.sql }),
      },
    },
    session,
  );
  const detail = `${relation} follows its sources: ${change}`;
  await work.finish(session, detail);
  return {
    detail,
    evidence: { versions: versions.length, definitions: (mart.former ?? []).length + 2 },
  };
}

/** Remembered at most; the journal has them all. */
const MOST_FORMER = 20;
