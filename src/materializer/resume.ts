import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Action } from '../plan/action.ts';
import type { Resumed } from './action-handler.ts';
import { resumeAction } from './handlers.ts';
import { MARKER_PREFIX } from './marker.ts';
import { isMeasured } from './measured-names.ts';
import { requireNothingRuns } from './nothing-runs.ts';
import { sameRelation } from './same-relation.ts';
import { dropObject } from './statements.ts';
import { objectsOf } from './version-objects.ts';
import { objectsMarked } from './warehouse-objects.ts';
import { type Work, writing } from './work.ts';

export interface ResumeReport {
  /** Interrupted steps and how each ended. */
  readonly steps: readonly (Resumed & { readonly verb: string; readonly relation: RelationId })[];
  /** Hidden tables and views of ours that no ledger row knew. */
  readonly dropped: readonly RelationId[];
  /** Tables that carry our marker but that our journal never built: somebody's copies, left alone. */
  readonly left: readonly RelationId[];
  /** Marts whose interrupted step cannot be settled yet, with why: what it sent may still run, so nothing is begun on them. */
  readonly waiting: ReadonlyMap<RelationId, string>;
}

/** Finishes or undoes whatever a killed daemon left open; doing it again changes nothing. Needs the lease. */
export async function resumeInterrupted(work: Work): Promise<ResumeReport> {
  const steps: (Resumed & { verb: string; relation: RelationId })[] = [];
  const waiting = new Map<RelationId, string>();
  for (const { id, action } of await work.ledger.openEntries()) {
    const because = await whyToWait(action, work);
    if (because !== undefined) {
      waiting.set(action.mart, because);
      continue;
    }
    const resumed = await resumeAction(action, work);
    await writing(work, {
      purpose: 'ledger',
      run: (session) => work.ledger.end({ id, endedAt: work.clock.now(), ...resumed }, session),
    });
    steps.push({ ...resumed, verb: action.kind, relation: action.mart });
  }
  return { steps, ...(await dropOrphans(work)), waiting };
}

/** Why an interrupted step cannot be settled yet. */
async function whyToWait(action: Action, work: Work): Promise<string | undefined> {
  try {
    await requireNothingRuns(action, work);
    return undefined;
  } catch (error) {
    if (error instanceof GoldsmithError) {
      return error.message;
    }
    throw error;
  }
}

/** A table is provably ours when it carries the marker and our journal once began to build exactly it. */
function dropOrphans(work: Work): Promise<Pick<ResumeReport, 'dropped' | 'left'>> {
  return writing(work, {
    purpose: 'drop',
    async run(session) {
      const marked = await objectsMarked(session, `${MARKER_PREFIX}version `);
      const known = (await work.ledger.readRecords(session)).flatMap(({ mart }) => [
        mart.current,
        mart.unfinished,
        ...mart.hidden.map(({ version }) => version),
      ]);
      const orphans = marked.filter(
        ({ relation }) =>
          !known.some(
            (version) =>
              version !== undefined &&
              objectsOf(version).some((object) => sameRelation(object.relation, relation)),
          ),
      );
      if (orphans.length === 0) {
        return { dropped: [], left: [] };
      }
      const builds = (await work.ledger.entriesOf('build-version', 0, session)).flatMap(
        ({ action }) => (action.kind === 'build-version' ? [action] : []),
      );
      const isOurs = ({ relation, comment }: (typeof orphans)[number]) =>
        builds.some(
          (build) =>
            (objectsOf(build).some((object) => sameRelation(object.relation, relation)) ||
              isMeasured(relation, build.table)) &&
            comment.startsWith(`${MARKER_PREFIX}version ${build.version} of ${build.mart}, `),
        );
      const dropped = orphans.filter(isOurs);
      for (const { kind, relation } of dropped) {
        await session.execute(dropObject(kind, relation, session.wording), { purpose: 'drop' });
      }
      const left = orphans.filter((orphan) => !isOurs(orphan)).map(({ relation }) => relation);
      return { dropped: dropped.map(({ relation }) => relation), left };
    },
  });
}
