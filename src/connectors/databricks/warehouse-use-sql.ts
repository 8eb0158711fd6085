import type { Hours } from '../history/hourly-statements.ts';

/** Statements that end within the span began at most this long before. */
const LONGEST_MS = 2 * 24 * 3_600_000;

/** DBU each SQL warehouse was billed for; what was taken back later counts against it. */
export function billedSql({ from, to }: Hours): string {
  return `select usage_metadata.warehouse_id as warehouse, cast(sum(usage_quantity) as double) as dbu
from system.billing.usage
where usage_unit = 'DBU' and usage_metadata.warehouse_id is not null
  and usage_start_time >= ${moment(from)} and usage_start_time < ${moment(to)}
  and usage_date >= date_sub(cast(${moment(from)} as date), 1) and usage_date <= cast(${moment(to)} as date)
group by usage_metadata.warehouse_id`;
}

/**
 * What statements did on each warehouse, our own included: time of their tasks over all cores, and time in which at least one ran.
 * Statements that began in one second are one span first, so that what is put in order is bounded by seconds.
 */
export function usedSql(relation: string, { from, to }: Hours): string {
  return `with seconds as (
  select compute.warehouse_id as warehouse, floor(unix_millis(start_time) / 1000) as began_second,
    min(greatest(unix_millis(start_time), ${from})) as began, max(unix_millis(end_time)) as ended, sum(total_task_duration_ms) as task_ms
  from ${relation}
  where end_time >= ${moment(from)} and end_time < ${moment(to)} and start_time >= ${moment(from - LONGEST_MS)}
    and compute.warehouse_id is not null
  group by compute.warehouse_id, floor(unix_millis(start_time) / 1000)
), spans as (
  select *, max(ended) over (partition by warehouse order by began, ended rows between unbounded preceding and 1 preceding) as before
  from seconds
)
select warehouse, sum(task_ms) as task_ms, sum(greatest(0, ended - greatest(began, coalesce(before, began)))) as busy_ms
from spans group by warehouse`;
}

/** Time in which each warehouse had a cluster: it pays for that, whether anything ran or not. */
export function upSql({ from, to }: Hours): string {
  return `with events as (
  select warehouse_id as warehouse, cluster_count, unix_millis(event_time) as began,
    lead(unix_millis(event_time)) over (partition by warehouse_id order by event_time, cluster_count) as next
  from system.compute.warehouse_events
  where event_time >= ${moment(from - LOOK_BACK_MS)} and event_time < ${moment(to)}
)
select warehouse, sum(greatest(0, least(coalesce(next, ${to}), ${to}) - greatest(began, ${from}))) as up_ms
from events where cluster_count > 0 group by warehouse`;
}

/** A warehouse that was started earlier, and runs on without an event since, is not told. */
const LOOK_BACK_MS = 14 * 24 * 3_600_000;

function moment(at: number): string {
  return `timestamp_millis(${Math.trunc(at)})`;
}
