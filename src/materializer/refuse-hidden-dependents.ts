import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import { StepRefused } from './step-refused.ts';
import { type Face, type FaceRequest, faceOf } from './view-face.ts';
import { storedViewText } from './warehouse-objects.ts';

/** The face of what reads a view; none where it does not bind, or is on the warehouse's list and may not be read by us. */
export async function faceIfShown(
  session: Session,
  request: FaceRequest,
): Promise<Face | undefined> {
  try {
    return await faceOf(session, request);
  } catch (error) {
    if (session.wording.objects.listed === undefined || !isDenied(error)) {
      throw error;
    }
    return undefined;
  }
}

/**
 * A reader that only the warehouse's list tells of, and that cannot be read, can be compared with nothing: what reads the view is
 * compared or refused (law 7). One whose text we see and that does not bind was broken before.
 *
 * @throws StepRefused for the first such reader.
 */
export async function refuseHiddenDependents(
  session: Session,
  {
    view,
    dependents,
    faces,
  }: {
    readonly view: RelationId;
    readonly dependents: readonly RelationId[];
    /** Of those that bind. */
    readonly faces: ReadonlyMap<RelationId, Face>;
  },
): Promise<void> {
  const { listed } = session.wording.objects;
  if (listed === undefined) {
    return;
  }
  for (const relation of dependents.filter((each) => !faces.has(each))) {
    const isUntold = listed.hidesMissing && (await isUnseen(session, relation));
    if (isUntold || (await isKept(session, relation))) {
      throw new StepRefused(
        'DEPENDENT_HIDDEN',
        `${relation} reads ${view}, by its text or by ${listed.name}, and may not be read by the writer, so its answers cannot be compared; grant select on it, or wait until the list forgets it where it was dropped`,
        { dependents: dependents.length },
      );
    }
  }
}

/** Where what may not be seen is told as missing. */
async function isUnseen(session: Session, relation: RelationId): Promise<boolean> {
  return (await storedViewText(session, relation)) === undefined;
}

async function isKept(session: Session, relation: RelationId): Promise<boolean> {
  const sql = `select * from ${session.wording.names.relation(relation)}`;
  try {
    await faceOf(session, { sql, withContent: false });
    return false;
  } catch (error) {
    if (!isDenied(error)) {
      throw error;
    }
    return true;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === 'CONNECTOR_PERMISSION_DENIED';
}
