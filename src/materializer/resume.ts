import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { Action } from '../plan/action.ts';
import type { Resumed } from './action-handler.ts';
import { resumeAction } from './handlers.ts';
import { MARKER_PREFIX } from './marker.ts';
import { isMeasured } from './measured-names.ts';
import { requireNothingRuns } from './nothing-runs.ts';
import { sameRelation } from './same-relation.ts';
import { dropObject } from './statements.ts';
import { concernsOneMart, type Unsettled, unsettledBy } from './unsettled.ts';
import { objectsOf } from './version-objects.ts';
import { type FoundObject, objectsMarked } from './warehouse-objects.ts';
import { type Work, writing } from './work.ts';

export interface ResumeReport {
  /** Interrupted steps and how each ended. */
  readonly steps: readonly (Resumed & { readonly verb: string; readonly relation: RelationId })[];
  /** Hidden tables and views of ours that no ledger row knew. */
  readonly dropped: readonly RelationId[];
  /** Tables that carry our marker but that our journal never built: somebody's copies, left alone. */
  readonly left: readonly RelationId[];
  /** Marts whose interrupted step cannot be settled yet: what it sent may still run, or we may not do what is left of it. */
  readonly waiting: ReadonlyMap<RelationId, Unsettled>;
}

/** Finishes or undoes whatever a killed daemon left open; doing it again changes nothing. Needs the lease. */
export async function resumeInterrupted(work: Work): Promise<ResumeReport> {
  const steps: (Resumed & { verb: string; relation: RelationId })[] = [];
  const waiting = new Map<RelationId, Unsettled>();
  for (const { id, action } of await work.ledger.openEntries()) {
    const because = (await stillRunning(action, work)) ?? (await unsettledBy(() => settle()));
    if (because !== undefined) {
      waiting.set(action.mart, because);
    }

    async function settle(): Promise<void> {
      const resumed = await resumeAction(action, work);
      await writing(work, {
        purpose: 'ledger',
        run: (session) => work.ledger.end({ id, endedAt: work.clock.now(), ...resumed }, session),
      });
      steps.push({ ...resumed, verb: action.kind, relation: action.mart });
    }
  }
  return { steps, ...(await dropOrphans(work)), waiting };
}

/** Why an interrupted step cannot be settled yet: what it sent may still run. */
async function stillRunning(action: Action, work: Work): Promise<Unsettled | undefined> {
  try {
    await requireNothingRuns(action, work);
    return undefined;
  } catch (error) {
    if (error instanceof GoldsmithError) {
      return { code: error.code, because: error.message };
    }
    throw error;
  }
}

/**
 * A table is provably ours when it carries the marker and our journal once began to build exactly it. One that the warehouse does not
 * let us drop (a view of somebody's reads it) stays, and does not keep the others.
 */
async function dropOrphans(work: Work): Promise<Pick<ResumeReport, 'dropped' | 'left'>> {
  const dropped = new Set<RelationId>();
  const kept = new Set<RelationId>();
  for (;;) {
    let trying: RelationId | undefined;
    try {
      const left = await writing(work, {
        purpose: 'drop',
        async run(session) {
          const orphans = await orphansIn(session, work);
          for (const { kind, relation } of orphans.filter((one) => one.isOurs)) {
            if (!kept.has(relation)) {
              trying = relation;
              await session.execute(dropObject(kind, relation, session.wording), {
                purpose: 'drop',
              });
              dropped.add(relation);
            }
          }
          trying = undefined;
          return orphans.filter(({ isOurs, relation }) => !isOurs || kept.has(relation));
        },
      });
      return { dropped: [...dropped], left: left.map(({ relation }) => relation) };
    } catch (error) {
      if (trying === undefined || !concernsOneMart(error)) {
        throw error;
      }
      kept.add(trying);
    }
  }
}

interface Orphan {
  readonly kind: FoundObject['kind'];
  readonly relation: RelationId;
  readonly isOurs: boolean;
}

/** What carries the marker of a version that the ledger does not know. */
async function orphansIn(session: Session, { ledger }: Work): Promise<readonly Orphan[]> {
  const marked = await objectsMarked(session, `${MARKER_PREFIX}version `);
  const known = (await ledger.readRecords(session)).flatMap(({ mart }) => [
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
    return [];
  }
  const builds = (await ledger.entriesOf('build-version', 0, session)).flatMap(({ action }) =>
    action.kind === 'build-version' ? [action] : [],
  );
  return orphans.map(({ kind, relation, comment }) => ({
    kind,
    relation,
    isOurs: builds.some(
      (build) =>
        (objectsOf(build).some((object) => sameRelation(object.relation, relation)) ||
          isMeasured(relation, build.table)) &&
        comment.startsWith(`${MARKER_PREFIX}version ${build.version} of ${build.mart}, `),
    ),
  }));
}
