import type { QueryResult } from '../connector.ts';
import { quoteName } from '../quote.ts';
import { namedRows } from './named-rows.ts';

/** A table that a materialized view of this database is of. */
export interface KeptTable {
  readonly name: string;
  /** With all its parts, quoted. */
  readonly quoted: string;
}

/**
 * The tables of which the account may answer from a materialized view instead, each once: of the views the role sees. Of ours it sees
 * all that it owns.
 */
export async function readKeptTables(
  ask: (sql: string) => Promise<QueryResult>,
): Promise<readonly KeptTable[]> {
  const tables = new Map<string, KeptTable>();
  for (const row of namedRows(await ask('show materialized views in database'))) {
    const name = row('source_table_name');
    const quoted = [row('source_database_name'), row('source_schema_name'), name]
      .map(quoteName)
      .join('.');
    tables.set(quoted, { name, quoted });
  }
  return [...tables.values()];
}
