import type { ActionOf, Resumed } from './action-handler.ts';
import { versionMarker } from './marker.ts';
import { dropTable } from './statements.ts';
import { findObject } from './warehouse-objects.ts';
import { type Work, writing } from './work.ts';

/**
 * Removes what an unfinished build left: the hidden table, if it carries the marker of exactly this build and no ledger
 * row knows it. A table of that name that is not ours stays.
 */
export function undoBuild(
  { mart: relation, version, table }: ActionOf<'build-version'>,
  { signal: _aborted, ...work }: Work,
): Promise<Resumed> {
  return writing(work, {
    purpose: 'drop',
    async run(session): Promise<Resumed> {
      const record = await work.ledger.readRecord(relation, session);
      const known = [record?.mart.current, ...(record?.mart.hidden ?? []).map((h) => h.version)];
      if (known.some((other) => other?.table === table)) {
        return { outcome: 'done', detail: `${table} stands in the ledger as version ${version}` };
      }
      const found = await findObject(session, table);
      if (found === undefined) {
        return { outcome: 'undone', detail: `${table} was never committed` };
      }
      const digest = record?.mart.definitionDigest ?? '';
      if (found.kind !== 'table' || found.comment !== versionMarker(relation, version, digest)) {
        return {
          outcome: 'undone',
          detail: `${table} does not carry the marker of this build, so it stays where it is`,
        };
      }
      await session.execute(dropTable(table), { purpose: 'drop' });
      return { outcome: 'undone', detail: `${table} was unfinished and is dropped` };
    },
  });
}
