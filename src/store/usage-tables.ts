import { type ColumnDays, columnDays } from './column-days.ts';
import type { Database } from './database.ts';
import { type FactDays, factDays } from './fact-days.ts';
import { type Interned, interned } from './intern.ts';
import { type KnownTemplates, knownTemplates } from './known-templates.ts';
import { type SeenStatements, seenStatements } from './seen-statements.ts';

/** What reading and writing usage have in common: the database and what is remembered of it in memory. */
export interface UsageTables {
  readonly database: Database;
  readonly templates: KnownTemplates;
  readonly seen: SeenStatements;
  readonly readers: Interned;
  readonly askers: Interned;
  readonly columnDays: ColumnDays;
  readonly factDays: FactDays;
  /** Forgets what is remembered in memory. */
  reset(): void;
}

export function usageTables(database: Database): UsageTables {
  const templates = knownTemplates(database);
  const readers = interned(database, { table: 'readers', columns: ['kind', 'name', 'tool'] });
  const askers = interned(database, {
    table: 'askers',
    columns: ['reader_id', 'client', 'role', 'served', 'mart'],
  });
  const days = columnDays(database);
  const facts = factDays(database);
  return {
    database,
    templates,
    seen: seenStatements(database),
    readers,
    askers,
    columnDays: days,
    factDays: facts,
    reset() {
      templates.reset();
      readers.reset();
      askers.reset();
      days.reset();
      facts.reset();
    },
  };
}
