/** The moment our clock is turned to. */
export const NOW = Date.UTC(2026, 10, 20, 12, 30);

export interface Job {
  readonly id: string;
  readonly user?: string;
  readonly minutesAgo?: number;
  readonly text?: string;
  /** Of the service; absent: none, as of what is cached or failed. */
  readonly hash?: string;
  /** Why it failed. */
  readonly reason?: string;
  /** The edition of the reservation it ran in. */
  readonly edition?: string;
}

/** One insert of these jobs into a copy of JOBS; each was answered from a materialized view, since the emulator fails where none is chosen. */
export function seedingJobs(jobs: readonly Job[]): string {
  return `insert into info.of_JOBS (creation_time, start_time, end_time, job_id, job_type, statement_type, state, user_email, query, cache_hit,
  reservation_id, edition, total_bytes_processed, total_bytes_billed, total_slot_ms, error_result, labels, query_info, materialized_view_statistics)
${jobs.map(rowOf).join('\nunion all\n')}`;
}

function rowOf({
  id,
  user = 'ana',
  minutesAgo = 140,
  text = 'select n from sales.orders',
  hash,
  reason,
  edition,
}: Job): string {
  const reservation = edition === undefined ? undefined : 'admin:EU.pool';
  return `select ${moment(minutesAgo + 1)}, ${moment(minutesAgo + 1)}, ${moment(minutesAgo)}, '${id}', 'QUERY', 'SELECT', 'DONE',
  '${user}@shop.example', ${textOf(text)}, false, ${textOf(reservation)}, ${textOf(edition)}, 1000, ${2 ** 30}, 3600000,
  ${reason === undefined ? 'cast(null as struct<reason string>)' : `struct('${reason}' as reason)`}, [struct('team' as key, 'shop' as value)],
  struct(struct(${textOf(hash)} as normalized_literals) as query_hashes),
  struct([struct(struct('gold_data' as dataset_id, 'x__v1' as table_id) as table_reference, true as chosen)] as materialized_view)`;
}

function textOf(value: string | undefined): string {
  return value === undefined ? 'cast(null as string)' : `"""${value}"""`;
}

function moment(minutesAgo: number): string {
  return `timestamp_millis(${NOW - minutesAgo * 60_000})`;
}
