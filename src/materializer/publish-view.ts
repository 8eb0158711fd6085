import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartColumn } from '../marts/mart.ts';
import { compareResults } from '../prove/compare-results.ts';
import { type ContentFingerprint, contentMark } from '../prove/content-fingerprint.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { type Access, accessLost, readAccess, restoreAccess, waitBriefly } from './access.ts';
import { isOrderFree } from './order-free.ts';
import { requireNothingLost } from './policies.ts';
import { putBackDependents, takeDownDependents } from './rebind-dependents.ts';
import { faceIfShown, refuseHiddenDependents } from './refuse-hidden-dependents.ts';
import { StepRefused } from './step-refused.ts';
import { ANSWERS_CHANGE, compareFaces, type Face, faceOf } from './view-face.ts';
import { columnComments, dependentViews, findObject, storedViewText } from './warehouse-objects.ts';
import { putBack, wholeStatement } from './whole-statement.ts';

export interface Publication {
  readonly view: RelationId;
  /** What readers were promised: names, order and types. */
  readonly columns: readonly MartColumn[];
  /** Replace the view, or the table that had its name. */
  readonly statement: string | readonly string[];
  /** The first statement drops what stands under the name, where it would only be replaced otherwise. */
  readonly dropsFirst?: boolean | undefined;
  /** What the view selects afterwards; needed where only one statement that says everything replaces it. */
  readonly select?: string | undefined;
  /** What stands under the name afterwards. Absent: a view. */
  readonly becomes?: 'table' | undefined;
  /** What the view selects afterwards, where that can be asked beforehand: then readers do not wait for the comparison. */
  readonly willSelect?: string | undefined;
  /** Readers get what the view was made for back: no reader that nobody can look at may stand in the way of that. */
  readonly goesBack?: boolean | undefined;
  /** Whether answers must stay the same too, not only columns. */
  readonly compareAnswers: boolean;
  /** Rows and checksum of what the view answers now, where they are proved and need no computing; then what it selects afterwards is asked alone. */
  readonly answersNow?: () => Promise<AnswersNow | undefined>;
  /** Of the view's own columns those that answer: a tombstoned one raises an error. Absent: all. */
  readonly answering?: readonly string[] | undefined;
  /** Asked only when answers differ: whether they may, because the sources moved since the build and the bound allows it. */
  readonly mayDiffer?: () => Promise<boolean>;
  /** Who owns it and may read it, where that was just read. */
  readonly accessNow?: Access | undefined;
  /** Between the statements. */
  readonly inside: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export type AnswersNow = Pick<ContentFingerprint, 'rows' | 'whole'>;

export interface Published {
  /** The view as the warehouse stores it now: what the ledger remembers; empty where it is a table again. */
  readonly viewText: string;
  /** Views that read it, each bound again and compared. */
  readonly dependents: readonly RelationId[];
}

/**
 * Replaces the stable view within the caller's transaction and compares before with after: column names, order and types
 * (law 5), comments, owner and grants (law 8), every view that reads it (law 7). Whatever differs rejects, and the rollback undoes it all.
 */
export async function publishView(session: Session, publication: Publication): Promise<Published> {
  const { view, statement, compareAnswers, goesBack = false, inside, signal } = publication;
  const kind = publication.becomes ?? 'view';
  await waitBriefly(session);
  const dependents = await dependentViews(session, view, { asFarAsTold: goesBack });
  const isKnown = compareAnswers && (await willAnswerAsNow(session, publication));
  const compared = new Set(compareAnswers ? [...(isKnown ? [] : [view]), ...dependents] : []);
  const now = publication.accessNow ?? (await readAccess(session, view));
  const before = await lookAt(session, { publication, dependents, compared, access: now });
  const shown = { view, dependents, faces: before.faces };
  await (goesBack ? undefined : refuseHiddenDependents(session, shown));
  const open = await rehearse(session, { publication, before, compared, isKnown });
  // What was put on it while its answers were compared would be lost, too.
  if (now !== undefined) {
    await requireNothingLost(session, { view, doing: 'replaced', goesBack });
  }
  const taken = publication.dropsFirst === true ? await takeDownDependents(session, view) : [];
  const was = await storedViewText(session, view);
  const whole = wholeStatement(session, { ...publication, kept: before, open });
  for (const sql of whole === undefined ? [statement].flat() : [whole]) {
    await session.execute(sql, { purpose: 'publish', signal });
    await inside();
  }
  if (whole === undefined) {
    await restoreComments(session, { view, kind }, before);
  }
  const access = await restoreAccess(session, { relation: view, kind }, before.access);
  await putBackDependents(session, taken);
  await inside();
  try {
    return await lookAgain(session, { publication, dependents, before, open, access });
  } catch (error) {
    if (whole !== undefined && was !== undefined && error instanceof StepRefused) {
      const columns = before.faces.get(view)?.columns ?? publication.columns;
      await putBack(session, { view, select: was, columns, kept: before });
    }
    throw error;
  }
}

/** What the view will select holds what is known of its answers; where it does not, or nothing is known, both sides are computed. */
async function willAnswerAsNow(
  session: Session,
  { answersNow, select, signal }: Publication,
): Promise<boolean> {
  const now = await answersNow?.();
  if (now === undefined || select === undefined) {
    return false;
  }
  const options = { purpose: 'verify', signal } as const;
  const columns = await describeQuery(session, { sql: select, ...options });
  const will = await contentMark(session, { sql: select, columns, ...options });
  return will.rows === now.rows && will.whole === now.whole;
}

/** Compares what stands now with what stood before. */
async function lookAgain(
  session: Session,
  {
    publication,
    dependents,
    before,
    open,
    access,
  }: Pick<Look, 'access'> & {
    readonly publication: Publication;
    readonly dependents: readonly RelationId[];
    readonly before: Look;
    readonly open: ReadonlySet<RelationId>;
  },
): Promise<Published> {
  const { view, columns } = publication;
  const after = await lookAt(session, { publication, dependents, compared: open, access });
  for (const [relation, was] of new Map([[view, { columns }], ...before.faces])) {
    const promised = relation === view ? { ...was, columns } : was;
    const refusal = compareFaces({ view, relation, was: promised, is: after.faces.get(relation) });
    if (
      refusal !== undefined &&
      !(await isExcused(session, { refusal, sql: selectAll(session, relation), publication }))
    ) {
      throw refusal;
    }
  }
  if (before.comments !== after.comments) {
    throw new StepRefused('COMMENTS_LOST', `the comments on ${view} would not be kept`);
  }
  const lost = accessLost(before.access, after.access);
  if (lost !== undefined) {
    throw new StepRefused('ACCESS_CHANGES', `${view} would ${lost}`);
  }
  const viewText = await storedViewText(session, view);
  if (publication.becomes === 'table') {
    return { viewText: '', dependents };
  }
  if (viewText === undefined) {
    throw new StepRefused('VIEW_MISSING', `${view} is not a view after it was published`);
  }
  return { viewText, dependents };
}

interface Look {
  readonly faces: ReadonlyMap<RelationId, Face>;
  readonly comment: string | undefined;
  readonly columnComments: Awaited<ReturnType<typeof columnComments>>;
  /** All comments as one text. */
  readonly comments: string;
  /** Absent where relations have no owners and grants, or nothing stands under the name. */
  readonly access: Access | undefined;
}

/**
 * Where replacing a view has its readers wait, compares what it will select with what it answers now, before it is touched, on the
 * same snapshot. Gives the relations that are still to be compared afterwards: views that read it follow from equal rows.
 */
async function rehearse(session: Session, rehearsal: Rehearsal): Promise<ReadonlySet<RelationId>> {
  const { publication, compared, isKnown } = rehearsal;
  const readersWait = session.wording.access !== undefined;
  const sameness = readersWait ? await (isKnown ? 'same' : willBe(session, rehearsal)) : undefined;
  if (sameness === undefined) {
    return compared;
  }
  const open = new Set<RelationId>();
  for (const relation of sameness === 'excused' ? [] : compared) {
    const isSame = sameness === 'same';
    const follows = isSame && isOrderFree((await storedViewText(session, relation)) ?? 'limit');
    if (relation !== publication.view && !follows) {
      open.add(relation);
    }
  }
  return open;
}

/**
 * How what the view will select compares with what it answers; nothing where it cannot be asked beforehand.
 *
 * @throws StepRefused where it differs and may not.
 */
async function willBe(
  session: Session,
  { publication, before, compared }: Rehearsal,
): Promise<'same' | 'close' | 'excused' | undefined> {
  const { view, columns, answering, signal } = publication;
  const isStaged = session.wording.staged !== undefined;
  const willSelect = publication.willSelect ?? (isStaged ? publication.select : undefined);
  const was = before.faces.get(view);
  if (willSelect === undefined || !compared.has(view) || was === undefined) {
    return undefined;
  }
  const will = await faceOf(session, { sql: willSelect, withContent: true, answering, signal });
  const refusal = compareFaces({ view, relation: view, was: { ...was, columns }, is: will });
  if (refusal === undefined) {
    return was.content?.whole === will?.content?.whole ? 'same' : 'close';
  }
  if (await isExcused(session, { refusal, sql: willSelect, publication })) {
    return 'excused';
  }
  throw refusal;
}

interface Rehearsal {
  readonly publication: Publication;
  readonly before: Look;
  readonly compared: ReadonlySet<RelationId>;
  /** What it will select is known to hold what it answers. */
  readonly isKnown: boolean;
}

async function lookAt(
  session: Session,
  {
    publication: { view, answering, signal },
    dependents,
    compared,
    access,
  }: Pick<Look, 'access'> & {
    readonly publication: Publication;
    readonly dependents: readonly RelationId[];
    /** Of these the content too. */
    readonly compared: ReadonlySet<RelationId>;
  },
): Promise<Look> {
  const faces = new Map<RelationId, Face>();
  for (const relation of [view, ...dependents]) {
    const face = await (relation === view ? faceOf : faceIfShown)(session, {
      sql: selectAll(session, relation),
      withContent: compared.has(relation),
      answering: relation === view ? answering : undefined,
      signal,
    });
    if (face !== undefined) {
      faces.set(relation, face);
    }
  }
  const found = await findObject(session, view);
  const onColumns = await columnComments(session, view);
  return {
    faces,
    comment: found?.comment,
    columnComments: onColumns,
    comments: JSON.stringify([found?.comment ?? null, onColumns]),
    access,
  };
}

async function restoreComments(
  session: Session,
  { view, kind }: { readonly view: RelationId; readonly kind: 'view' | 'table' },
  before: Look,
): Promise<void> {
  const options = { purpose: 'publish' } as const;
  const { statements } = session.wording;
  if (before.comment !== undefined) {
    await session.execute(
      statements.commentOn(kind, { relation: view, comment: before.comment }),
      options,
    );
  }
  for (const comment of before.columnComments) {
    await session.execute(statements.commentOnColumn(view, comment), options);
  }
}

/** A view that answers differently each time by itself proves nothing; one over moved sources may show its age. */
async function isExcused(
  session: Session,
  {
    refusal,
    sql,
    publication: { mayDiffer, signal },
  }: {
    readonly refusal: StepRefused;
    readonly sql: string;
    readonly publication: Publication;
  },
): Promise<boolean> {
  if (refusal.code !== ANSWERS_CHANGE) {
    return false;
  }
  const same = await compareResults(session, { left: sql, right: sql, purpose: 'verify', signal });
  return same.kind === 'different' || (await mayDiffer?.()) === true;
}

function selectAll(session: Session, relation: RelationId): string {
  return `select * from ${session.wording.names.relation(relation)}`;
}
