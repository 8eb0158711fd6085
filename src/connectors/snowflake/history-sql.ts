import type { EpochMs } from '../../base/clock.ts';
import { OUR_TAG } from './query-tag.ts';
import { textLiteral } from './text-literal.ts';

export interface HistorySpan {
  /** The history, as SQL writes it. */
  readonly relation: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Statements Goldsmith learns from. A script's and a call's parts are rows of their own, so that these are left out. */
const KINDS = "'SELECT', 'CREATE_TABLE_AS_SELECT', 'INSERT', 'MERGE'";

/** Longest a statement runs by Snowflake's default; rows are pruned by their start. */
const LONGEST_DAYS = 2;

function within({ relation, from, to }: HistorySpan, joined = ''): string {
  return `from ${relation}${joined}
where end_time >= ${moment(from)} and end_time < ${moment(to)}
  and start_time >= dateadd('day', -${LONGEST_DAYS}, ${moment(from)}) and start_time < ${moment(to)}
  and query_type in (${KINDS}) and coalesce(is_client_generated_statement, false) = false
  and not startswith(coalesce(query_tag, ''), ${textLiteral(OUR_TAG)})`;
}

/**
 * Closed hours by native hash and who asked, without texts. The work of a run is its execution time by the share of the warehouse
 * it used. Of an hour with more kinds than `most`, those with the least work are left out; how many runs the hour has is told.
 */
export function groupsSql(span: HistorySpan, asked: Asked): string {
  return grouped(span, { ...asked, costs: '', joined: '' });
}

export interface Asked {
  /** Kinds told of an hour at most. */
  readonly most: number;
  /** Where the client applications of sessions are told: then groups are of one client, told behind all but costs. */
  readonly sessions?: string | undefined;
}

/**
 * The same groups, with the credits that were attributed to each of their runs, and the work of those to which none were: the account
 * attributes nothing to runs of a tenth of a second. Where credits are attributed, hours later.
 */
export function attributedSql(
  span: HistorySpan,
  { attribution, ...asked }: Asked & { readonly attribution: string },
): string {
  const { from, to } = span;
  return grouped(span, {
    ...asked,
    costs: `,
  sum(attributed) as credits, sum(case when attributed is null then ${WORK} end) as unattributed`,
    joined: ` left join (
  select query_id as attributed_id, sum(credits_attributed_compute) + sum(coalesce(credits_used_query_acceleration, 0)) as attributed
  from ${attribution}
  where end_time >= dateadd('hour', -1, ${moment(from)}) and end_time < dateadd('hour', 1, ${moment(to)})
  group by 1
) on attributed_id = query_id`,
  });
}

interface Costs extends Asked {
  readonly costs: string;
  readonly joined: string;
}

/** Longest a session is kept alive here, before the hour a run ended in: however many hours are asked for, a run is of one client. */
const LONGEST_SESSION_DAYS = 8;

function ofSessions(sessions: string, { from, to }: HistorySpan): string {
  return ` left join (
  select session_id as client_session, min(created_on) as client_since, left(max(coalesce(try_parse_json(client_environment):APPLICATION::varchar,
    regexp_replace(client_application_id, ' [0-9.]+$', ''))), 100) as client
  from ${sessions}
  where created_on >= dateadd('day', -${LONGEST_SESSION_DAYS}, ${moment(from)}) and created_on < ${moment(to)}
  group by 1
) on client_session = session_id and client_since >= dateadd('day', -${LONGEST_SESSION_DAYS}, date_trunc('hour', end_time))`;
}

function grouped(span: HistorySpan, { most, sessions, costs, joined }: Costs): string {
  const clients = sessions === undefined ? '' : ofSessions(sessions, span);
  return `select date_part('epoch_millisecond', date_trunc('hour', end_time)) as h, query_parameterized_hash, query_parameterized_hash_version,
  database_name, schema_name, user_name, role_name, warehouse_name, warehouse_size, left(query_tag, 200) as tag,
  ${OUTCOME} as outcome, ${CACHED} as cached,
  count(*) as runs, sum(total_elapsed_time) as elapsed, sum(${WORK}) as work, sum(bytes_scanned) as bytes, sum(rows_produced) as produced,
  date_part('epoch_millisecond', max(end_time)) as ended, max_by(query_id, end_time) as sample_id,
  sum(count(*)) over (partition by date_part('epoch_millisecond', date_trunc('hour', end_time))) as hour_runs${clients === '' ? '' : ', client'}${costs}
${within(span, `${clients}${joined}`)}
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12${clients === '' ? '' : ', client'}
qualify row_number() over (partition by h order by work desc, runs desc, sample_id) <= ${most}
order by h`;
}

/** How many runs each hour has. */
export function countsSql(span: HistorySpan): string {
  return `select date_part('epoch_millisecond', date_trunc('hour', end_time)), count(*)
${within(span)}
group by 1`;
}

/** Texts of these statements. */
export function textsSql({ relation, from, to }: HistorySpan, ids: readonly string[]): string {
  return `select query_id, query_text from ${relation}
where end_time >= ${moment(from)} and end_time < ${moment(to)} and query_id in (${ids.map(textLiteral).join(', ')})`;
}

/** Work by warehouse and its size, without our own statements' being left out: credits are attributed to those too. */
export function workSql({ relation, from, to }: HistorySpan): string {
  return `select warehouse_name, warehouse_size, sum(${WORK})
from ${relation}
where end_time >= ${moment(from)} and end_time < ${moment(to)} and start_time >= dateadd('day', -${LONGEST_DAYS}, ${moment(from)})
  and warehouse_size is not null
group by 1, 2`;
}

/** Credits the account attributed to statements, by warehouse; idle time is in none of them. */
export function creditsSql({ relation, from, to }: HistorySpan): string {
  return `select warehouse_name, sum(credits_attributed_compute) + sum(coalesce(credits_used_query_acceleration, 0))
from ${relation}
where end_time >= ${moment(from)} and end_time < ${moment(to)}
group by 1`;
}

const OUTCOME = `case
    when execution_status = 'success' then 'success'
    when error_code = '000604' or error_message = 'SQL execution canceled' then 'cancelled'
    else 'failed'
  end`;

/** Answered from the result cache: no warehouse, nothing scanned. */
const CACHED = "(execution_status = 'success' and warehouse_size is null and bytes_scanned = 0)";

const WORK = 'execution_time * coalesce(query_load_percent, 100) / 100';

function moment(at: EpochMs): string {
  return `'${new Date(at).toISOString()}'::timestamp_ltz`;
}
