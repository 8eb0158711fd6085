import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import type { Session } from '../../connectors/connector.ts';
import type { MartVersion } from '../../marts/mart.ts';
import { describeQuery } from '../../prove/describe-query.ts';
import { sourcesMoved } from '../../prove/source-state.ts';
import { letOwnerRead, requireNoWiderEyes } from '../access.ts';
import { type ActionHandler, type ActionOf, type Done, type StepWork } from '../action-handler.ts';
import { answerFromDefinition } from '../answer-from-definition.ts';
import { flipView } from '../flip-view.ts';
import { justifyFreshness, measureAgain } from '../freshness.ts';
import { authorsText } from '../logical-view.ts';
import type { MartRecord } from '../mart-record.ts';
import { filledBy, ownedMart, tableChanged } from '../owned.ts';
import type { AnswersNow } from '../publish-view.ts';
import { wakeNative } from '../rest-native.ts';
import { resumeFlip } from '../resume-flip.ts';
import { createVersionView, selectVersion, type VersionView } from '../statements.ts';
import { ForeignChange, StepRefused } from '../step-refused.ts';
import { versionOf } from '../version-of.ts';
import { writing } from '../work.ts';

/**
 * The flip: one transaction that replaces the view, compares what readers see, and writes the ledger; or the same one after the
 * other, where nothing commits together.
 */
export const repointView: ActionHandler<'repoint-view'> = {
  run(action, work) {
    const asOf = work.clock.now();
    return writing(work, {
      purpose: 'publish',
      async run(session) {
        const record = await ownedMart({ ledger: work.ledger, session }, action.mart);
        return action.to.kind === 'logical'
          ? await toLogical({ session, work }, record)
          : await toVersion({ session, work }, { record, to: action.to, asOf });
      },
    });
  },

  resume: ({ mart }, work) => resumeFlip(mart, work),
};

interface Step {
  readonly session: Session;
  readonly work: StepWork;
}

type ToVersion = Extract<ActionOf<'repoint-view'>['to'], { readonly kind: 'version' }>;

async function toVersion(
  step: Step,
  {
    record: asleep,
    to,
    asOf,
  }: { readonly record: MartRecord; readonly to: ToVersion; readonly asOf: number },
): Promise<Done> {
  const { session, work } = step;
  const { definition } = asleep.mart;
  const resting = versionOf(asleep, to.version);
  if (resting.table !== to.table) {
    throw new StepRefused(
      'VERSION_UNKNOWN',
      `version ${to.version} of ${definition.relation} is ${resting.table}, not ${to.table}`,
    );
  }
  // What is at rest may answer nobody, us neither.
  const record = await wakeNative(session, { record: asleep, version: resting, work });
  const { mart } = record;
  const version = versionOf(record, to.version);
  const changed = await tableChanged({ record, version }, session);
  if (changed?.kind === 'foreign') {
    throw new ForeignChange(changed.because);
  }
  if (changed !== undefined) {
    throw new StepRefused('MARK_UNREADABLE', changed.because);
  }
  const verifiedFreshAt = await justifyFreshness(step, {
    definition,
    version,
    freshUntil: to.freshUntil,
    asOf,
  });
  const table = session.wording.names.relation(version.table);
  const tableColumns = await describeQuery(session, {
    sql: `select * from ${table}`,
    purpose: 'verify',
  });
  const carriesExpiry = work.connector.capabilities.foldsNowInViews && work.clock.kind === 'system';
  const isPromotion = mart.stage === 'logical';
  await requireNoWiderEyes(session, definition, { text: authorsText(record) });
  await letOwnerRead(session, { view: definition.relation, version });
  const versionView: VersionView = {
    definition,
    table: version.table,
    tableColumns,
    freshUntil: carriesExpiry ? to.freshUntil : undefined,
    wording: session.wording,
    filledBy: filledBy(record, version),
    slim: version.slim,
  };
  const select = selectVersion(versionView);
  const { freshUntil } = to;
  const published = await flipView(session, {
    record,
    to: { kind: 'version', version: version.version, freshUntil, verifiedFreshAt },
    work,
    publication: {
      view: definition.relation,
      columns: definition.columns,
      statement: createVersionView(versionView),
      select,
      willSelect: select,
      compareAnswers: isPromotion,
      answersNow: () => provedContent(step, { record, version, asOf }),
      answering: version.slim?.attributes
        .filter(({ kind }) => kind !== 'tombstone')
        .map(({ name }) => name),
      mayDiffer: () => movedSinceBuild(step, version),
      inside: work.inside,
      signal: work.signal,
    },
  });
  const until = new Date(freshUntil).toISOString();
  const detail = `${definition.relation} answers from version ${version.version} until ${until}`;
  await work.finish(session, detail);
  return {
    detail,
    evidence: { rows: version.rows, dependents: published.dependents.length },
  };
}

async function toLogical(step: Step, record: MartRecord): Promise<Done> {
  const { session, work } = step;
  const published = await answerFromDefinition(step, { record, to: { kind: 'logical' } });
  const detail = `${record.mart.definition.relation} answers from its logical definition`;
  await work.finish(session, detail);
  return { detail, evidence: { dependents: published.dependents.length } };
}

/**
 * What a view of our own answers while it is logical: what the build proved of the version a moment ago, if the sources are as they
 * were at it. A definition may look at the clock, so a moment is all this holds for; what is taken over is compared in full, and so are
 * slim versions, of which the build compares only what is stored.
 */
async function provedContent(
  step: Step,
  {
    record: { marks, mart },
    version,
    asOf,
  }: { readonly record: MartRecord; readonly version: MartVersion; readonly asOf: EpochMs },
): Promise<AnswersNow | undefined> {
  const mark = marks[version.table];
  const isOfThisCycle = asOf - version.builtAt <= HOUR_MS && asOf >= version.builtAt;
  const isPlain = version.slim === undefined && version.native === undefined;
  const isOurs = mart.definition.origin === 'candidate' && isPlain;
  if (mark === undefined || !isOurs || !isOfThisCycle || version.sourceStates.length === 0) {
    return undefined;
  }
  return (await movedSinceBuild(step, version))
    ? undefined
    : { rows: mark.rows, whole: mark.checksum };
}

/** Then readers see the version's age, which their bound allows. */
async function movedSinceBuild(step: Step, version: MartVersion): Promise<boolean> {
  const now = await measureAgain(step, version.sourceStates);
  return sourcesMoved(version.sourceStates, now) !== undefined;
}
