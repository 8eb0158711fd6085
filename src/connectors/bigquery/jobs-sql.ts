import type { Hours } from '../history/hourly-statements.ts';
import { type Contract, workSql } from './contract.ts';
import { keptInText } from './kept-in-text.ts';
import { quoteText } from './quote.ts';

/** What is read of the jobs: which relation, and what of them is billed. */
export interface JobsRelation extends Contract {
  /** As SQL writes it: INFORMATION_SCHEMA.JOBS of a region, or a view or copy with its columns. */
  readonly relation: string;
  /** Tells statements that have no hash of the service's apart by their texts, which reads those texts. */
  readonly hashesTexts: boolean;
  /** Reads which materialized views the service answered from: a copy may lack the column. */
  readonly readsKept?: boolean | undefined;
}

/** Groups told one by one for each hour, dearest first; the others are told as a number. */
export const GROUPS_AN_HOUR = 2_000;

/** A job is created at most so long before it ends: lets the service skip partitions. */
const LONGEST_JOB = 'interval 1 day';

/**
 * Phase A: an hour's jobs by hash, user, labels and outcome, without texts. Columns: hour, hash, user, labels, outcome, cached,
 * runs, work billed, duration, bytes, last end, the id of one run, the materialized views it was answered from. A hash of NULL stands for what is not told one by one.
 */
export function groupsSql(of: JobsRelation, hours: Hours): string {
  return `with jobs as (
  select timestamp_trunc(j.end_time, hour) as hour, j.end_time, j.start_time, j.job_id, j.total_slot_ms, ${hashOf(of)} as query_hash,
    ifnull(j.user_email, '') as user_name, ${LABELS} as tags, ${OUTCOME} as outcome, ifnull(j.cache_hit, false) as was_cached,
    ${workSql(of)} as work, ifnull(j.total_bytes_processed, 0) as bytes, ${keptOf(of)} as kept
  from ${of.relation} as j
  where ${within(hours)}
), grouped as (
  select hour, query_hash, user_name, tags, outcome, was_cached, kept, work is null as is_hidden, count(*) as runs, sum(work) as work,
    sum(timestamp_diff(end_time, start_time, millisecond)) as duration, sum(bytes) as bytes, max(end_time) as last_end,
    min(job_id) as sample
  from jobs
  group by hour, query_hash, user_name, tags, outcome, was_cached, kept, is_hidden
), ranked as (
  select *, row_number() over (partition by hour order by query_hash is null, work desc, runs desc, sample) as place
  from grouped
)
select unix_millis(hour) as hour_ms, query_hash, user_name, tags, outcome, was_cached, runs, work, duration, bytes, unix_millis(last_end) as last_ms, sample, kept
from ranked where place <= ${GROUPS_AN_HOUR} and query_hash is not null
union all
select unix_millis(hour), null, '', '', outcome, was_cached, sum(runs), 0, 0, 0, unix_millis(max(last_end)), '', ''
from ranked where place > ${GROUPS_AN_HOUR} or query_hash is null group by hour, outcome, was_cached
order by 1, 12`;
}

/** How many jobs each hour has: the sum of what phase A tells. */
export function countsSql(of: JobsRelation, hours: Hours): string {
  return `select unix_millis(timestamp_trunc(j.end_time, hour)) as hour_ms, count(*) as runs
from ${of.relation} as j
where ${within(hours)}
group by 1`;
}

/** Phase B: texts of these jobs, which ended within these hours. */
export function textsSql(
  { relation }: JobsRelation,
  { from, to, ids }: Hours & { readonly ids: readonly string[] },
): string {
  return `select j.job_id, j.query from ${relation} as j
where j.creation_time >= timestamp_sub(timestamp_millis(${from}), ${LONGEST_JOB}) and j.creation_time < timestamp_millis(${to})
  and j.job_id in (${ids.map(quoteText).join(', ')})`;
}

/**
 * Finished statements that are neither a script (its steps are there too), nor ours, nor the service's own upkeep. What is opened is billed:
 * without an end of the time they were created, hours of long ago would open every partition since.
 */
function within({ from, to }: Hours): string {
  return `j.creation_time >= timestamp_sub(timestamp_millis(${from}), ${LONGEST_JOB}) and j.creation_time < timestamp_millis(${to})
    and j.end_time >= timestamp_millis(${from}) and j.end_time < timestamp_millis(${to})
    and j.job_type = 'QUERY' and j.state = 'DONE' and ifnull(j.statement_type, '') <> 'SCRIPT'
    and ifnull(j.user_email, '') <> 'bigquery-adminbot@system.gserviceaccount.com'
    and not exists (select 1 from unnest(j.labels) as l where l.key = 'goldsmith')`;
}

/**
 * The service hashes what succeeded and was not cached, without literals of any kind. What in them makes another statement by our
 * fingerprint tells groups apart where texts are read; where they are not, the hash alone does, and one text stands for all of it.
 */
function hashOf({ hashesTexts }: JobsRelation): string {
  const native = 'j.query_info.query_hashes.normalized_literals';
  return hashesTexts
    ? `coalesce(${native} || ' ' || cast(${keptInText('j.query')} as string), concat('text:', cast(farm_fingerprint(j.query) as string)))`
    : native;
}

/** Those the service chose, be they named or rewritten to. */
function keptOf({ readsKept }: JobsRelation): string {
  return readsKept
    ? `ifnull((select string_agg(concat(m.table_reference.dataset_id, '.', m.table_reference.table_id), ',' order by m.table_reference.table_id)
      from unnest(j.materialized_view_statistics.materialized_view) as m where m.chosen), '')`
    : "''";
}

const OUTCOME = `case when j.error_result is null then 'success' when j.error_result.reason = 'stopped' then 'cancelled' else 'failed' end`;

/** Labels that are another one for each run would split every group. */
const LABELS = `ifnull((select string_agg(concat(l.key, '=', l.value), ',' order by l.key) from unnest(j.labels) as l
      where not regexp_contains(l.key, '(^|[-_])(id|uuid|slug|ts|timestamp)$')), '')`;
