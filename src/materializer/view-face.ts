import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartColumn } from '../marts/mart.ts';
import {
  type ContentFingerprint,
  contentDifference,
  fingerprintContent,
} from '../prove/content-fingerprint.ts';
import { columnsDiffer, describeQuery } from '../prove/describe-query.ts';
import { derived } from '../prove/quote.ts';
import { StepRefused } from './step-refused.ts';

/** What readers see of a relation. */
export interface Face {
  readonly columns: readonly MartColumn[];
  readonly content?: ContentFingerprint;
}

export interface FaceRequest {
  readonly sql: string;
  readonly withContent: boolean;
  /** Of its columns those that answer: a tombstoned one raises an error. Absent: all. */
  readonly answering?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The face of a SELECT. One that does not bind (any more) has none: it was broken before, or will be told as broken after. */
export async function faceOf(
  session: Session,
  { sql, withContent, answering, signal }: FaceRequest,
): Promise<Face | undefined> {
  const columns = await columnsIfBound(session, { sql, purpose: 'verify', signal });
  return columns === undefined || !withContent
    ? columns && { columns }
    : { columns, content: await contentOf(session, { sql, columns, answering, signal }) };
}

function contentOf(
  session: Session,
  {
    sql,
    columns,
    answering,
    signal,
  }: Omit<FaceRequest, 'withContent'> & { readonly columns: readonly MartColumn[] },
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

/** Why readers of `view` may not be given one face for another; nothing where they see no difference but in last digits. */
export function compareFaces({
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

/** The code of a refusal because of answers, not of columns. */
export const ANSWERS_CHANGE = 'ANSWERS_CHANGE';
