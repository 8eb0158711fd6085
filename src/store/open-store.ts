import { DatabaseSync } from 'node:sqlite';
import type { RouteAsks, UsageLog } from '../usage/usage-ports.ts';
import { checkHeader } from './check-header.ts';
import { type Database, type SqliteDriver, wrapDriver } from './database.ts';
import { type DocumentStore, openDocumentStore } from './document-store.ts';
import { migrate } from './migrate.ts';
import { openRouteAsks } from './route-asks-store.ts';
import { asStoreError, StoreError } from './store-error.ts';
import { openUsageLog } from './usage-log.ts';

/** Goldsmith's state: everything in it can be mined or measured again (docs/state.md). */
export interface Store {
  readonly usage: UsageLog;
  readonly routeAsks: RouteAsks;
  readonly documents: DocumentStore;
  /** All or nothing, over all parts of the state; synchronous work only. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIB = 32_768;

/**
 * Opens the state file, makes it where there is none, and brings an older one up to date. `:memory:` keeps nothing.
 *
 * Throws a `StoreError` with one sentence for a file that is damaged, not ours, newer than this version, in use, or
 * out of reach.
 */
export function openStore(path: string): Store {
  if (path !== ':memory:') {
    checkHeader(path);
  }
  const database = wrapDriver(openDriver(path), path);
  try {
    prepareDatabase(database);
    return {
      usage: openUsageLog(database),
      routeAsks: openRouteAsks(database),
      documents: openDocumentStore(database),
      transaction: (work) => database.transaction(work),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function openDriver(path: string): SqliteDriver {
  try {
    return new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw asStoreError(error, path);
  }
}

function prepareDatabase(database: Database): void {
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma cache_size = -${CACHE_KIB};
    pragma wal_autocheckpoint = 8000;
    pragma temp_store = memory;
    pragma journal_size_limit = 67108864;
  `);
  const answer = database.prepare('pragma quick_check(1)').get()?.['quick_check'];
  if (answer !== 'ok') {
    throw new StoreError(
      'STATE_CORRUPT',
      `The state file ${database.path} is damaged; restore it from a backup, or move it away and Goldsmith starts anew from the history.`,
    );
  }
  migrate(database);
}
