import type { RelationId } from '../../base/relation.ts';
import type { Session } from '../../connectors/connector.ts';
import {
  type ActionHandler,
  type Done,
  nothingHappened,
  type StepWork,
} from '../action-handler.ts';
import { flipView } from '../flip-view.ts';
import { logicalSelect, logicalViewStatement } from '../logical-view.ts';
import { MARKER_PREFIX } from '../marker.ts';
import type { MartRecord } from '../mart-record.ts';
import { ownedMart, viewChanged } from '../owned.ts';
import { publishView } from '../publish-view.ts';
import { whatStands } from '../resume-flip.ts';
import { settleIntent } from '../settle-intent.ts';
import { createVersion, dropView } from '../statements.ts';
import { StepRefused } from '../step-refused.ts';
import { withAge } from '../tell-age.ts';
import { dropUnfinished } from '../unfinished.ts';
import { objectsOf } from '../version-objects.ts';
import { sameViewText } from '../view-text.ts';
import { dependentViews, findObject } from '../warehouse-objects.ts';
import { type Work, writing } from '../work.ts';

/**
 * Gives a logical mart up: an adopted view gets its author's text back, an adopted table is one again, one of ours goes if nothing reads it. A quarantined
 * mart is handed over as it stands: whatever somebody else changed is theirs. So is, by a person's word, one that holds its last version.
 */
export const releaseMart: ActionHandler<'release-mart'> = {
  run: ({ mart: relation, asItStands = false }, work) =>
    writing(work, {
      purpose: 'drop',
      async run(session) {
        const known = await work.ledger.readRecord(relation, session);
        if (known?.mart.stage === 'quarantined') {
          return await handOver(
            { session, work },
            await dropUnfinished(session, { record: known, work }),
          );
        }
        const record = await ownedMart({ ledger: work.ledger, session }, relation);
        if (asItStands && record.mart.held === undefined) {
          throw new StepRefused(
            'NOT_HELD',
            `${relation} holds no last version that its readers could keep, so it is not given up as it stands; the next cycle looks at it again`,
          );
        }
        const { mart } = await dropUnfinished(session, { record, work });
        if (asItStands) {
          return await leave({ session, work }, record);
        }
        if (mart.stage !== 'logical' || mart.hidden.length > 0) {
          throw new StepRefused(
            'STILL_PHYSICAL',
            `${relation} is ${mart.stage} with ${mart.hidden.length} hidden versions; it is released once logical and without any`,
            { hiddenVersions: mart.hidden.length },
          );
        }
        if (mart.was === 'table') {
          return await giveTableBack({ session, work }, record);
        }
        return mart.definition.origin === 'adopted'
          ? await giveBack({ session, work }, record)
          : await takeDown({ session, work }, record);
      },
    }),

  resume: ({ mart: relation, asItStands = false }, work) =>
    whatStands(work, async (session) => {
      const { ledger } = work;
      const record = await ledger.readRecord(relation, session);
      if (asItStands && record?.mart.held !== undefined) {
        if ((await viewChanged(record, session)) !== undefined) {
          return nothingHappened;
        }
        // Some of it may carry no marker any more: it is left as a person agreed to.
        await takeMarksOff({ session, work }, record);
        await ledger.removeRecord(relation, session);
        return { outcome: 'done', detail: `${relation} is no longer ours and answers as before` };
      }
      const isOver =
        record === undefined ||
        (await settleIntent(record, { ledger, session })).record === undefined;
      const isGone = !isOver && (await findObject(session, relation)) === undefined;
      if (isGone) {
        await ledger.removeRecord(relation, session);
      }
      return isOver || isGone
        ? { outcome: 'done', detail: `${relation} is no longer ours` }
        : nothingHappened;
    }),
};

interface Step {
  readonly session: Session;
  readonly work: StepWork;
}

async function giveBack({ session, work }: Step, record: MartRecord): Promise<Done> {
  const { relation, columns } = record.mart.definition;
  if (!sameViewText(record.viewText, record.originalViewText)) {
    const { viewText } = await flipView(session, {
      record,
      to: { kind: 'released' },
      work,
      publication: {
        view: relation,
        columns,
        statement: logicalViewStatement(record, session.wording),
        select: logicalSelect(record, session.wording),
        compareAnswers: true,
        inside: work.inside,
        signal: work.signal,
      },
    });
    const { originalViewText } = record;
    if (originalViewText !== undefined && !sameViewText(viewText, originalViewText)) {
      throw new StepRefused(
        'NOT_WORD_FOR_WORD',
        `the original text of ${relation} would not come back word for word, so it stays ours`,
      );
    }
  }
  await work.inside();
  await work.ledger.removeRecord(relation, session);
  const detail = `${relation} has its original definition and is no longer ours`;
  await work.finish(session, detail);
  return { detail, evidence: {} };
}

/** Its definition's rows as of now, its columns, its comments and its readers; nobody refreshes it from here on. */
async function giveTableBack({ session, work }: Step, record: MartRecord): Promise<Done> {
  const { relation, columns } = record.mart.definition;
  const { wideIntegerOption } = work.connector.capabilities;
  const { wording } = session;
  await publishView(session, {
    view: relation,
    columns,
    dropsFirst: true,
    statement: [
      dropView(relation, wording),
      ...createVersion(relation, {
        definition: record.mart.definition,
        wideIntegerOption,
        wording,
      }),
    ],
    becomes: 'table',
    compareAnswers: true,
    inside: work.inside,
    signal: work.signal,
  });
  await work.ledger.removeRecord(relation, session);
  const detail = `${relation} is a table again, as its definition has it now, and no longer ours: whoever built it before has to refresh it`;
  await work.finish(session, detail);
  return { detail, evidence: { columns: columns.length } };
}

async function takeDown({ session, work }: Step, record: MartRecord): Promise<Done> {
  const { relation } = record.mart.definition;
  const readers = await dependentViews(session, relation);
  if (readers.length > 0) {
    throw new StepRefused(
      'STILL_READ',
      `${relation} is read by ${readers.join(', ')}, so it is not dropped`,
      { dependents: readers.length },
    );
  }
  await session.execute(dropView(relation, session.wording), {
    purpose: 'drop',
    signal: work.signal,
  });
  await work.inside();
  await work.ledger.removeRecord(relation, session);
  const detail = `${relation} is dropped; its definition stays in the journal`;
  await work.finish(session, detail);
  return { detail, evidence: {} };
}

/** What readers have stays under its name, with its age in the comment; nothing is dropped, and nothing is ours. */
async function leave({ session, work }: Step, record: MartRecord): Promise<Done> {
  const { relation } = record.mart.definition;
  // The ledger forgets it last: tables with our marker that no ledger knows are dropped by the next start.
  const left = await takeMarksOff({ session, work }, record);
  await work.inside();
  await work.ledger.removeRecord(relation, session);
  const detail = `${relation} is no longer ours and answers with the rows of ${left.join(', ')}, which stay for whoever looks after it`;
  await work.finish(session, detail);
  return { detail, evidence: { tables: left.length } };
}

/** Nothing of a mart says any more that it is ours; gives the tables and views that hold its versions. Doing it again changes nothing. */
async function takeMarksOff(
  { session, work }: { readonly session: Session; readonly work: Pick<Work, 'signal'> },
  { mart }: MartRecord,
): Promise<readonly RelationId[]> {
  const { definition, current } = mart;
  const { relation, origin } = definition;
  const left = await unmarkVersions({ session, work }, mart);
  if (origin === 'candidate') {
    const comment = withAge(undefined, current?.verifiedFreshAt);
    await session.execute(session.wording.statements.commentOn('view', { relation, comment }), {
      purpose: 'drop',
      signal: work.signal,
    });
  }
  return left;
}

/** Our marker comes off whatever holds a version of a mart, and is still there; what somebody else says of it stays. */
async function unmarkVersions(
  { session, work }: { readonly session: Session; readonly work: Pick<Work, 'signal'> },
  { current, hidden }: MartRecord['mart'],
): Promise<readonly RelationId[]> {
  const versions = [
    ...(current === undefined ? [] : [current]),
    ...hidden.map(({ version }) => version),
  ];
  const left: RelationId[] = [];
  for (const { relation } of versions.flatMap(objectsOf)) {
    const found = await findObject(session, relation);
    if (found?.comment?.startsWith(MARKER_PREFIX) === true) {
      const { statements } = session.wording;
      await session.execute(statements.commentOn(found.kind, { relation, comment: undefined }), {
        purpose: 'drop',
        signal: work.signal,
      });
    }
    left.push(...(found === undefined ? [] : [relation]));
  }
  return left;
}

async function handOver({ session, work }: Step, record: MartRecord): Promise<Done> {
  const { relation } = record.mart.definition;
  const left = await unmarkVersions({ session, work }, record.mart);
  await work.inside();
  await work.ledger.removeRecord(relation, session);
  const tables =
    left.length === 0 ? '' : `, with ${left.join(', ')} for people to look at and drop`;
  const detail = `${relation} is no longer ours and stays as it is${tables}`;
  await work.finish(session, detail);
  return { detail, evidence: { tables: left.length } };
}
