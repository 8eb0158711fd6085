import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { ActionOf, Resumed } from './action-handler.ts';
import { versionMarker } from './marker.ts';
import { isMeasured } from './measured-names.ts';
import { dropObject } from './statements.ts';
import { dropObjects } from './version-objects.ts';
import { findObject, objectsMarked } from './warehouse-objects.ts';
import { type Work, writing } from './work.ts';

/**
 * Removes what an unfinished build left: the hidden table, if it carries the marker of exactly this build and no ledger
 * row knows it. A table of that name that is not ours stays.
 */
export function undoBuild(
  action: ActionOf<'build-version'>,
  { signal: _aborted, ...work }: Work,
): Promise<Resumed> {
  const { mart: relation, version, table } = action;
  return writing(work, {
    purpose: 'drop',
    async run(session): Promise<Resumed> {
      const record = await work.ledger.readRecord(relation, session);
      const known = [record?.mart.current, ...(record?.mart.hidden ?? []).map((h) => h.version)];
      if (known.some((other) => other?.table === table)) {
        return { outcome: 'done', detail: `${table} stands in the ledger as version ${version}` };
      }
      if (record?.mart.unfinished?.table === table) {
        return {
          outcome: 'undone',
          detail: `${table} stays as its steps filled it; it is proved by the next build`,
        };
      }
      const marker = versionMarker(relation, version, record?.mart.definitionDigest ?? '');
      const dropped = [
        ...(await dropObjects(session, {
          version: action,
          mayDrop: (comment) => comment === marker,
          purpose: 'drop',
        })),
        ...(await dropMeasured(session, { table, marker })),
      ];
      if (dropped.length > 0) {
        return { outcome: 'undone', detail: `${dropped.join(', ')} was unfinished and is dropped` };
      }
      const found = await findObject(session, table);
      return {
        outcome: 'undone',
        detail:
          found === undefined
            ? `${table} was never committed`
            : `${table} does not carry the marker of this build, so it stays where it is`,
      };
    },
  });
}

/** What was built only to be measured stays behind where nothing is rolled back. */
async function dropMeasured(
  session: Session,
  { table, marker }: { readonly table: RelationId; readonly marker: string },
): Promise<readonly RelationId[]> {
  const dropped: RelationId[] = [];
  const marked = session.wording.staged === undefined ? [] : await objectsMarked(session, marker);
  for (const { relation, kind, comment } of marked) {
    if (comment === marker && isMeasured(relation, table)) {
      await session.execute(dropObject(kind, relation, session.wording), { purpose: 'drop' });
      dropped.push(relation);
    }
  }
  return dropped;
}
