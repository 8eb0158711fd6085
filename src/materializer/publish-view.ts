import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartColumn } from '../marts/mart.ts';
import { compareResults } from '../prove/compare-results.ts';
import {
  type ContentFingerprint,
  contentDifference,
  fingerprintContent,
} from '../prove/content-fingerprint.ts';
import { columnsDiffer, describeQuery } from '../prove/describe-query.ts';
import { derived } from '../prove/quote.ts';
import { type Access, accessLost, readAccess, restoreAccess, waitBriefly } from './access.ts';
import { putBackDependents, takeDownDependents } from './rebind-dependents.ts';
import { StepRefused } from './step-refused.ts';
import { columnComments, dependentViews, findObject, storedViewText } from './warehouse-objects.ts';

export interface Publication {
  readonly view: RelationId;
  /** What readers were promised: names, order and types. */
  readonly columns: readonly MartColumn[];
  /** Replace the view, or the table that had its name. */
  readonly statement: string | readonly string[];
  /** The first statement drops what stands under the name, where it would only be replaced otherwise. */
  readonly dropsFirst?: boolean | undefined;
  /** What stands under the name afterwards. Absent: a view. */
  readonly becomes?: 'table' | undefined;
  /** Whether answers must stay the same too, not only columns. */
  readonly compareAnswers: boolean;
  /** Of the view's own columns those that answer: a tombstoned one raises an error. Absent: all. */
  readonly answering?: readonly string[] | undefined;
  /** Asked only when answers differ: whether they may, because the sources moved since the build and the bound allows it. */
  readonly mayDiffer?: () => Promise<boolean>;
  /** Between the statements. */
  readonly inside: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

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
  const { view, columns, statement, compareAnswers, answering, inside, signal } = publication;
  const kind = publication.becomes ?? 'view';
  await waitBriefly(session);
  const dependents = await dependentViews(session, view);
  const before = await lookAt(session, { view, dependents, compareAnswers, answering, signal });
  const taken = publication.dropsFirst === true ? await takeDownDependents(session, view) : [];
  for (const sql of typeof statement === 'string' ? [statement] : statement) {
    await session.execute(sql, { purpose: 'publish', signal });
    await inside();
  }
  await restoreComments(session, { view, kind }, before);
  await restoreAccess(session, { relation: view, kind }, before.access);
  await putBackDependents(session, taken);
  await inside();
  const after = await lookAt(session, { view, dependents, compareAnswers, answering, signal });
  for (const [relation, was] of new Map([[view, { columns }], ...before.faces])) {
    const promised = relation === view ? { ...was, columns } : was;
    const refusal = compareFaces({ view, relation, was: promised, is: after.faces.get(relation) });
    if (refusal !== undefined && !(await isExcused(session, { refusal, relation, publication }))) {
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
  if (kind === 'table') {
    return { viewText: '', dependents };
  }
  if (viewText === undefined) {
    throw new StepRefused('VIEW_MISSING', `${view} is not a view after it was published`);
  }
  return { viewText, dependents };
}

/** What readers see of a relation. */
interface Face {
  readonly columns: readonly MartColumn[];
  readonly content?: ContentFingerprint;
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

async function lookAt(
  session: Session,
  {
    view,
    dependents,
    compareAnswers,
    answering,
    signal,
  }: Pick<Publication, 'view' | 'compareAnswers' | 'answering' | 'signal'> & {
    readonly dependents: readonly RelationId[];
  },
): Promise<Look> {
  const faces = new Map<RelationId, Face>();
  for (const relation of [view, ...dependents]) {
    const sql = `select * from ${session.wording.names.relation(relation)}`;
    const columns = await columnsIfBound(session, { sql, purpose: 'verify', signal });
    if (columns === undefined) {
      continue;
    }
    faces.set(
      relation,
      compareAnswers
        ? {
            columns,
            content: await contentOf(session, {
              sql,
              columns,
              answering: relation === view ? answering : undefined,
              signal,
            }),
          }
        : { columns },
    );
  }
  const found = await findObject(session, view);
  const onColumns = await columnComments(session, view);
  return {
    faces,
    comment: found?.comment,
    columnComments: onColumns,
    comments: JSON.stringify([found?.comment ?? null, onColumns]),
    access: await readAccess(session, view),
  };
}

function contentOf(
  session: Session,
  {
    sql,
    columns,
    answering,
    signal,
  }: Pick<Publication, 'columns' | 'answering' | 'signal'> & { readonly sql: string },
): Promise<ContentFingerprint> {
  const asked = columns.filter(({ name }) => answering?.includes(name) !== false);
  const names = asked.map(({ name }) => session.wording.names.quote(name)).join(', ');
  return fingerprintContent(session, {
    sql: asked.length === columns.length ? sql : `select ${names}\nfrom ${derived(sql, 'asked')}`,
    columns: asked,
    purpose: 'verify',
    signal,
  });
}

/** A view that does not bind (any more) has no face: it was broken before, or will be told as broken after. */
async function columnsIfBound(
  session: Session,
  request: Parameters<typeof describeQuery>[1],
): Promise<readonly MartColumn[] | undefined> {
  try {
    return await describeQuery(session, request);
  } catch (error) {
    if (error instanceof GoldsmithError && NOT_BOUND.has(error.code)) {
      return undefined;
    }
    throw error;
  }
}

const NOT_BOUND: ReadonlySet<string> = new Set(['CONNECTOR_BAD_SQL', 'CONNECTOR_RELATION_MISSING']);

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

function compareFaces({
  view,
  relation,
  was,
  is,
}: {
  readonly view: RelationId;
  readonly relation: RelationId;
  readonly was: Face;
  readonly is: Face | undefined;
}): StepRefused | undefined {
  const who = relation === view ? `${view}` : `${relation}, which reads ${view},`;
  if (is === undefined) {
    return new StepRefused('NO_LONGER_BINDS', `${who} could not be read any more`);
  }
  const columns = columnsDiffer(was.columns, is.columns);
  if (columns !== undefined) {
    return new StepRefused('COLUMNS_CHANGE', `${who} would change its columns: ${columns}`);
  }
  if (was.content === undefined || is.content === undefined) {
    return undefined;
  }
  const difference = contentDifference(was.content, is.content);
  return difference === undefined || difference.onlyLastDigits
    ? undefined
    : new StepRefused(
        ANSWERS_CHANGE,
        `${who} would answer differently: ${difference.because}`,
        difference.evidence,
      );
}

const ANSWERS_CHANGE = 'ANSWERS_CHANGE';

/** A view that answers differently each time by itself proves nothing; one over moved sources may show its age. */
async function isExcused(
  session: Session,
  {
    refusal,
    relation,
    publication: { mayDiffer, signal },
  }: {
    readonly refusal: StepRefused;
    readonly relation: RelationId;
    readonly publication: Publication;
  },
): Promise<boolean> {
  if (refusal.code !== ANSWERS_CHANGE) {
    return false;
  }
  const sql = `select * from ${session.wording.names.relation(relation)}`;
  const same = await compareResults(session, { left: sql, right: sql, purpose: 'verify', signal });
  return same.kind === 'different' || (await mayDiffer?.()) === true;
}
