import { ConnectorError } from '../connector-error.ts';
import type { JobStatistics } from './job-resource.ts';

/** They reach outside the warehouse, cost by other bills, or run a text as SQL. */
const REACHES_OUT =
  /\b(external_query|appends|changes|vector_search|(ml|ai|bq|keys|obj|dlp)\s*\.\s*\w+|load_file|session_user)\s*\(/i;

/**
 * Refuses what a replayed statement of a stranger must not do (rule 15): the service's own dry run has to say that it is one
 * SELECT which calls no function people made; functions that reach outside are known by their names.
 *
 * Raises CONNECTOR_UNSAFE_REPLAY with the reason.
 */
export function checkReplay(
  sql: string,
  { seen, name }: { readonly seen: JobStatistics; readonly name: string },
): void {
  const because =
    seen.statementType !== 'SELECT'
      ? `the service calls it ${seen.statementType ?? 'nothing known'}, not a SELECT`
      : seen.callsRoutines
        ? 'it calls functions that people made'
        : REACHES_OUT.test(sql)
          ? 'it calls a function that may reach outside the warehouse'
          : undefined;
  if (because !== undefined) {
    throw new ConnectorError('CONNECTOR_UNSAFE_REPLAY', name, { addition: because });
  }
}
