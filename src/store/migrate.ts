import type { Database } from './database.ts';
import { MIGRATIONS } from './migrations.ts';
import { StoreError } from './store-error.ts';

/** Marks the file as ours: `GOLD`. */
export const APPLICATION_ID = 0x474f4c44;

/** Brings an older state up to date, each migration once, all in one transaction. Never touches a newer one. */
export function migrate(database: Database): void {
  const version = versionOf(database);
  refuseNewer(version, database.path);
  if (version === MIGRATIONS.length) {
    return;
  }
  database.transaction(() => {
    for (const migration of MIGRATIONS.slice(versionOf(database))) {
      database.exec(migration);
    }
    database.exec(`pragma user_version = ${MIGRATIONS.length}`);
    database.exec(`pragma application_id = ${APPLICATION_ID}`);
  });
}

/** Throws `STATE_FROM_NEWER_VERSION` for a state this version does not know. */
export function refuseNewer(version: number, path: string): void {
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      'STATE_FROM_NEWER_VERSION',
      `The state file ${path} was written by a newer Goldsmith (state version ${version}, this one knows ${MIGRATIONS.length}); start that version, or move the file away to start anew. It was not touched.`,
    );
  }
}

function versionOf(database: Database): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
}
