import type { Hours } from '../history/hourly-statements.ts';
import { databricksNames } from './names.ts';
import { COMMENT, SCRIPT } from './script-text.ts';
import { statementHash } from './statement-hash.ts';

/** Groups told one by one for each hour; the rest of an hour is one more. */
export const GROUPS_AN_HOUR = 20_000;

/** Statements that end in an hour began at most this long before: the longest a warehouse lets one run by default. */
const LONGEST_MS = 2 * 24 * 3_600_000;

/**
 * Statements that ended in these hours, but for our own: those that bear our comment, or our tag where keys of the customer's own
 * leave every text empty.
 */
function ended({ from, to }: Hours): string {
  return `end_time >= timestamp_millis(${from}) and end_time < timestamp_millis(${to})
  and start_time >= timestamp_millis(${from - LONGEST_MS})
  and not startswith(coalesce(statement_text, ''), '/* goldsmith=')
  and not coalesce(map_contains_key(query_tags, 'goldsmith'), false)`;
}

/**
 * Phase A: closed hours by hash, user, warehouse, client, tags and outcome, without texts. Columns: hour, hash (NULL: the rest of the
 * hour), what its text is, user, run as, client, tags, status, from the cache, runs, task ms, ms, bytes, last end, a statement that
 * stands for the group, length of the longest text.
 */
export function groupsSql(relation: string, hours: Hours): string {
  return `with statements as (
  select unix_millis(date_trunc('HOUR', end_time)) as hour, ${statementHash('statement_text')} as hash,
    case when coalesce(statement_text, '') = '' then 'empty' when ${IS_SCRIPT} then 'script' else 'statement' end as form,
    executed_by, executed_as, compute.warehouse_id as warehouse, client_application, to_json(query_tags) as tags, execution_status,
    coalesce(from_result_cache, false) as is_cached,
    total_task_duration_ms, total_duration_ms, read_bytes, end_time, statement_id, length(statement_text) as text_length
  from ${relation}
  where ${ended(hours)}
), groups as (
  select hour, hash, form, executed_by, executed_as, warehouse, client_application, tags, execution_status, is_cached,
    count(*) as runs, sum(total_task_duration_ms) as task_ms, sum(total_duration_ms) as ms, sum(read_bytes) as bytes,
    max(unix_millis(end_time)) as last_end, max_by(statement_id, end_time) as sample, max(text_length) as longest
  from statements
  group by hour, hash, form, executed_by, executed_as, warehouse, client_application, tags, execution_status, is_cached
), ranked as (
  select *, row_number() over (partition by hour order by task_ms desc, runs desc, sample) as place from groups
)
select hour, hash, form, executed_by, executed_as, client_application, tags, execution_status, is_cached,
  runs, task_ms, ms, bytes, last_end, sample, longest, warehouse
from ranked where place <= ${GROUPS_AN_HOUR}
union all
select hour, cast(null as string), null, null, null, null, null, execution_status, false,
  sum(runs), sum(task_ms), sum(ms), sum(bytes), max(last_end), max(sample), max(longest), null
from ranked where place > ${GROUPS_AN_HOUR} group by hour, execution_status
order by hour, last_end, sample`;
}

/** Statements of each hour, to see whether some came late. */
export function countsSql(relation: string, hours: Hours): string {
  return `select unix_millis(date_trunc('HOUR', end_time)) as hour, count(*) as runs
from ${relation} where ${ended(hours)} group by unix_millis(date_trunc('HOUR', end_time))`;
}

const IS_SCRIPT = `regexp_like(regexp_replace(statement_text, ${databricksNames.text(COMMENT)}, ' '), ${databricksNames.text(`(?i)${SCRIPT}`)})`;

/** Phase B: texts of these statements. */
export function textsSql(
  relation: string,
  { from, to, ids }: Hours & { readonly ids: readonly string[] },
): string {
  return `select statement_id, statement_text from ${relation}
where ${ended({ from, to })} and statement_id in (${ids.map((id) => databricksNames.text(id)).join(', ')})`;
}
