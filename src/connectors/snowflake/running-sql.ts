import { OUR_TAG } from './query-tag.ts';
import { textLiteral } from './text-literal.ts';

/**
 * Statements of ours that have not ended, of the user who asks, whichever session sent them: without an end of its range the
 * function tells those that still run, too. Columns: id, text. Other databases' are another Goldsmith's.
 */
export const RUNNING_SQL = `select query_id, query_text
from table(information_schema.query_history_by_user(result_limit => 10000))
where execution_status in ('RUNNING', 'QUEUED', 'BLOCKED', 'RESUMING_WAREHOUSE') and startswith(query_tag, ${textLiteral(OUR_TAG)})
  and database_name = current_database()`;

/** Whoever sent a statement may cancel it; one that has ended meanwhile is told in the answer. */
export function cancelSql(id: string): string {
  return `select system$cancel_query(${textLiteral(id)})`;
}
