import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { StepRefused } from './step-refused.ts';
import type { Face } from './view-face.ts';
import { storedViewText } from './warehouse-objects.ts';

/**
 * A reader that only the warehouse's list tells of, and that cannot be read, can be compared with nothing: what reads the view is
 * compared or refused (law 7). One whose text we see and that does not bind was broken before.
 *
 * @throws StepRefused for the first such reader, where the warehouse tells what may not be seen as missing.
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
  if (listed?.hidesMissing !== true) {
    return;
  }
  for (const relation of dependents.filter((each) => !faces.has(each))) {
    if ((await storedViewText(session, relation)) === undefined) {
      throw new StepRefused(
        'DEPENDENT_HIDDEN',
        `${relation} reads ${view}, says ${listed.name}, and may not be read by the writer, so its answers cannot be compared; grant select on it, or wait until the list forgets it where it was dropped`,
        { dependents: dependents.length },
      );
    }
  }
}
